"""What the security administrator does with accounts."""

import pytest

from asp.accounts import services
from asp.accounts.models import Account, AccountState, Session
from asp.audit.models import Entry
from asp.messages.models import Message
from tests.asp.accounts import helpers
from tests.support.client import SiteClient

ACTS = ("unlock", "disable", "enable", "factor", "sessions/end", "link")


@pytest.fixture
def security(office):
    return SiteClient(office.bureau).login_as(office.security.account)


def path(account, act=""):
    return f"/accounts/people/{account.pk}/{act + '/' if act else ''}"


def test_it_lists_and_narrows_down(security, office):
    page = security.get(f"/accounts/people/?q={office.chen.account.login}")
    assert [each.pk for each in page.context["page"]] == [office.chen.account.pk]
    part = security.get("/accounts/people/?kind=administrator", HTTP_HX_REQUEST="true")
    assert "<html" not in part.content.decode()
    assert {each.duty for each in part.context["page"]} == {"system", "security", "audit"}
    assert "Nobody matches" in security.get("/accounts/people/?q=nobody-like-that").content.decode()
    assert security.get("/accounts/people/?state=nonsense&page=99").status_code == 200


def test_only_the_security_administrator_comes_in(office):
    for person, status in (
        (office.system, 403),
        (office.audit, 403),
        (office.chen, 403),
        (office.security, 200),
    ):
        client = SiteClient(office.bureau).login_as(person.account)
        assert client.get("/accounts/people/").status_code == status
        assert client.get(path(office.chen.account)).status_code == status
        if status == 403:
            assert {client.post(path(office.chen.account, act)).status_code for act in ACTS} == {403}
    anonymous = SiteClient(office.bureau)
    assert anonymous.get("/accounts/people/").status_code == 302
    assert {anonymous.post(path(office.chen.account, act)).status_code for act in ACTS} == {302}


def test_an_account_of_another_bureau_is_not_found(security, bureau_b):
    with helpers.at(bureau_b):
        foreign = helpers.staff().account
    assert security.get(path(foreign)).status_code == 404
    assert {security.post(path(foreign, act)).status_code for act in ACTS} == {404}


def test_acts_need_post(security, office):
    assert {security.get(path(office.chen.account, act)).status_code for act in ACTS} == {405}


def test_disable_and_enable(security, office):
    chen = SiteClient(office.bureau).login_as(office.chen.account)
    assert security.post(path(office.chen.account, "disable")).status_code == 302
    assert chen.get("/accounts/profile/").status_code == 302
    assert "Disabled" in security.get(path(office.chen.account)).content.decode()
    assert security.post(path(office.chen.account, "disable")).status_code == 409
    assert security.post(path(office.chen.account, "enable")).status_code == 302
    with helpers.at(office.bureau):
        assert Account.objects.get(pk=office.chen.account.pk).state == AccountState.ACTIVE


def test_administrators_are_out_of_reach(security, office):
    assert security.post(path(office.system.account, "disable")).status_code == 403
    assert security.post(path(office.system.account, "link"), {"channel": "slip"}).status_code == 403
    for act in ("disable", "factor", "unlock"):
        assert security.post(path(office.security.account, act)).status_code == 403
    with helpers.at(office.bureau):
        assert Account.objects.get(pk=office.security.account.pk).has_second_factor


def test_resetting_the_second_factor_ends_sessions(own_office):
    security = SiteClient(own_office.bureau).login_as(own_office.security.account)
    system = SiteClient(own_office.bureau).login_as(own_office.system.account)
    assert security.post(path(own_office.system.account, "factor")).status_code == 302
    assert system.get("/accounts/profile/").status_code == 302
    with helpers.at(own_office.bureau):
        assert not Account.objects.get(pk=own_office.system.account.pk).has_second_factor
        assert Entry.objects.filter(action="accounts.factor_reset").exists()


def test_ending_sessions(security, office):
    chen = SiteClient(office.bureau).login_as(office.chen.account)
    security.post(path(office.chen.account, "sessions/end"))
    assert chen.get("/accounts/profile/").status_code == 302
    with helpers.at(office.bureau):
        assert not Session.objects.filter(account=office.chen.account).exists()


def test_a_slip_is_printed_once_with_qr_and_address(security, office):
    with helpers.at(office.bureau):
        waiting = helpers.invited()
    page = security.post(path(waiting, "link"), {"channel": "slip"})
    text = page.content.decode()
    assert "data:image/svg+xml" in text
    assert f"http://{office.bureau.slug}.localhost" in text
    assert page["Cache-Control"] == "private, no-store"
    assert "/accounts/link/" not in security.get(path(waiting)).content.decode()


def test_a_link_by_mail(security, office, monkeypatch):
    for module in ("asp.accounts.services.links", "asp.messages.channels"):
        monkeypatch.setattr(f"{module}.relay_configured", lambda: True)
    assert security.post(path(office.chen.account, "link"), {"channel": "mail"}).status_code == 302
    with helpers.at(office.bureau):
        message = Message.objects.get(address=office.chen.account.email)
    assert message.template == "accounts.reset"


def test_hostile_names_are_only_text(office, security):
    with helpers.at(office.bureau):
        evil = helpers.invited()
        services.account_update(
            actor=helpers.ACTOR,
            account=evil,
            name='<script>alert("名")</script>',
            name_en='"><img src=x onerror=alert(1)>',
        )
        role = services.role_create(
            actor=helpers.ACTOR, name="<svg onload=alert(1)>", description="</textarea><script>x</script>"
        )
        services.role_grant(actor=helpers.ACTOR, role=role, subject=services_subject(evil))
    for language in ("zh-hans", "en"):
        for url in (
            "/accounts/people/",
            path(evil),
            "/accounts/roles/",
            f"/accounts/roles/{role.pk}/",
            f"/accounts/roles/{role.pk}/edit/",
            "/accounts/subjects/?q=alert",
        ):
            text = security.get(url, HTTP_ACCEPT_LANGUAGE=language).content.decode()
            for payload in (
                '<script>alert("',
                "<script>x",
                "<img src=x",
                "<svg onload",
                "</textarea><script",
            ):
                assert payload not in text, (url, payload)


def services_subject(account):
    from asp.accounts.subjects import Subject

    return Subject.person(account)


def test_the_host_has_the_same_pages_without_roles(host_administrators):
    client = SiteClient("host").login_as(host_administrators["security"].account)
    assert client.get("/accounts/people/").status_code == 200
    assert client.get(path(host_administrators["audit"].account)).status_code == 200
    assert client.get("/accounts/roles/").status_code == 404
    assert client.get("/accounts/subjects/").status_code == 404
