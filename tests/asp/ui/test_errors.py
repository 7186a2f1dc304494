"""Error pages and the small views that every site has."""

from typing import Any

import pytest
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import override

from asp.ui import views
from asp.ui.pages import TEXTS, error_response
from tenants.site import BureauRef, Site
from tests.asp.ui.support import person, request


class NoDatabase:
    """A person or session that must not be asked: an error page may be shown when nothing answers."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was asked for")


def broken_request(**more: Any) -> HttpRequest:
    asked = request(**more)
    asked.user = asked._cached_user = asked.session = NoDatabase()  # type: ignore[attr-defined]
    return asked


@pytest.mark.parametrize("status", sorted(TEXTS))
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_it_shows_a_page_without_asking_anybody(status: int, language: str) -> None:
    with override(language):
        response = error_response(broken_request(), status)
        body = response.content.decode()
    assert response.status_code == status
    assert str(8) + "c41-0f3a7e" in body
    assert "<h1>" in body
    assert "style=" not in body
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("kind", ["hall", "host", "content"])
def test_it_shows_them_on_every_site(kind: Any) -> None:
    assert error_response(broken_request(site=Site(kind)), 404).status_code == 404


def test_it_shows_one_before_a_site_is_known() -> None:
    asked = broken_request()
    del asked.site
    assert views.server_error(asked).status_code == 500


def test_it_tells_when_to_come_back() -> None:
    assert error_response(request(), 503)["Retry-After"] == "60"
    assert error_response(request(), 429, retry_after=7)["Retry-After"] == "7"


@pytest.mark.parametrize(
    ("handler", "arguments", "status"),
    [
        (views.bad_request, (SuspiciousOperation(),), 400),
        (views.bad_request, (RequestDataTooBig(),), 413),
        (views.forbidden, (PermissionError(),), 403),
        (views.not_found, (LookupError(),), 404),
        (views.server_error, (), 500),
    ],
)
def test_it_handles_what_has_no_view(handler: Any, arguments: tuple[Any, ...], status: int) -> None:
    assert handler(request(), *arguments).status_code == status


@pytest.mark.parametrize("problem", [OperationalError("the connection was closed"), InterfaceError("closed")])
def test_while_the_database_is_away_it_says_that_this_will_pass(problem: Exception) -> None:
    try:
        raise problem
    except (OperationalError, InterfaceError):
        response = views.server_error(request())  # as Django calls it
    assert response.status_code == 503
    assert response["Retry-After"] == "5"


def test_it_explains_a_form_that_came_too_late() -> None:
    with override("en"):
        asked = request(method="post")
        asked.LANGUAGE_CODE = "en"  # type: ignore[attr-defined]
        response = views.csrf_failure(asked, reason="CSRF cookie not set.")
    assert response.status_code == 403
    assert "open for too long" in response.content.decode()
    assert "CSRF" not in response.content.decode()


class TestChoices:
    def post(self, view: Any, user: Any = None, **data: str) -> HttpResponse:
        return view(request(method="post", data=data, user=user))

    def test_it_keeps_the_language_in_browser_and_account(self) -> None:
        saved: list[list[str]] = []
        someone = person(save=lambda update_fields: saved.append(update_fields))
        response = self.post(views.set_language, someone, lang="en", next="/library/?q=1")
        assert response.status_code == 302
        assert response["Location"] == "/library/?q=1"
        assert response.cookies["tb_language"].value == "en"
        assert response.cookies["tb_language"]["httponly"]
        assert someone.language == "en"
        assert saved == [["language"]]

    def test_it_keeps_the_theme_and_gives_scripts_no_page(self) -> None:
        assert self.post(views.set_theme, theme="dark").cookies["tb_theme"].value == "dark"
        asked = request(method="post", data={"theme": "dark"}, HTTP_ACCEPT="application/json")
        assert views.set_theme(asked).status_code == 204

    @pytest.mark.parametrize(
        "target",
        ["https://evil.example/", "//evil.example", "javascript:alert(1)", "evil", "/\\evil.example", ""],
    )
    def test_it_never_leads_away(self, target: str) -> None:
        assert self.post(views.set_language, lang="en", next=target)["Location"] == "/"

    @pytest.mark.parametrize("value", ["", "fr", "<script>", "EN"])
    def test_it_refuses_what_is_not_offered(self, value: str) -> None:
        assert self.post(views.set_language, lang=value).status_code == 400
        assert self.post(views.set_theme, theme=value).status_code == 400

    def test_it_needs_a_form(self) -> None:
        assert views.set_language(request()).status_code == 405
        assert views.set_theme(request()).status_code == 405


class TestAccent:
    def css(self, accent: str) -> HttpResponse:
        return views.accent(request(site=Site("bureau", BureauRef(None, "b_x", accent=accent))))

    def test_it_serves_the_bureaus_colour_with_a_readable_ink(self) -> None:
        dark, light = self.css("#0A7B61"), self.css("ffd54f")
        assert "--tb-accent:#0a7b61;--tb-accent-ink:#fff" in dark.content.decode()
        assert "--tb-accent:#ffd54f;--tb-accent-ink:#1b2430" in light.content.decode()
        assert dark["Content-Type"].startswith("text/css")
        assert "max-age" in dark["Cache-Control"]

    @pytest.mark.parametrize(
        "accent", ["", "red", "#fff", "#12345g", "#123456}body{display:none", "#123456\n"]
    )
    def test_it_serves_nothing_else(self, accent: str) -> None:
        assert self.css(accent).content == b""

    def test_it_is_empty_where_there_is_no_bureau(self) -> None:
        assert views.accent(request(site=Site("hall"))).content == b""
