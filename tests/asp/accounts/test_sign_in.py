"""Signing in: who may where, with what, and what a failure tells."""

import pytest

from asp.accounts.models import Account, AccountState, Session
from asp.accounts.testing import totp_code
from asp.audit.models import Entry
from tests.asp.accounts import helpers
from tests.support.client import SiteClient


def sign_in_fully(client, person):
    helpers.post_sign_in(client, person.account.login, person.password)
    return client.post("/accounts/sign-in/code/", {"code": person.code()})


def test_it_shows_the_page_with_the_ban_on_secrets(office):
    page = office.client.get("/accounts/sign-in/")
    assert page.status_code == 200
    assert "State secrets must not be" in page.content.decode()


def test_staff_sign_in_by_account_name(office):
    response = helpers.post_sign_in(
        office.client, office.chen.account.login.upper() + " ", office.chen.password
    )
    assert response.status_code == 302
    assert response["Location"] == "/"
    assert office.client.get("/accounts/profile/").status_code == 200


@pytest.mark.parametrize(
    "written", ["{0}{1}{2}", "{0} {1} {2}", "+86 {0}-{1}-{2}", "0086{0}{1}{2}", "full width"]
)
def test_staff_sign_in_by_phone(office, written):
    phone = office.chen.account.phone
    text = written.format(phone[:3], phone[3:7], phone[7:])
    if written == "full width":
        text = phone.translate({ord("0") + n: ord("０") + n for n in range(10)})
    assert helpers.post_sign_in(office.client, text, office.chen.password).status_code == 302


def test_an_administrator_does_not_sign_in_by_phone(own_office):
    with helpers.at(own_office.bureau):
        Account.objects.filter(pk=own_office.system.account.pk).update(phone="13900139000")
    assert (
        helpers.post_sign_in(own_office.client, "13900139000", own_office.system.password).status_code == 422
    )


def test_staff_cannot_sign_in_before_all_three_administrators_are_active(fresh_bureau):
    with helpers.at(fresh_bureau):
        for duty in ("system", "security"):
            helpers.administrator(duty)
        third = helpers.invited(kind="administrator", duty="audit")
        chen = helpers.staff()
    client = SiteClient(fresh_bureau)
    assert helpers.post_sign_in(client, chen.account.login, chen.password).status_code == 422
    assert "being set up" in client.get("/accounts/sign-in/").content.decode()
    with helpers.at(fresh_bureau):
        helpers.activate(third)
    assert helpers.post_sign_in(client, chen.account.login, chen.password).status_code == 302


def test_an_administrator_is_nobody_before_the_second_factor(office):
    response = helpers.post_sign_in(office.client, office.security.account.login, office.security.password)
    assert response["Location"] == "/accounts/sign-in/code/"
    elsewhere = office.client.get("/accounts/people/")
    assert elsewhere.status_code == 302
    assert elsewhere["Location"].startswith("/accounts/sign-in/code/")
    done = office.client.post("/accounts/sign-in/code/", {"code": office.security.code()})
    assert done["Location"] == "/"
    assert office.client.get("/accounts/people/").status_code == 200


def test_a_wrong_code_is_refused_and_a_used_one_too(office):
    helpers.post_sign_in(office.client, office.security.account.login, office.security.password)
    assert office.client.post("/accounts/sign-in/code/", {"code": "000000"}).status_code == 422
    code = office.security.code()
    assert office.client.post("/accounts/sign-in/code/", {"code": code}).status_code == 302
    second = SiteClient(office.bureau)
    helpers.post_sign_in(second, office.security.account.login, office.security.password)
    assert second.post("/accounts/sign-in/code/", {"code": code}).status_code == 422


def test_a_recovery_code_works_once(own_office):
    code = own_office.security.recovery_codes[0]
    for status in (302, 422):
        client = SiteClient(own_office.bureau)
        helpers.post_sign_in(client, own_office.security.account.login, own_office.security.password)
        assert client.post("/accounts/sign-in/code/", {"code": f" {code.upper()} "}).status_code == status
    with helpers.at(own_office.bureau):
        entry = Entry.objects.get(action="accounts.signed_in_by_recovery")
    assert entry.params["left"] == 9


def test_the_password_step_is_forgotten_after_ten_minutes(office, travel):
    helpers.post_sign_in(office.client, office.security.account.login, office.security.password)
    travel(minutes=11)
    response = office.client.post("/accounts/sign-in/code/", {"code": office.security.code()})
    assert response["Location"] == "/accounts/sign-in/"


