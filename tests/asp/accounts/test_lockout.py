"""Locks: by account in each bureau, by source over all bureaus."""

import pytest
from axes.models import AccessAttempt

from asp.accounts import sources
from asp.accounts.testing import totp_code, totp_forget_used
from asp.audit.models import Entry
from tests.asp.accounts import helpers
from tests.support.client import SiteClient


def fail(client, login, times):
    return [helpers.post_sign_in(client, login, f"wrong{n}").status_code for n in range(times)]


def test_five_failures_lock_the_account_for_thirty_minutes(office, travel):
    login = office.chen.account.login
    assert fail(office.client, login, 5) == [422, 422, 422, 422, 429]
    right = helpers.post_sign_in(SiteClient(office.bureau), login, office.chen.password)
    assert right.status_code == 429
    assert "30 minutes" in right.content.decode()
    travel(minutes=31)
    assert helpers.post_sign_in(office.client, login, office.chen.password).status_code == 302


def test_waiting_is_not_made_longer_by_trying(office, travel):
    login = office.chen.account.login
    fail(office.client, login, 5)
    travel(minutes=20)
    fail(office.client, login, 2)
    travel(minutes=11)
    assert helpers.post_sign_in(office.client, login, office.chen.password).status_code == 302


def test_account_name_and_phone_count_together(office):
    fail(office.client, office.chen.account.login, 3)
    assert fail(office.client, f"+86 {office.chen.account.phone}", 2) == [422, 429]


def test_the_lock_holds_from_every_address(office):
    fail(office.client, office.chen.account.login, 5)
    elsewhere = SiteClient(office.bureau, REMOTE_ADDR="203.0.113.9")
    assert helpers.post_sign_in(elsewhere, office.chen.account.login, office.chen.password).status_code == 429


def test_another_bureau_with_the_same_account_name_is_not_locked(office, make_bureau):
    other = make_bureau()
    with helpers.at(other):
        helpers.administrators()
        namesake = helpers.staff(login=office.chen.account.login)
    fail(office.client, office.chen.account.login, 5)
    assert (
        helpers.post_sign_in(SiteClient(other), namesake.account.login, namesake.password).status_code == 302
    )


def test_an_unknown_name_is_locked_in_the_same_way_and_not_stored(office):
    assert fail(office.client, f"My-Secret-Password1{helpers.name()}", 6) == [422, 422, 422, 422, 429, 429]
    with helpers.at(office.bureau):
        stored = str(list(AccessAttempt.objects.values()))
    assert "secret-password1" not in stored.lower()


def test_failures_do_not_store_what_was_typed(office):
    helpers.post_sign_in(office.client, office.chen.account.login, "Sup3r-Secret-Typed")
    with helpers.at(office.bureau):
        assert "Sup3r-Secret-Typed" not in str(list(AccessAttempt.objects.values()))


def test_success_forgets_the_failures(office):
    login = office.chen.account.login
    fail(office.client, login, 4)
    helpers.post_sign_in(office.client, login, office.chen.password)
    assert fail(SiteClient(office.bureau), login, 1) == [422]


def test_wrong_second_factors_lock_too(own_office):
    person = own_office.security
    helpers.post_sign_in(own_office.client, person.account.login, person.password)
    statuses = []
    for _each in range(5):
        statuses.append(own_office.client.post("/accounts/sign-in/code/", {"code": "000000"}).status_code)
        with helpers.at(own_office.bureau):
            totp_forget_used(person.account)
    assert statuses == [422, 422, 422, 422, 429]
    again = own_office.client.post("/accounts/sign-in/code/", {"code": totp_code(person.seed)})
    assert again["Location"] == "/accounts/sign-in/"
    assert helpers.post_sign_in(own_office.client, person.account.login, person.password).status_code == 429


def test_a_password_does_not_forget_wrong_second_factors(own_office):
    person = own_office.security
    for _each in range(4):
        helpers.post_sign_in(own_office.client, person.account.login, person.password)
        own_office.client.post("/accounts/sign-in/code/", {"code": "000000"})
    helpers.post_sign_in(own_office.client, person.account.login, person.password)
    assert own_office.client.post("/accounts/sign-in/code/", {"code": "000000"}).status_code == 429


def test_the_lock_is_in_the_audit_log_and_the_security_administrator_lifts_it(own_office):
    fail(own_office.client, own_office.chen.account.login, 5)
    security = SiteClient(own_office.bureau).login_as(own_office.security.account)
    page = security.get("/accounts/people/?state=locked")
    assert [each.pk for each in page.context["page"]] == [own_office.chen.account.pk]
    assert security.post(f"/accounts/people/{own_office.chen.account.pk}/unlock/").status_code == 302
    assert (
        helpers.post_sign_in(
            own_office.client, own_office.chen.account.login, own_office.chen.password
        ).status_code
        == 302
    )
    with helpers.at(own_office.bureau):
        actions = set(Entry.objects.values_list("action", flat=True))
    assert {"accounts.locked_out", "accounts.account_unlocked"} <= actions


def test_one_source_is_blocked_over_all_bureaus(own_office, make_bureau, monkeypatch):
    monkeypatch.setattr(sources, "FAILURE_LIMIT", 8)
    source = {"REMOTE_ADDR": "198.51.100.7"}
    sources.forget("198.51.100.7")
    other = make_bureau()
    for number in range(4):
        fail(SiteClient(own_office.bureau, **source), f"nobody{number}", 1)
        fail(SiteClient(other, **source), f"nobody{number}", 1)
    blocked = helpers.post_sign_in(
        SiteClient(own_office.bureau, **source), own_office.chen.account.login, own_office.chen.password
    )
    assert blocked.status_code == 429
    assert blocked.context["refusal"] == "source_blocked"
    free = helpers.post_sign_in(
        SiteClient(own_office.bureau, REMOTE_ADDR="198.51.100.8"),
        own_office.chen.account.login,
        own_office.chen.password,
    )
    assert free.status_code == 302
    sources.forget("198.51.100.7")


def test_without_valkey_people_sign_in_and_the_log_says_so(office, monkeypatch, caplog):
    dead = sources._client("redis://127.0.0.1:1/0")
    monkeypatch.setattr(sources, "_client", lambda _url: dead)
    assert fail(office.client, office.chen.account.login, 1) == [422]
    assert (
        helpers.post_sign_in(office.client, office.chen.account.login, office.chen.password).status_code
        == 302
    )
    assert "source counter does not answer" in caplog.text


@pytest.mark.parametrize(
    ("peer", "forwarded", "seen"),
    [
        ("127.0.0.1", "203.0.113.5", "203.0.113.5"),
        ("127.0.0.1", "1.2.3.4, 203.0.113.5", "203.0.113.5"),
        ("203.0.113.99", "1.2.3.4", "203.0.113.99"),
        ("127.0.0.1", "nonsense", "127.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1"),
    ],
)
def test_only_our_own_proxy_may_say_where_somebody_is(rf, peer, forwarded, seen):
    request = rf.get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)
    assert sources.client_address(request) == seen
