"""The frame on the real sites, with their own middleware and URL tables."""

import pytest

from asp.accounts.services import account_create
from asp.audit.actor import Actor
from asp.ui.middleware import POLICY
from tenants.context import bureau_context
from tenants.site import BureauRef
from tests.support.client import SiteClient

ME = Actor.system("tests")


@pytest.fixture
def client(fresh_bureau: BureauRef) -> SiteClient:
    return SiteClient(fresh_bureau)


@pytest.mark.parametrize("site", ["hall", "host"])
def test_an_absent_page_is_told_in_the_readers_language(site: str) -> None:
    response = SiteClient(site).get("/no-such-page/")
    assert response.status_code == 404
    assert "There is no such page" in response.content.decode()
    assert response["X-Request-Id"] in response.content.decode()
    assert response["Content-Security-Policy"] == POLICY
    chinese = SiteClient(site).get("/no-such-page/", HTTP_ACCEPT_LANGUAGE="zh-CN")
    assert "没有这个页面" in chinese.content.decode()


def test_the_gate_forbids_secrets(client: SiteClient) -> None:
    response = client.get("/accounts/sign-in/", follow=True)
    body = response.content.decode()
    assert response.status_code == 200
    assert "State secrets must not be processed" in body
    assert 'lang="en"' in body
    chinese = client.get("/accounts/sign-in/", follow=True, HTTP_ACCEPT_LANGUAGE="zh-CN")
    assert "严禁在本系统处理、存储、传输国家秘密" in chinese.content.decode()


def test_a_choice_of_language_stays_with_the_person(fresh_bureau: BureauRef, client: SiteClient) -> None:
    with bureau_context(fresh_bureau):
        person = account_create(actor=ME, kind="staff", login="lin", name="林晓岚")
        type(person).objects.filter(pk=person.pk).update(state="active")
        person.refresh_from_db()
    client.login_as(person)
    response = client.post("/ui/language/", {"lang": "zh-hans", "next": "/"})
    assert response.status_code == 302
    client.cookies.pop("tb_language")
    page = client.get("/", follow=True)
    assert 'lang="zh-CN"' in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    with bureau_context(fresh_bureau):
        person.refresh_from_db()
        assert person.language == "zh-hans"


def test_the_accent_is_a_stylesheet(client: SiteClient) -> None:
    response = client.get("/ui/accent.css")
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/css")


def test_a_form_without_its_token_is_refused_in_words(fresh_bureau: BureauRef) -> None:
    strict = SiteClient(fresh_bureau, enforce_csrf_checks=True)
    response = strict.post("/ui/language/", {"lang": "en"})
    assert response.status_code == 403
    assert "open for too long" in response.content.decode()