def test_an_administrator_whose_factor_was_reset_must_enrol_before_anything(own_office):
    with helpers.at(own_office.bureau):
        own_office.system.account.totpdevice_set.all().delete()
    response = helpers.post_sign_in(
        own_office.client, own_office.system.account.login, own_office.system.password
    )
    assert response["Location"] == "/accounts/sign-in/set-up/"
    assert own_office.client.get("/accounts/profile/")["Location"].startswith("/accounts/sign-in")
    page = own_office.client.get("/accounts/sign-in/set-up/")
    seed, sealed = page.context["enrolment"].secret, page.context["enrolment"].sealed
    wrong = own_office.client.post("/accounts/sign-in/set-up/", {"enrolment": sealed, "code": "000000"})
    assert wrong.status_code == 422
    assert wrong.context["enrolment"].sealed == sealed
    done = own_office.client.post("/accounts/sign-in/set-up/", {"enrolment": sealed, "code": totp_code(seed)})
    assert len(done.context["codes"]) == 10
    assert own_office.client.get("/accounts/profile/").status_code == 200


def test_a_seed_sealed_for_somebody_else_is_not_taken(own_office):
    with helpers.at(own_office.bureau):
        own_office.system.account.totpdevice_set.all().delete()
        own_office.audit.account.totpdevice_set.all().delete()
    other = SiteClient(own_office.bureau)
    helpers.post_sign_in(other, own_office.audit.account.login, own_office.audit.password)
    offered = other.get("/accounts/sign-in/set-up/").context["enrolment"]
    helpers.post_sign_in(own_office.client, own_office.system.account.login, own_office.system.password)
    stolen = own_office.client.post(
        "/accounts/sign-in/set-up/", {"enrolment": offered.sealed, "code": totp_code(offered.secret)}
    )
    assert stolen.status_code == 422
    assert stolen.context["enrolment"].seed != offered.seed


def test_an_administrator_has_one_session(office):
    first, second = SiteClient(office.bureau), SiteClient(office.bureau)
    sign_in_fully(first, office.system)
    assert first.get("/accounts/profile/").status_code == 200
    sign_in_fully(second, office.system)
    assert second.get("/accounts/profile/").status_code == 200
    assert first.get("/accounts/profile/").status_code == 302


def test_staff_may_have_several_sessions(office):
    clients = [SiteClient(office.bureau), SiteClient(office.bureau)]
    for client in clients:
        helpers.post_sign_in(client, office.chen.account.login, office.chen.password)
    assert [client.get("/accounts/profile/").status_code for client in clients] == [200, 200]


def test_the_answer_does_not_tell_whether_the_account_exists(office):
    known = helpers.post_sign_in(office.client, office.chen.account.login, "wrong")
    unknown = helpers.post_sign_in(office.client, "nobodyhere", "wrong")
    disabled_account = office.chen.account
    with helpers.at(office.bureau):
        Account.objects.filter(pk=disabled_account.pk).update(state=AccountState.DISABLED)
    disabled = helpers.post_sign_in(office.client, office.chen.account.login, office.chen.password)
    texts = {r.context["refusal"] for r in (known, unknown, disabled)}
    assert texts == {"refused"}
    assert {r.status_code for r in (known, unknown, disabled)} == {422}


def test_an_unknown_account_costs_one_hash_like_a_known_one(office, monkeypatch):
    from django.contrib.auth.hashers import Argon2PasswordHasher

    work = []
    for name in ("encode", "verify"):
        real = getattr(Argon2PasswordHasher, name)
        monkeypatch.setattr(
            Argon2PasswordHasher,
            name,
            lambda self, *a, _real=real, _name=name, **k: (work.append(_name), _real(self, *a, **k))[1],
        )
    counts = []
    with helpers.at(office.bureau):
        waiting = helpers.invited()
    for login in (office.chen.account.login, "nobodyhere", waiting.login):
        work.clear()
        helpers.post_sign_in(office.client, login, "wrong")
        counts.append(len(work))
    assert counts == [1, 1, 1]


def test_the_key_of_the_session_changes_at_sign_in(office):
    helpers.post_sign_in(office.client, office.security.account.login, office.security.password)
    before = office.client.cookies["tb_session"].value
    office.client.post("/accounts/sign-in/code/", {"code": office.security.code()})
    assert office.client.cookies["tb_session"].value != before


def test_a_key_chosen_by_somebody_else_is_never_used(office):
    office.client.cookies["tb_session"] = "a" * 32
    helpers.post_sign_in(office.client, office.chen.account.login, office.chen.password)
    assert office.client.cookies["tb_session"].value != "a" * 32
    assert office.client.get("/accounts/profile/").status_code == 200


def test_the_table_does_not_hold_the_cookie(office):
    helpers.post_sign_in(office.client, office.chen.account.login, office.chen.password)
    with helpers.at(office.bureau):
        stored = list(Session.objects.values_list("session_key", flat=True))
    assert office.client.cookies["tb_session"].value not in stored


