"""What may be sent, and by whom."""

import uuid

import pytest
from django.db import DatabaseError, transaction

from asp.outbox import addresses
from asp.outbox.models import InMessage, OutMessage
from asp.outbox.services import LARGEST_BODY, message_send
from tenants.context import bureau_context, host_context
from tenants.models import Doorbell

from .messages import KIND, send


def test_it_is_part_of_the_transaction_and_rings(make_bureau):
    a, b = make_bureau(), make_bureau()
    with bureau_context(a), pytest.raises(ZeroDivisionError), transaction.atomic():
        message_send(to=addresses.bureau(b.id), type=KIND, body={"mark": "x"})
        raise ZeroDivisionError
    (sent,) = send(a, b, "x")
    with bureau_context(a):
        assert list(OutMessage.objects.values_list("id", flat=True)) == [sent]
    with host_context():
        assert Doorbell.objects.filter(kind="outbox", bureau_id=a.id).count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "tests.nobody_takes_this.v1"},
        {"type": "tests.noted"},
        {"type": "tests.noted.v0"},
        {"to": "b:nobody"},
        {"to": "hall"},
        {"to": "b:0190"},
        {"body": {"mark": "字" * LARGEST_BODY}},
    ],
    ids=str,
)
def test_what_cannot_be_sent_is_refused(make_bureau, wrong):
    a, b = make_bureau(), make_bureau()
    values = {"to": addresses.bureau(b.id), "type": KIND, "body": {"mark": "x"}} | wrong
    with bureau_context(a), pytest.raises(ValueError):
        message_send(**values)


def test_nobody_writes_to_themselves(fresh_bureau):
    with bureau_context(fresh_bureau), pytest.raises(ValueError, match="itself"):
        message_send(to=addresses.bureau(fresh_bureau.id), type=KIND, body={})
    with host_context(), pytest.raises(ValueError, match="itself"):
        message_send(to=addresses.HOST, type=KIND, body={})


def test_what_was_said_cannot_be_said_differently(make_bureau):
    a, b = make_bureau(), make_bureau()
    send(a, b, "x")
    with bureau_context(a):
        with pytest.raises(DatabaseError), transaction.atomic():
            OutMessage.objects.update(body={"mark": "y"})
        InMessage.objects.create(id=uuid.UUID(int=7), sender="host", seq=1, type=KIND)
        with pytest.raises(DatabaseError), transaction.atomic():
            InMessage.objects.all().delete()
        with pytest.raises(DatabaseError), transaction.atomic():
            InMessage.objects.update(seq=2)


def test_a_bureau_cannot_touch_what_is_under_way(make_bureau):
    """Neither read what others are told, nor put an envelope in another's name."""
    from asp.outbox.relay.models import Envelope, Pair

    with bureau_context(make_bureau()):
        for model in (Envelope, Pair):
            with pytest.raises(DatabaseError), transaction.atomic():
                model.objects.exists()
        with pytest.raises(DatabaseError), transaction.atomic():
            Pair.objects.create(sender="host", receiver="host")
