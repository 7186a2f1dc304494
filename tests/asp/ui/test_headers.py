"""What every answer carries."""

import json
import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext_lazy

from asp.ui import requestid
from asp.ui.errors import Conflict, TooMany, UserFacingError
from asp.ui.flash import flash
from asp.ui.middleware import (
    ErrorsMiddleware,
    FlashMiddleware,
    LanguageMiddleware,
    RequestIdMiddleware,
    SecurityHeadersMiddleware,
)
from tenants.site import Site
from tests.asp.ui.support import person, request


def page(_: HttpRequest) -> HttpResponse:
    return HttpResponse("<p>page</p>")


def directives(response: HttpResponse) -> dict[str, str]:
    parts = response["Content-Security-Policy"].split(";")
    return {part.split()[0]: " ".join(part.split()[1:]) for part in parts}


class TestSecurityHeaders:
    def test_it_allows_scripts_and_styles_of_our_own_only(self) -> None:
        policy = directives(SecurityHeadersMiddleware(page)(request()))
        assert policy == {
            "default-src": "'self'",
            "script-src": "'self'",
            "style-src": "'self'",
            "img-src": "'self' data:",
            "connect-src": "'self'",
            "worker-src": "'self'",
            "object-src": "'none'",
            "base-uri": "'none'",
            "form-action": "'self'",
            "frame-ancestors": "'none'",
        }

    def test_it_sets_the_companions(self) -> None:
        response = SecurityHeadersMiddleware(page)(request())
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Referrer-Policy"] == "same-origin"
        assert response["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "geolocation=()" in response["Permissions-Policy"]
        assert "Strict-Transport-Security" not in response

    def test_it_sets_hsts_on_https_only(self, settings: Any) -> None:
        settings.SECURE_HSTS_SECONDS = 31_536_000
        secure = SecurityHeadersMiddleware(page)(request(secure=True))
        assert secure["Strict-Transport-Security"] == "max-age=31536000"

    def test_it_keeps_a_views_own_policy(self) -> None:
        def own(_: HttpRequest) -> HttpResponse:
            return HttpResponse(headers={"Content-Security-Policy": "default-src 'none'"})

        assert SecurityHeadersMiddleware(own)(request())["Content-Security-Policy"] == "default-src 'none'"

    def test_it_lets_nothing_run_on_the_content_origin(self) -> None:
        policy = directives(SecurityHeadersMiddleware(page)(request(site=Site("content"))))
        assert policy["default-src"] == "'none'"
        assert "sandbox" in policy

    def test_it_keeps_pages_behind_sign_in_out_of_every_cache(self, settings: Any) -> None:
        asked = request()
        asked.COOKIES[settings.SESSION_COOKIE_NAME] = "x"
        assert SecurityHeadersMiddleware(page)(asked)["Cache-Control"] == "private, no-store"
        assert "Cache-Control" not in SecurityHeadersMiddleware(page)(request())


class TestRequestId:
    def test_it_numbers_every_request(self) -> None:
        seen = []

        def view(asked: HttpRequest) -> HttpResponse:
            seen.append((asked.id, requestid.current.get()))  # type: ignore[attr-defined]
            return HttpResponse()

        response = RequestIdMiddleware(view)(request())
        assert re.fullmatch(r"[0-9a-f]{4}-[0-9a-f]{6}", response["X-Request-Id"])
        assert seen == [(response["X-Request-Id"],) * 2]
        assert requestid.current.get() == "-"


def language_for(asked: HttpRequest) -> str:
    found = []

    def view(_: HttpRequest) -> HttpResponse:
        found.append(get_language())
        return HttpResponse("x")

    LanguageMiddleware(view)(asked)
    return str(found[0])


class TestLanguage:
    def test_it_prefers_the_persons_choice_then_the_cookie_then_the_browser(self) -> None:
        asked = request(HTTP_ACCEPT_LANGUAGE="en-GB,zh;q=0.5")
        assert language_for(asked) == "en"
        asked.COOKIES["tb_language"] = "zh-hans"
        assert language_for(asked) == "zh-hans"
        asked.user = asked._cached_user = person(language="en")  # type: ignore[attr-defined]
        assert language_for(asked) == "en"

    @pytest.mark.parametrize(
        ("header", "language"),
        [
            ("zh-CN,zh;q=0.9", "zh-hans"),
            ("zh-TW", "zh-hans"),
            ("fr-FR,en;q=0.3", "en"),
            ("fr", "zh-hans"),
            ("", "zh-hans"),
        ],
    )
    def test_it_understands_browsers(self, header: str, language: str) -> None:
        assert language_for(request(HTTP_ACCEPT_LANGUAGE=header)) == language

    @pytest.mark.parametrize("nonsense", ["xx", "../../etc", "zh-hans\n", "😀" * 300])
    def test_it_does_not_believe_a_cookie(self, nonsense: str) -> None:
        asked = request()
        asked.COOKIES["tb_language"] = nonsense
        assert language_for(asked) in ("zh-hans", "en")

    def test_it_takes_the_bureaus_language_last(self) -> None:
        english = SimpleNamespace(kind="bureau", bureau=SimpleNamespace(language="en"))
        assert language_for(request(site=english)) == "en"  # type: ignore[arg-type]

    def test_it_learns_of_the_person_as_late_as_the_view(self) -> None:
        asked = request(HTTP_ACCEPT_LANGUAGE="zh-CN")
        found = []

        def view(one: HttpRequest) -> HttpResponse:
            one.user = one._cached_user = person(language="en")  # type: ignore[attr-defined]
            middleware.process_view(one, None, (), {})
            found.append(get_language())
            return HttpResponse("x")

        middleware = LanguageMiddleware(view)
        before = get_language()
        response = middleware(asked)
        assert found == ["en"]
        assert get_language() == before
        assert response["Content-Language"] == "en"
        assert "Accept-Language" in response["Vary"]


class TestErrors:
    def answer(self, error: Exception, **more: Any) -> HttpResponse | None:
        return ErrorsMiddleware(page).process_exception(request(**more), error)

    def test_it_shows_a_refusal_as_a_page_with_its_status(self) -> None:
        error = UserFacingError("x.full", gettext_lazy("There is no room for {name}"), {"name": "<b>"}, 409)
        response = self.answer(error)
        assert response is not None
        assert response.status_code == 409
        body = response.content.decode()
        assert "There is no room for &lt;b&gt;" in body
        assert "8c41-0f3a7e" in body
        assert "<!doctype html>" in body

    def test_it_shows_a_part_to_htmx(self) -> None:
        response = self.answer(Conflict(), HTTP_HX_REQUEST="true")
        assert response is not None
        assert response["Tb-Error"] == "part"
        assert "<!doctype" not in response.content.decode()

    def test_it_answers_uploads_and_scripts_in_json(self) -> None:
        response = self.answer(TooMany(retry_after=30), HTTP_TUS_RESUMABLE="1.0.0")
        assert response is not None
        assert response.status_code == 429
        assert response["Retry-After"] == "30"
        assert json.loads(response.content)["code"] == "too_many"

    def test_it_leaves_bugs_alone(self) -> None:
        assert self.answer(ValueError("a bug")) is None

    def test_it_takes_braces_in_what_people_wrote(self) -> None:
        assert UserFacingError("x", "Not {name}", {"name": "{0.__class__} {"}).text == "Not {0.__class__} {"
        assert UserFacingError("x", "100% {literal}").text == "100% {literal}"


class TestFlash:
    def test_it_sends_words_to_htmx_with_the_answer(self) -> None:
        def view(asked: HttpRequest) -> HttpResponse:
            flash(asked, "已移入回收站", undo="/library/undo/")
            return HttpResponse("part", headers={"HX-Trigger": '{"other": 1}'})

        asked = request(HTTP_HX_REQUEST="true")
        events = json.loads(FlashMiddleware(view)(asked)["HX-Trigger"])
        assert events["other"] == 1
        assert events["tb:toast"]["items"] == [
            {"text": "已移入回收站", "kind": "ok", "undo": "/library/undo/"}
        ]
        assert "ui_flash" not in asked.session

    def test_it_keeps_them_for_the_next_full_page(self) -> None:
        def view(asked: HttpRequest) -> HttpResponse:
            flash(asked, "Saved")
            return HttpResponse(status=302, headers={"Location": "/"})

        asked = request()
        assert "HX-Trigger" not in FlashMiddleware(view)(asked)
        assert asked.session["ui_flash"][0]["text"] == "Saved"
