"""One-time links: once, in time, in their own site."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from asp.accounts import errors, links, services
from asp.accounts.models import Account, AccountState, Link, TOTPDevice
from asp.accounts.testing import totp_code
from asp.messages.models import Message
from tenants.models import Doorbell
from tests.asp.accounts import helpers
from tests.support.client import SiteClient

NEW = {"password": helpers.PASSWORD, "repeated": helpers.PASSWORD}


@pytest.fixture
def slip(office):
    """An invited member of staff and the path of their link."""
    with helpers.at(office.bureau):
        account = helpers.invited()
        link = services.link_issue(actor=helpers.ACTOR, account=account, channel="slip")
        return account, link, "/" + services.link_url(link).split("/", 3)[3]


def test_the_address_is_absolute_and_on_the_bureaus_own_site(office, slip):
    with helpers.at(office.bureau):
        url = services.link_url(slip[1])
    assert re.fullmatch(rf"http://{office.bureau.slug}\.localhost(:\d+)?/accounts/link/[\w-]{{43}}/", url)


def test_staff_activate_and_are_signed_in(office, slip):
    account, _link, path = slip
    page = office.client.get(path)
    assert account.login in page.content.decode()
    assert "enrolment" not in page.context["form"].fields
    assert office.client.post(path, NEW)["Location"] == "/"
    assert office.client.get("/accounts/profile/").status_code == 200
    with helpers.at(office.bureau):
        account.refresh_from_db()
    assert (account.state, bool(account.activated_at)) == (AccountState.ACTIVE, True)


def test_it_works_once(office, slip):
    office.client.post(slip[2], NEW)
    again = SiteClient(office.bureau)
    assert again.get(slip[2]).status_code == 410
    assert (
        again.post(
            slip[2], {"password": helpers.OTHER_PASSWORD, "repeated": helpers.OTHER_PASSWORD}
        ).status_code
        == 410
    )
    assert helpers.post_sign_in(again, slip[0].login, helpers.OTHER_PASSWORD).status_code == 422


def test_looking_at_it_does_not_use_it_up(office, slip):
    for _each in range(3):
        assert office.client.get(slip[2]).status_code == 200
    assert office.client.head(slip[2]).status_code in (200, 405)
    assert office.client.post(slip[2], NEW).status_code == 302


def test_ten_at_once_activate_once(office, slip):
    def use(number):
        try:
            with helpers.at(office.bureau):
                services.activation_complete(link=slip[1], password=f"Correct-Horse-{number}")
            return "used"
        except errors.LinkOver:
            return "over"
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        outcomes = list(pool.map(use, range(10)))
    assert sorted(outcomes) == ["over"] * 9 + ["used"]


def test_it_expires(office, slip, travel):
    travel(days=7, minutes=1)
    page = office.client.get(slip[2])
    assert page.status_code == 410
    assert "expired" in page.content.decode()
    assert office.client.post(slip[2], NEW).status_code == 410


def test_a_new_link_makes_the_former_void(office, slip):
    with helpers.at(office.bureau):
        services.link_issue(actor=helpers.ACTOR, account=slip[0], channel="slip")
    page = office.client.get(slip[2])
    assert page.status_code == 410
    assert "replaced" in page.content.decode()


def test_another_bureau_says_clearly_that_it_is_not_valid_there(bureau_b, slip):
    page = SiteClient(bureau_b).get(slip[2])
    assert page.status_code == 404
    assert "not valid here" in page.content.decode()
    assert SiteClient(bureau_b).post(slip[2], NEW).status_code == 404


def test_a_row_copied_into_another_bureau_does_not_make_the_link_valid(office, bureau_b, slip):
    with helpers.at(bureau_b):
        account = helpers.invited()
        Link.objects.create(
            pk=slip[1].pk,
            account=account,
            purpose="activation",
            channel="slip",
            token_hash=slip[1].token_hash,
            expires_at=timezone.now() + timedelta(days=1),
        )
    assert SiteClient(bureau_b).get(slip[2]).status_code == 404
    assert office.client.get(slip[2]).status_code == 200


@pytest.mark.parametrize("token", ["x", "A" * 43, "A" * 4000, "..%2f..", "%00" * 43, "令" * 43])
def test_made_up_tokens_are_not_valid(office, token):
    assert office.client.get(f"/accounts/link/{token}/").status_code == 404


def test_the_token_is_stored_nowhere(office, slip):
    with helpers.at(office.bureau):
        token = links.token_of(slip[1])
        stored = str(list(Link.objects.values()))
    assert token not in stored


def test_a_disabled_account_cannot_use_it(office, slip):
    with helpers.at(office.bureau):
        services.account_disable(actor=helpers.ACTOR, account=slip[0])
    assert office.client.post(slip[2], NEW).status_code == 410


def test_an_administrator_needs_the_second_factor_to_activate(fresh_bureau):
    with helpers.at(fresh_bureau):
        account = helpers.invited(kind="administrator", duty="system")
        link = services.link_issue(actor=helpers.ACTOR, account=account, channel="hall")
        path = "/" + services.link_url(link).split("/", 3)[3]
    client = SiteClient(fresh_bureau)
    page = client.get(path)
    assert "data:image/svg+xml" in page.content.decode()
    offered = page.context["enrolment"]
    without = client.post(path, NEW)
    assert without.status_code == 422
    wrong = client.post(path, {**NEW, "enrolment": offered.sealed, "code": "000000"})
    assert wrong.status_code == 422
    assert wrong.context["enrolment"].seed == offered.seed
    with helpers.at(fresh_bureau):
        assert Account.objects.get(pk=account.pk).state == AccountState.INVITED
    done = client.post(path, {**NEW, "enrolment": offered.sealed, "code": totp_code(offered.secret)})
    assert done.status_code == 200
    assert len(set(done.context["codes"])) == 10
    assert client.get("/accounts/profile/").status_code == 200
    with helpers.at(fresh_bureau):
        assert TOTPDevice.objects.get(user=account).key == offered.seed


def test_the_third_administrator_rings_the_bell(fresh_bureau):
    with helpers.at(fresh_bureau):
        for duty in ("system", "security", "audit"):
            assert not _bells(fresh_bureau)
            helpers.administrator(duty)
    assert len(_bells(fresh_bureau)) == 1


def _bells(bureau):
    with helpers.at("host"):
        return list(Doorbell.objects.filter(bureau_id=bureau.id, kind="office_ready"))


@pytest.mark.usefixtures("settings_smtp")
def test_by_mail_the_message_names_the_link_and_not_its_address(office):
    with helpers.at(office.bureau):
        account = helpers.invited(email="lin@example.org")
        link = services.link_issue(actor=helpers.ACTOR, account=account, channel="mail")
        message = Message.objects.get(link=link.pk)
        assert links.token_of(link) not in str(message.params)
    assert (message.address, message.template) == ("lin@example.org", "accounts.activation")


@pytest.mark.usefixtures("settings_no_smtp")
def test_mail_needs_an_address_and_a_relay(office):
    with helpers.at(office.bureau):
        with pytest.raises(errors.NoAddress):
            services.link_issue(actor=helpers.ACTOR, account=helpers.invited(), channel="mail")
        with pytest.raises(errors.NoRelay):
            services.link_issue(
                actor=helpers.ACTOR, account=helpers.invited(email="lin@example.org"), channel="mail"
            )


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("purpose", ["activation", "reset"])
def test_the_message_reads_well_in_both_languages(office, language, purpose):
    from asp.messages.rendering import render

    with helpers.at(office.bureau):
        params = services.links._message_params(office.chen.account)
    text = render(f"accounts.{purpose}", language, params, link="http://x/l")
    assert "http://x/l" in text.body
    assert office.chen.account.login in text.body
    assert text.subject
    assert ("云溪县测试局" if language == "zh-hans" else "Test Bureau") in text.subject


# ----- forgotten password


@pytest.fixture
def settings_smtp(monkeypatch):
    for module in ("asp.accounts.services.links", "asp.accounts.views.gate", "asp.messages.channels"):
        monkeypatch.setattr(f"{module}.relay_configured", lambda: True)


@pytest.fixture
def settings_no_smtp(monkeypatch):
    for module in ("asp.accounts.services.links", "asp.accounts.views.gate", "asp.messages.channels"):
        monkeypatch.setattr(f"{module}.relay_configured", lambda: False)


def ask(client, identifier):
    return client.post("/accounts/forgotten/", {"identifier": identifier})


@pytest.mark.usefixtures("settings_smtp")
def test_forgotten_password_answers_the_same_for_everybody(own_office):
    known, unknown = ask(own_office.client, own_office.chen.account.phone), ask(own_office.client, "nobody")
    assert known.status_code == unknown.status_code == 200
    strip = re.compile(r'(value|content)="[^"]*"')
    assert strip.sub("", known.content.decode()) == strip.sub("", unknown.content.decode())
    with helpers.at(own_office.bureau):
        assert Message.objects.filter(template="accounts.reset").count() == 1


@pytest.mark.usefixtures("settings_smtp")
def test_asking_again_soon_sends_nothing_more(own_office, travel):
    for _each in range(3):
        ask(own_office.client, own_office.chen.account.login)
    with helpers.at(own_office.bureau):
        assert Message.objects.filter(template="accounts.reset").count() == 1
    travel(minutes=6)
    ask(own_office.client, own_office.chen.account.login)
    with helpers.at(own_office.bureau):
        assert Message.objects.filter(template="accounts.reset").count() == 2


@pytest.mark.usefixtures("settings_no_smtp")
def test_without_a_relay_nothing_is_offered(office):
    assert "print a link" in office.client.get("/accounts/sign-in/").content.decode()
    page = ask(office.client, office.chen.account.login)
    assert "cannot send mail" in page.content.decode()


def test_a_reset_keeps_the_second_factor_and_ends_sessions(own_office):
    security = SiteClient(own_office.bureau).login_as(own_office.security.account)
    with helpers.at(own_office.bureau):
        link = services.link_issue(
            actor=helpers.ACTOR, account=own_office.security.account, purpose="reset", channel="slip"
        )
        path = "/" + services.link_url(link).split("/", 3)[3]
    same = own_office.client.post(path, NEW)
    assert same.status_code == 422  # the present password again
    new = {"password": helpers.OTHER_PASSWORD, "repeated": helpers.OTHER_PASSWORD}
    assert own_office.client.post(path, new)["Location"] == "/accounts/sign-in/"
    assert own_office.client.get("/accounts/people/").status_code == 302
    assert security.get("/accounts/people/").status_code == 302
    step = helpers.post_sign_in(own_office.client, own_office.security.account.login, helpers.OTHER_PASSWORD)
    assert step["Location"] == "/accounts/sign-in/code/"
