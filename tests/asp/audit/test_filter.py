"""What an auditor asks, and which entries fit."""

import datetime
import uuid

import pytest
from django.db import transaction

from asp.audit import actions, filtering
from asp.audit.actor import Actor
from asp.audit.filtering import Wanted, entries_wanted
from asp.audit.forms import FilterForm
from asp.audit.services import record
from tenants.context import bureau_context
from tenants.keys import uuid7
from tests.support.client import SiteClient
from tests.support.people import people

CHEN = uuid.UUID("01900000-0000-7000-8000-00000000000c")
THING = uuid.UUID("01900000-0000-7000-8000-00000000000d")


@pytest.fixture(scope="module")
def office():
    """Four acts by four, of which two did not succeed."""
    from tests.support import bureaus

    bureau = bureaus.open_bureau()
    acts = (
        (Actor("staff", CHEN, "陈若水", "10.3.1.20", "req-0001"), "accounts.signed_in", None, "陈若水"),
        (
            Actor("staff", uuid7(), "Chen Wei", "10.4.0.7", "req-0002"),
            "blobs.check_failed",
            THING,
            "Plan.docx",
        ),
        (Actor("anonymous", None, "", "2001:db8::5"), "accounts.sign_in_failed", None, "100%_确定"),
        (Actor.system("scheduler"), "jobs.job_cancelled", THING, "Plan.docx"),
    )
    with bureau_context(bureau), transaction.atomic():
        for actor, action, target, name in acts:
            record(
                actor=actor,
                action=action,
                target_kind="tests.case",
                target_id=target,
                target_name=name,
                params={"name": name, "reason": f"{action}!"},
            )
    return bureau


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, "1234"),
        ({"person": "陈"}, "1"),
        ({"person": "chen"}, "2"),
        ({"person": str(CHEN)}, "1"),
        ({"person": "Not signed in"}, "3"),
        ({"person": "scheduler"}, "4"),
        ({"action": "accounts.signed_in"}, "1"),
        ({"action": "accounts.*"}, "13"),
        ({"action": "account.*"}, ""),
        ({"target": "plan"}, "24"),
        ({"target": str(THING)}, "24"),
        ({"target": "%_"}, "3"),
        ({"source": "10.3.1.20"}, "1"),
        ({"source": "10.0.0.0/8"}, "12"),
        ({"source": "2001:db8::/32"}, "3"),
        ({"result": "refused"}, "3"),
        ({"result": "failed"}, "2"),
        ({"result": "done"}, "14"),
        ({"text": "plan cancelled"}, "4"),
        ({"text": "req-0002"}, "2"),
        ({"text": "陈若水"}, "1"),
        ({"text": "did not pass"}, "2"),
        ({"text": "nowhere"}, ""),
        ({"person": "chen", "result": "done"}, ""),
    ],
    ids=str,
)
def test_each_filter(office, asked, found):
    from django.utils import translation

    order = ["accounts.signed_in", "blobs.check_failed", "accounts.sign_in_failed", "jobs.job_cancelled"]
    with bureau_context(office), translation.override("en"):
        ours = entries_wanted(Wanted(**asked)).filter(target_kind="tests.case").order_by("id")
        assert "".join(str(order.index(each.action) + 1) for each in ours) == found


def test_the_reader_finds_what_the_reader_reads(office):
    """Words of the sentence count in the language in which it is shown."""
    from django.utils import translation

    with bureau_context(office):
        for language, words in (("en", "failed"), ("zh-hans", "失败")):
            with translation.override(language):
                ours = entries_wanted(Wanted(text=words)).filter(target_kind="tests.case")
                assert "accounts.sign_in_failed" in ours.values_list("action", flat=True), language


def test_a_filter_survives_being_stored():
    wanted = Wanted(since=datetime.date(2026, 3, 1), action="accounts.*", source="10.0.0.0/8", text="a b")
    assert Wanted.of_params(wanted.as_params()) == wanted
    assert Wanted.of_params({}) == Wanted()
    assert filtering.as_list(Wanted()) == [filtering.EVERYTHING]


@pytest.mark.parametrize("wrong", ["10.3.1", "nonsense", "10.0.0.0/40", "::g"])
def test_an_address_that_is_none_is_told(office, wrong):
    assert "source" in FilterForm({"source": wrong}).errors


def test_every_action_can_be_chosen_by_its_function():
    offered = {code for _prefix, _title, pairs in actions.groups() for code, _label in pairs}
    assert offered == set(actions.codes())
    assert {"blobs.secret_refused", "accounts.sign_in_failed"} <= set(actions.codes_ending("refused"))


def test_the_filter_stays_in_the_address_of_the_next_page(office):
    cast = people(office)
    with bureau_context(office), transaction.atomic():
        for _ in range(120):
            record(actor=Actor.of_account(cast.audit), action="jobs.job_cancelled", target_name="many")
    client = SiteClient(office).login_as(cast.audit)
    page = client.get("/audit/?target=many&result=done")
    assert "target=many&amp;result=done&amp;before=" in page.text
    older = page.text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "OFFSET" not in str(entries_wanted(Wanted(target="many")).query)
    second = client.get(f"/audit/{older}")
    assert second.text.count('class="wide"') == 50
    newer = second.text.split('rel="prev" href="')[1].split('"')[0].replace("&amp;", "&")
    assert client.get(f"/audit/{newer}").text.count('class="wide"') == 50