def test_a_session_of_one_bureau_means_nothing_in_another(office, bureau_b):
    helpers.post_sign_in(office.client, office.chen.account.login, office.chen.password)
    other = SiteClient(bureau_b)
    other.cookies["tb_session"] = office.client.cookies["tb_session"].value
    assert other.get("/accounts/profile/").status_code == 302


def test_the_cookie_has_no_domain_and_is_closed_to_scripts(office):
    response = helpers.post_sign_in(office.client, office.chen.account.login, office.chen.password)
    cookie = response.cookies["tb_session"]
    assert (cookie["domain"], cookie["httponly"], cookie["samesite"], cookie["path"]) == (
        "",
        True,
        "Lax",
        "/",
    )


def test_a_host_administrator_signs_in_at_the_host_and_is_nobody_in_the_hall(host_administrators):
    person = host_administrators["system"]
    client = SiteClient("host")
    assert sign_in_fully(client, person).status_code == 302
    assert client.get("/accounts/profile/").status_code == 200
    from asp.accounts.sessions import SessionStore

    for kind, found in (("host", True), ("hall", False)):
        with helpers.at(kind):
            store = SessionStore(client.cookies["tb_session"].value)
            assert bool(store.load()) is found


def test_the_hall_has_no_sign_in_yet():
    assert SiteClient("hall").get("/accounts/sign-in/").status_code == 404


def test_it_goes_back_to_the_page_that_was_wanted(office):
    asked = office.client.get("/accounts/sessions/?x=1")
    assert asked["Location"] == "/accounts/sign-in/?next=%2Faccounts%2Fsessions%2F%3Fx%3D1"
    response = helpers.post_sign_in(
        office.client, office.chen.account.login, office.chen.password, next="/accounts/sessions/?x=1"
    )
    assert response["Location"] == "/accounts/sessions/?x=1"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:///evil.example",
    ],
)
def test_it_never_leads_to_another_site(office, target):
    response = helpers.post_sign_in(
        office.client, office.chen.account.login, office.chen.password, next=target
    )
    assert response["Location"] == "/"


def test_a_part_is_answered_with_a_redirect_of_the_whole_page(office):
    response = office.client.get(
        "/accounts/sessions/",
        HTTP_HX_REQUEST="true",
        HTTP_HX_CURRENT_URL=f"http://{office.bureau.slug}.localhost/library/",
    )
    assert response.status_code == 401
    assert response["HX-Redirect"] == "/accounts/sign-in/?next=%2Flibrary%2F"


def test_signing_out_ends_the_session_on_the_server(office):
    helpers.post_sign_in(office.client, office.chen.account.login, office.chen.password)
    key = office.client.cookies["tb_session"].value
    assert office.client.get("/accounts/sign-out/").status_code == 405
    assert office.client.post("/accounts/sign-out/").status_code == 302
    office.client.cookies["tb_session"] = key
    assert office.client.get("/accounts/profile/").status_code == 302


def test_it_remembers_the_account_only_if_asked(office):
    response = helpers.post_sign_in(
        office.client, office.chen.account.login, office.chen.password, remember="on"
    )
    assert response.cookies["tb_login"].value == office.chen.account.login
    office.client.post("/accounts/sign-out/")
    page = office.client.get("/accounts/sign-in/")
    assert office.chen.account.login in page.content.decode()


def test_success_and_failure_are_in_the_audit_log(office):
    helpers.post_sign_in(office.client, office.chen.account.login, "wrong")
    helpers.post_sign_in(office.client, office.chen.account.login, office.chen.password)
    with helpers.at(office.bureau):
        about = Entry.objects.filter(target_id=office.chen.account.pk)
        failed = about.get(action="accounts.sign_in_failed")
        done = about.get(action="accounts.signed_in")
    assert (failed.actor_kind, failed.target_id, failed.ip) == (
        "anonymous",
        office.chen.account.pk,
        "127.0.0.1",
    )
    assert (done.actor_id, done.ip) == (office.chen.account.pk, "127.0.0.1")


@pytest.mark.parametrize(
    "text", ["x" * 150, "<script>alert(1)</script>", "' OR 1=1 --", "\u202emoc", "％", "1" * 140]
)
def test_hostile_names_are_an_ordinary_failure(office, text):
    response = helpers.post_sign_in(office.client, text, "p" * 900)
    assert response.status_code == 422
    assert "<script>alert" not in response.content.decode()


def test_a_name_with_a_nul_is_refused_by_the_form(office):
    assert helpers.post_sign_in(office.client, "a\x00b", "x").status_code == 422
