"""What becomes of forgotten drafts and replaced letters."""

import datetime

import pytest
from django.utils import timezone

from asp.blobs.models import Blob, BlobState
from asp.blobs.services import blob_write
from provisioning import limits, services
from provisioning.errors import (
    AdministratorsIncomplete,
    CodeInvalid,
    LetterMissing,
    NotEditable,
    TooManyGuesses,
)
from provisioning.models import Application, ApplicationState, Attempts
from provisioning.tasks import tidy
from tenants.context import host_context
from tests.support.applications import PDF, submission, submitted, values
from tests.support.people import TESTER


def letter(application: Application) -> Blob:
    blob = blob_write(actor=TESTER, data=PDF, filename="a.pdf", media_type="application/pdf")
    services.letter_attach(actor=TESTER, application=application, blob=blob, filename="a.pdf")
    return blob


def state_of(blob: Blob) -> str:
    return Blob.objects.get(pk=blob.pk).state


def test_a_forgotten_draft_goes_with_its_letter():
    with host_context():
        old, _secret = services.draft_begin(language="zh-hans")
        blob = letter(old)
        fresh, _secret = services.draft_begin(language="zh-hans")
        long_ago = timezone.now() - datetime.timedelta(days=31)
        Application.objects.filter(pk=old.pk).update(saved_at=long_ago)
        tidy(None)
        assert not Application.objects.filter(pk=old.pk).exists()
        assert Application.objects.filter(pk=fresh.pk).exists()
        assert state_of(blob) == BlobState.RELEASED


def test_a_sent_application_never_expires():
    application, _code = submitted()
    with host_context():
        long_ago = timezone.now() - datetime.timedelta(days=400)
        Application.objects.filter(pk=application.pk).update(saved_at=long_ago)
        tidy(None)
        assert Application.objects.filter(pk=application.pk).exists()


def test_a_new_letter_replaces_the_old_one_when_it_is_sent_in():
    application, _code = submitted()
    with host_context():
        first = Blob.objects.get(pk=application.letter_blob)
        services.application_correct(
            actor=TESTER, application=application, revision=1, remarks={}, general="neuer Brief"
        )
        second, third = letter(application), letter(application)
        application.refresh_from_db()
        assert application.letter_blob == first.pk
        assert state_of(second) == BlobState.RELEASED
        assert state_of(first) == BlobState.READY
        services.application_submit(
            actor=TESTER, application=application, submission=submission(values()), secret=None
        )
        application.refresh_from_db()
        assert application.letter_blob == third.pk
        assert state_of(first) == BlobState.RELEASED
        with pytest.raises(NotEditable):
            letter(application)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"credit_code": "91350100M000100Y44"}, CodeInvalid),
        ({"audit_phone": "13900000001", "system_phone": "13900000001"}, AdministratorsIncomplete),
        ({}, LetterMissing),
    ],
)
def test_the_service_checks_what_the_form_checks(change, refusal):
    with host_context():
        application, secret = services.draft_begin(language="en")
        with pytest.raises(refusal):
            services.application_submit(
                actor=TESTER, application=application, submission=submission(values(**change)), secret=secret
            )
        application.refresh_from_db()
        assert application.state == ApplicationState.DRAFT


def test_a_limit_ends_with_its_window():
    limit = limits.Limit("test", most=2, seconds=60)
    with host_context():
        for _ in range(2):
            limit.take("somebody")
        with pytest.raises(TooManyGuesses) as refusal:
            limit.take("somebody")
        assert 0 < refusal.value.retry_after <= 60
        limit.take("somebody else")
        Attempts.objects.update(since=timezone.now() - datetime.timedelta(seconds=61))
        limit.take("somebody")
        Attempts.objects.update(since=timezone.now() - datetime.timedelta(days=1))
        assert limits.forget_old() >= 2
