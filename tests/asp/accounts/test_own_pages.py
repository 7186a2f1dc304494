"""Profile, second factor and recovery codes of one's own."""

import pytest

from asp.accounts.models import Account
from asp.accounts.testing import totp_code
from asp.audit.models import Entry
from tests.asp.accounts import helpers
from tests.support.client import SiteClient

SEED = "00112233445566778899aabbccddeeff00112233"


@pytest.fixture
def chen(office):
    return office.client.login_as(office.chen.account)


def reload(office):
    with helpers.at(office.bureau):
        account = Account.objects.get(pk=office.chen.account.pk)
        return account, account.has_second_factor


def test_the_profile_is_kept_and_decides_the_language(chen, office):
    given = {"name_en": "Chen Ruoshui", "email": "new@Example.ORG", "language": "zh-hans", "theme": "dark"}
    assert chen.post("/accounts/profile/", given)["Location"] == "/accounts/profile/"
    account, _ = reload(office)
    assert (account.name_en, account.email, account.language, account.theme) == (
        "Chen Ruoshui",
        "new@example.org",
        "zh-hans",
        "dark",
    )
    page = chen.get("/accounts/profile/").content.decode()
    assert 'lang="zh-CN"' in page
    assert 'data-bs-theme="dark"' in page


@pytest.mark.parametrize(
    "bad", [{"email": "nonsense"}, {"language": "xx"}, {"theme": "pink"}, {"name_en": "x" * 151}]
)
def test_bad_input_changes_nothing_and_is_named(chen, office, bad):
    before, _ = reload(office)
    page = chen.post("/accounts/profile/", {"name_en": "", "email": "", "language": "", "theme": "", **bad})
    assert page.status_code == 422
    assert set(page.context["form"].errors) == set(bad)
    after, _ = reload(office)
    assert after.email == before.email


def test_name_login_and_kind_cannot_be_changed_by_oneself(chen, office):
    chen.post(
        "/accounts/profile/", {"name": "局长", "login": "root", "kind": "administrator", "duty": "system"}
    )
    account, _ = reload(office)
    assert (account.name, account.login, account.kind, account.duty) == (
        "陈若水",
        office.chen.account.login,
        "staff",
        "",
    )


def test_staff_set_up_use_and_remove_a_second_factor(chen, office):
    offered = chen.get("/accounts/security/app/").context["enrolment"]
    assert chen.post("/accounts/security/app/", {"enrolment": offered.sealed, "code": "1"}).status_code == 422
    assert reload(office)[1] is False
    done = chen.post(
        "/accounts/security/app/", {"enrolment": offered.sealed, "code": totp_code(offered.secret)}
    )
    codes = done.context["codes"]
    assert len(codes) == 10
    assert done["Cache-Control"] == "private, no-store"
    other = SiteClient(office.bureau)
    step = helpers.post_sign_in(other, office.chen.account.login, helpers.PASSWORD)
    assert step["Location"] == "/accounts/sign-in/code/"
    assert other.post("/accounts/sign-in/code/", {"code": codes[0]})["Location"] == "/"
    assert chen.post("/accounts/security/app/remove/", {"current": "wrong"}).status_code == 422
    assert chen.post("/accounts/security/app/remove/", {"current": helpers.PASSWORD}).status_code == 302
    assert reload(office)[1] is False
    with helpers.at(office.bureau):
        actions = set(Entry.objects.filter(target_id=office.chen.account.pk).values_list("action", flat=True))
    assert {
        "accounts.factor_enrolled",
        "accounts.factor_removed",
        "accounts.signed_in_by_recovery",
    } <= actions


def test_an_offer_is_good_for_an_hour(chen, office, travel):
    offered = chen.get("/accounts/security/app/").context["enrolment"]
    travel(minutes=25)
    chen.get("/accounts/profile/")
    travel(minutes=25)
    chen.get("/accounts/profile/")
    travel(minutes=11)
    late = chen.post(
        "/accounts/security/app/", {"enrolment": offered.sealed, "code": totp_code(offered.secret)}
    )
    assert late.status_code == 422
    assert reload(office)[1] is False


def test_new_recovery_codes_make_the_old_ones_void(office):
    with helpers.at(office.bureau):
        lin = helpers.staff(full_name="林晓岚", seed=SEED)
    client = SiteClient(office.bureau).login_as(lin.account)
    assert client.post("/accounts/security/codes/", {"current": "wrong"}).status_code == 422
    new = client.post("/accounts/security/codes/", {"current": helpers.PASSWORD}).context["codes"]
    assert not set(new) & set(lin.recovery_codes)
    for code, status in ((lin.recovery_codes[0], 422), (new[0], 302)):
        other = SiteClient(office.bureau)
        helpers.post_sign_in(other, lin.account.login, helpers.PASSWORD)
        assert other.post("/accounts/sign-in/code/", {"code": code}).status_code == status


def test_administrators_cannot_do_without(own_office):
    client = SiteClient(own_office.bureau).login_as(own_office.system.account)
    assert client.post("/accounts/security/app/remove/", {"current": helpers.PASSWORD}).status_code == 404
    assert "security/app/remove" not in client.get("/accounts/security/").content.decode()


@pytest.mark.parametrize("url", ["profile", "security", "security/app", "sessions"])
def test_own_pages_need_signing_in(office, url):
    assert SiteClient(office.bureau).get(f"/accounts/{url}/")["Location"].startswith("/accounts/sign-in/")
