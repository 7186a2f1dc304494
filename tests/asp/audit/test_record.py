import datetime
import uuid

import pytest
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy

from asp.audit import actions
from asp.audit.actor import Actor
from asp.audit.models import Entry, Seal
from asp.audit.services import record
from tenants.context import bureau_context, host_context
from tenants.models import Doorbell

from .log import ACTION


class Refused(Exception):
    pass


def test_it_is_part_of_the_callers_transaction(office):
    with bureau_context(office):
        before = Entry.objects.count()
        with pytest.raises(Refused), transaction.atomic():
            record(actor=Actor.system("worker"), action=ACTION)
            raise Refused
        assert Entry.objects.count() == before


def test_it_rings_for_the_sealer(office):
    with bureau_context(office), transaction.atomic():
        entry = record(actor=Actor.system("worker"), action=ACTION)
    with host_context():
        bell = Doorbell.objects.get(ref=entry.id)
    assert (bell.kind, bell.bureau_id) == ("audit", office.id)


def test_it_keeps_who_and_where(office):
    actor = Actor(kind="staff", id=uuid.UUID(int=5), name="陈若水", ip="2001:db8::1", request_id="r-1")
    with bureau_context(office):
        entry = record(actor=actor, action=ACTION, target_kind="library.file", target_id=uuid.UUID(int=7))
        stored = Entry.objects.get(id=entry.id)
    assert (stored.actor_name, stored.ip, stored.request_id) == ("陈若水", "2001:db8::1", "r-1")
    assert stored.target_id == uuid.UUID(int=7)


def test_it_takes_what_people_type(office):
    params = {
        "thing": "a\x00b\ud800",
        "when": datetime.date(2026, 3, 11),
        "id": uuid.UUID(int=1),
        "list": ("x", 2),
        "lazy": gettext_lazy("Save"),
    }
    with bureau_context(office):
        entry = record(actor=Actor.system("worker"), action=ACTION, params=params, target_name="名" * 900)
        stored = Entry.objects.get(id=entry.id)
    assert stored.params["thing"] == "ab?"
    assert stored.params["when"] == "2026-03-11"
    assert stored.params["list"] == ["x", 2]
    assert len(stored.target_name) == 500


def test_an_unregistered_action_is_a_bug(office):
    with bureau_context(office), pytest.raises(actions.UnknownActionError):
        record(actor=Actor.system("worker"), action="tests.never_heard")


def test_the_sentence_survives_missing_and_hostile_parameters():
    assert actions.sentence(ACTION, {}, target_name="x") == "Did – to x"
    assert (
        actions.sentence(ACTION, {"thing": "{target.__class__}"}, target_name="x")
        == "Did {target.__class__} to x"
    )
    assert actions.sentence("tests.unheard_of", {}) == "tests.unheard_of"


def test_the_sentence_is_in_the_readers_language():
    with translation.override("zh-hans"):
        chinese = actions.sentence("audit.verified", {"sealed": 3})
    with translation.override("en"):
        english = actions.sentence("audit.verified", {"sealed": 3})
    assert english == "Checked the audit log: 3 sealed entries, all in order"
    assert "3" in chinese


@pytest.mark.parametrize("model", [Entry, Seal])
@pytest.mark.parametrize("act", ["update", "delete"])
@pytest.mark.parametrize("who", ["bureau", "host"])
def test_nobody_of_the_application_may_change_or_delete(sealed, model, act, who):
    from django.db import ProgrammingError

    bureau, _entries = sealed
    with bureau_context(bureau) if who == "bureau" else host_context():
        rows = model.objects.all()
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            if act == "delete":
                rows._raw_delete(rows.db)
            else:
                rows.update(**({"action": "x.y"} if model is Entry else {"digest": "0"}))
