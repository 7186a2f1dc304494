"""Tracking with code and phone: words for those who know both, nothing for everybody else."""

import secrets
from dataclasses import replace

import pytest
from django.conf import settings
from django.test import override_settings

from asp.accounts.models import Account, Link
from asp.audit.models import Entry
from asp.ui.errors import TooMany
from provisioning import codes, services
from provisioning.errors import AlreadyActive, OfficeNotOpen, TooManyGuesses, WrongCode
from provisioning.models import Attempts
from tenants.context import bureau_context, host_context
from tests.support.applications import opened, submitted
from tests.support.client import SiteClient
from tests.support.people import TESTER


def guess(source: str, code: str, phone: str):
    with host_context():
        return services.application_track(source=source, code=code, phone=phone)


def source() -> str:
    return f"test {secrets.token_hex(8)}"


def random_tracking_code() -> str:
    return codes.tracking_code(codes.new_draft_secret())


def test_contact_and_administrators_are_told_apart():
    application, code = submitted()
    found = guess(source(), code, application.contact_phone)
    assert found.contact
    assert found.duties == ()
    with host_context():
        person = application.administrators.get(duty="audit")
    found = guess(source(), code.lower().replace("-", " "), f"+86{person.phone}")
    assert not found.contact
    assert found.duties == ("audit",)


def test_a_wrong_half_says_nothing():
    application, code = submitted()
    texts = set()
    for wrong_code, phone in (
        (code, "13900000000"),
        (random_tracking_code(), application.contact_phone),
        ("", ""),
        ("\x00" * 12, "\x00"),
        (code, ""),
        (code, "1390000000x"),
    ):
        with pytest.raises(WrongCode) as refusal:
            guess(source(), wrong_code, phone)
        texts.add(refusal.value.text)
    assert len(texts) == 1


def test_one_source_cannot_guess():
    application, _code = submitted()
    here = source()
    outcomes = []
    for _ in range(300):
        try:
            guess(here, random_tracking_code(), application.contact_phone)
            outcomes.append("hit")
        except TooManyGuesses:
            outcomes.append("429")
        except WrongCode:
            outcomes.append("no")
    assert outcomes.count("hit") == 0
    assert outcomes.count("no") == 20
    assert outcomes.count("429") == 280


@pytest.mark.slow
def test_ten_thousand_guesses_hit_nothing():
    application, code = submitted()
    hits = refused = 0
    for number in range(10_000):
        try:
            # Many sources against one code whose phone is not known, and many codes against one phone.
            if number % 2:
                guess(source(), code, f"138{number:08d}")
            else:
                guess(
                    f"same {number // 4000} {application.pk}",
                    random_tracking_code(),
                    application.contact_phone,
                )
            hits += 1
        except TooManyGuesses:
            refused += 1
        except WrongCode:
            pass
    assert hits == 0
    assert refused > 9_900


def test_the_right_one_counts_as_no_try():
    application, code = submitted()
    here = source()
    for _ in range(40):
        assert guess(here, code, application.contact_phone).contact


def test_the_limit_holds_without_valkey():
    application, code = submitted()
    with override_settings(ASP=replace(settings.ASP, redis_url="redis://127.0.0.1:9/0")):
        refused = 0
        for _ in range(15):
            try:
                guess(source(), code, "13811112222")
            except TooManyGuesses:
                refused += 1
            except WrongCode:
                pass
    assert refused == 5
    assert application.pk


def test_the_counters_name_nobody():
    application, code = submitted()
    with pytest.raises(WrongCode):
        guess("198.51.100.77", code, "13811112222")
    with host_context():
        stored = str(list(Attempts.objects.values_list("key", flat=True)))
    assert "198.51.100.77" not in stored
    assert code.replace("-", "") not in stored


def test_the_page_answers_429_and_422():
    application, _code = submitted()
    browser = SiteClient("hall", HTTP_X_FORWARDED_FOR=f"192.0.2.{secrets.randbelow(250)}")
    statuses = [
        browser.post(
            "/track/", {"code": random_tracking_code(), "phone": application.contact_phone}
        ).status_code
        for _ in range(22)
    ]
    assert set(statuses[:20]) == {422}
    assert statuses[-1] == 429


def test_what_was_tracked_can_be_closed():
    application, code = submitted()
    browser = SiteClient("hall")
    page = browser.post("/track/", {"code": code, "phone": application.contact_phone})["Location"]
    assert browser.get(page).status_code == 200
    browser.post("/track/leave/")
    assert browser.get(page).status_code == 404


def test_an_activation_is_fresh_each_time_and_on_record():
    with override_settings(ASP=replace(settings.ASP, smtp_url="")):
        application, _code = opened()
        with host_context():
            links = [
                services.activation_fetch(actor=TESTER, application=application, duty="system").link
                for _ in range(3)
            ]
            assert (
                Entry.objects.filter(
                    action="provisioning.activation_fetched", target_id=application.pk
                ).count()
                == 3
            )
        with bureau_context(application.bureau.ref):
            live = Link.objects.filter(used_at=None, revoked_at=None)
            assert [each.pk for each in live] == [links[-1].pk]
            assert Entry.objects.filter(action="accounts.activation_offered").count() == 3
            account = Account.objects.get(duty="system")
            account.state = "active"
            account.save()
        with host_context(), pytest.raises(AlreadyActive):
            services.activation_fetch(actor=TESTER, application=application, duty="system")


def test_an_activation_needs_an_office():
    application, _code = submitted()
    with host_context(), pytest.raises(OfficeNotOpen):
        services.activation_fetch(actor=TESTER, application=application, duty="system")


def test_fetching_is_limited():
    with override_settings(ASP=replace(settings.ASP, smtp_url="")):
        application, code = opened()
        with host_context():
            person = application.administrators.get(duty="security")
        browser = SiteClient("hall")
        page = browser.post("/track/", {"code": code, "phone": person.phone})["Location"]
        statuses = [browser.post(f"{page}activation/security/").status_code for _ in range(6)]
    assert statuses == [200] * 5 + [429]
    assert issubclass(TooManyGuesses, TooMany)


def test_the_contact_alone_gets_no_activation():
    application, code = opened()
    browser = SiteClient("hall")
    page = browser.post("/track/", {"code": code, "phone": application.contact_phone})["Location"]
    assert browser.get(page).status_code == 200
    assert browser.post(f"{page}activation/system/").status_code == 404
    assert browser.post(f"{page}activation/emperor/").status_code == 404
