"""Sessions: their end, listing and ending them."""

import pytest

from asp.accounts.models import Session
from tests.asp.accounts import helpers
from tests.support.client import SiteClient


@pytest.fixture
def chen(office):
    helpers.post_sign_in(office.client, office.chen.account.login, office.chen.password)
    return office.client


def is_in(client):
    return client.get("/accounts/sessions/").status_code == 200


def test_thirty_minutes_without_activity_end_it(chen, travel):
    travel(minutes=29)
    assert is_in(chen)
    travel(minutes=29)
    assert is_in(chen)
    travel(minutes=31)
    assert not is_in(chen)


def test_twelve_hours_end_it_whatever_happens(chen, travel):
    for _each in range(35):
        travel(minutes=20)
        assert is_in(chen)
    travel(minutes=21)
    assert not is_in(chen)


@pytest.mark.parametrize("name", ["HTTP_X_TB_POLL"])
def test_polling_is_no_activity(chen, travel, name):
    for _each in range(3):
        travel(minutes=10)
        answer = chen.get("/accounts/sessions/", **{name: "1"})
    assert answer.status_code in (200, 302)
    travel(minutes=1)
    assert not is_in(chen)


def test_a_new_password_does_not_renew_the_twelve_hours(chen, office, travel):
    for _each in range(20):
        travel(minutes=25)
        assert is_in(chen)
    changed = chen.post(
        "/accounts/security/",
        {
            "current": office.chen.password,
            "password": helpers.OTHER_PASSWORD,
            "repeated": helpers.OTHER_PASSWORD,
        },
    )
    assert changed.status_code == 302
    assert is_in(chen)
    for _each in range(8):
        travel(minutes=25)
        is_in(chen)
    travel(minutes=25)
    assert not is_in(chen)


def test_the_list_names_devices_and_ends_one(chen, office):
    other = SiteClient(
        office.bureau, HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36"
    )
    helpers.post_sign_in(other, office.chen.account.login, office.chen.password)
    page = chen.get("/accounts/sessions/")
    assert "Chrome 130 · Windows" in page.content.decode()
    rows = page.context["rows"]
    assert [row["here"] for row in rows] == [True, False]
    assert chen.post(f"/accounts/sessions/{rows[1]['session'].pk}/end/").status_code == 302
    assert not is_in(other)
    assert is_in(chen)


def test_signing_in_clears_away_what_is_over(chen, office, travel):
    with helpers.at(office.bureau):
        before = set(Session.objects.values_list("pk", flat=True))
    travel(hours=13)
    helpers.post_sign_in(SiteClient(office.bureau), office.chen.account.login, office.chen.password)
    with helpers.at(office.bureau):
        assert not Session.objects.filter(pk__in=before).exists()


def test_ending_all_others_keeps_this_one(chen, office):
    others = [SiteClient(office.bureau) for _each in range(2)]
    for other in others:
        helpers.post_sign_in(other, office.chen.account.login, office.chen.password)
    chen.post("/accounts/sessions/others/end/")
    assert [is_in(each) for each in (chen, *others)] == [True, False, False]


def test_somebody_elses_session_is_not_found(chen, office):
    with helpers.at(office.bureau):
        lin = helpers.staff(full_name="林晓岚")
    other = SiteClient(office.bureau)
    helpers.post_sign_in(other, lin.account.login, lin.password)
    with helpers.at(office.bureau):
        foreign = Session.objects.get(account=lin.account)
    assert chen.post(f"/accounts/sessions/{foreign.pk}/end/").status_code == 404
    assert is_in(other)


def test_ending_this_session_signs_out(chen, office):
    with helpers.at(office.bureau):
        own = Session.objects.get(account=office.chen.account)
    assert chen.post(f"/accounts/sessions/{own.pk}/end/")["Location"] == "/accounts/sign-in/"
    assert not is_in(chen)


def test_a_new_password_ends_all_other_sessions(chen, office):
    other = SiteClient(office.bureau)
    helpers.post_sign_in(other, office.chen.account.login, office.chen.password)
    chen.post(
        "/accounts/security/",
        {
            "current": office.chen.password,
            "password": helpers.OTHER_PASSWORD,
            "repeated": helpers.OTHER_PASSWORD,
        },
    )
    assert is_in(chen)
    assert not is_in(other)


def test_a_hostile_user_agent_is_only_text(office):
    evil = SiteClient(office.bureau, HTTP_USER_AGENT="<img src=x onerror=alert(1)>" + "x" * 5000)
    helpers.post_sign_in(evil, office.chen.account.login, office.chen.password)
    page = evil.get("/accounts/sessions/").content.decode()
    assert "<img src=x" not in page
    assert "Unknown browser" in page


def test_pages_behind_sign_in_are_not_stored(chen):
    assert "no-store" in chen.get("/accounts/profile/")["Cache-Control"]
