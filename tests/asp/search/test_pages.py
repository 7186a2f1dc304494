"""The results page."""

import pytest

from asp.accounts.subjects import EVERYBODY, Subject
from asp.search.services import entry_put
from tenants.context import bureau_context
from tenants.keys import uuid7
from tests.support.client import SiteClient
from tests.support.people import people


@pytest.fixture(scope="module")
def cast():
    from tests.support import bureaus

    found = people(bureaus.open_bureau())
    with bureau_context(found.bureau):
        for title, subject in (
            ("年度预算<b>.xlsx", EVERYBODY),
            ("预算底稿", Subject.person(found.head)),
        ):
            entry_put(kind="tests.thing", id=uuid7(), title=title, url_path="/x/", subjects=[subject])
        for number in range(30):
            entry_put(
                kind="tests.many", id=uuid7(), title=f"台账{number}", url_path="/x/", subjects=[EVERYBODY]
            )
    return found


def test_one_finds_what_one_may_open(cast):
    page = SiteClient(cast.bureau).login_as(cast.clerk).get("/search/?q=预算")
    assert "<mark>预算</mark>&lt;b&gt;.xlsx" in page.text
    assert "底稿" not in page.text
    assert "底稿" in SiteClient(cast.bureau).login_as(cast.head).get("/search/?q=预算").text


def test_administrators_find_nothing(cast):
    page = SiteClient(cast.bureau).login_as(cast.system).get("/search/?q=预算")
    assert page.status_code == 200
    assert "xlsx" not in page.text


def test_pages_and_kinds(cast):
    client = SiteClient(cast.bureau).login_as(cast.clerk)
    first = client.get("/search/?q=台账")
    assert first.text.count("<mark>台账</mark>") == 20
    second = client.get("/search/?q=台账&page=2&kind=tests.many")
    assert second.text.count("<mark>台账</mark>") == 10
    assert client.get("/search/?q=台账&kind=tests.thing").text.count("<mark>") == 0


@pytest.mark.parametrize(
    "query", ["", "?q=", "?q=%00'\"<script>", "?q=没有&page=99999999&kind=x", "?page=-1"]
)
def test_any_question_has_an_answer(cast, query):
    page = SiteClient(cast.bureau).login_as(cast.clerk).get(f"/search/{query}")
    assert page.status_code == 200
    assert "<script>'" not in page.text


def test_one_signs_in_first(cast):
    assert SiteClient(cast.bureau).get("/search/?q=x").status_code == 302
    assert SiteClient("host").get("/search/").status_code == 404
