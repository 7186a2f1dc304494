"""Correction, rejection, approval: one effect, whoever presses how often."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from asp.audit.models import Entry
from asp.jobs.models import Job
from asp.ui.errors import UserFacingError
from provisioning import services
from provisioning.errors import AddressInvalid, AddressTaken, AlreadyDecided, ChangedMeanwhile
from provisioning.models import Application, ApplicationState, Opening
from tenants.context import host_context
from tests.support.applications import submission, submitted, values
from tests.support.people import TESTER


def approve(application: Application, **changes):
    wanted = {
        "revision": application.revision,
        "slug": application.slug,
        "quota_gb": 10,
        "functions": application.functions,
    } | changes
    with host_context():
        return services.application_approve(actor=TESTER, application=application, **wanted)


def test_two_administrators_at_once_have_one_effect():
    application, _code = submitted()

    def press(_: int) -> str:
        try:
            approve(application)
            return "approved"
        except AlreadyDecided as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        outcomes = sorted(threads.map(press, range(20)))
    assert outcomes.count("approved") == 1
    assert outcomes.count("provisioning.already_decided") == 19
    with host_context():
        assert Opening.objects.filter(application=application).count() == 1
        assert Job.objects.filter(key=f"provisioning.open:{application.pk}").count() == 1
        assert (
            Entry.objects.filter(action="provisioning.application_approved", target_id=application.pk).count()
            == 1
        )


def test_the_slower_administrator_reads_who_was_faster():
    application, _code = submitted()
    approve(application)
    with host_context(), pytest.raises(AlreadyDecided) as refusal:
        services.application_reject(
            actor=TESTER, application=application, revision=application.revision, reason="nein"
        )
    assert refusal.value.params["name"] == TESTER.name


def test_opening_again_while_it_waits_is_the_same_opening():
    application, _code = submitted()
    first = approve(application)
    with host_context():
        second = services.opening_start(actor=TESTER, application=application)
    assert first.pk == second.pk


def test_an_application_that_changed_meanwhile_is_looked_at_again():
    application, _code = submitted()
    with host_context():
        services.application_correct(
            actor=TESTER, application=application, revision=1, remarks={"slug": "kürzer"}, general=""
        )
        application.refresh_from_db()
        assert application.state == ApplicationState.CORRECTION
        services.application_submit(
            actor=TESTER, application=application, submission=submission(values()), secret=None
        )
    with pytest.raises(ChangedMeanwhile):
        approve(application, revision=1)


@pytest.mark.parametrize(
    "slug",
    ["host", "admin", "a--b", "-a", "a-", "A1", "1a", "a" * 32, "a.b", "水利", "a\x00b", "a b", "", "xn--a"],
)
def test_hostile_addresses_are_refused(slug):
    application, _code = submitted()
    with pytest.raises(AddressInvalid):
        approve(application, slug=slug)
    with host_context():
        application.refresh_from_db()
        assert application.state == ApplicationState.SUBMITTED


def test_one_address_is_promised_once():
    first, _code = submitted()
    second, _code = submitted()
    approve(first, slug=first.slug)
    with pytest.raises(AddressTaken):
        approve(second, slug=first.slug)


def test_one_address_is_promised_once_in_parallel():
    pair = [submitted()[0] for _ in range(2)]
    slug = pair[0].slug

    def press(application: Application) -> str:
        try:
            approve(application, slug=slug)
            return "approved"
        except UserFacingError as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(press, pair)) == ["approved", "provisioning.address_taken"]


def test_a_correction_needs_words_and_a_rejection_a_reason():
    application, _code = submitted()
    with host_context():
        with pytest.raises(ValueError, match="remark"):
            services.application_correct(
                actor=TESTER, application=application, revision=1, remarks={"slug": " "}
            )
        with pytest.raises(ValueError, match="reason"):
            services.application_reject(actor=TESTER, application=application, revision=1, reason="\u202e ")
        application.refresh_from_db()
    assert application.state == ApplicationState.SUBMITTED
