"""Error pages (and their parts for HTMX). They ask neither the database nor the session."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from asp.ui.context import Shell

Text = str | Promise


@dataclass(frozen=True)
class ErrorText:
    """What an error page says."""

    title: Text
    text: Text
    icon: str = "alert-circle"
    hint: Text = ""
    retry: bool = False


TEXTS: dict[int, ErrorText] = {
    400: ErrorText(
        _("This request could not be understood"),
        _("Part of it is missing or damaged. Go back, reload the page and try again."),
    ),
    403: ErrorText(
        _("You are not allowed to do this"),
        _("Your account does not have this permission. The security administrator of your unit gives it."),
        icon="lock",
    ),
    404: ErrorText(
        _("There is no such page, or you may not see it"),
        _("The address may be mistyped, the content may have moved, or it may belong to another unit."),
        icon="map-question",
        hint=_("If a colleague sent you the link, ask them to check that it is shared with you."),
    ),
    405: ErrorText(
        _("This address cannot be used like that"),
        _("It belongs to a button of a page. Open the page and use the button."),
    ),
    409: ErrorText(_("Somebody was faster"), "", retry=True),
    410: ErrorText(_("This is no longer valid"), "", icon="clock-off"),
    413: ErrorText(
        _("That is too large"),
        _("A form may be at most 1 MB. Files go up with the upload button, not inside a form."),
        icon="database",
    ),
    429: ErrorText(
        _("Too many tries"),
        _("Wait a little, then try again."),
        icon="clock",
        retry=True,
    ),
    500: ErrorText(
        _("Something went wrong on our side"),
        _(
            "It has been recorded. What was saved before is safe; try again, and report the number if it stays."
        ),
        icon="alert-octagon",
        retry=True,
    ),
    503: ErrorText(
        _("Not available for a moment"),
        _("The system is starting, being maintained or very busy. Try again in a minute."),
        icon="tools",
        retry=True,
    ),
}


def home_label(kind: str) -> str:
    """What the way home is called on each site."""
    if kind == "bureau":
        return gettext("Back to the workbench")
    if kind == "host":
        return gettext("Back to the console")
    return gettext("Back to the start page")


def _wants_json(request: HttpRequest) -> bool:
    """Uploads (tus) and scripts that say so."""
    accept = request.headers.get("Accept", "")
    return "Tus-Resumable" in request.headers or accept.split(",")[0].split(";")[0] == "application/json"


def error_response(
    request: HttpRequest,
    status: int,
    *,
    code: str = "",
    title: Text | None = None,
    text: Text | None = None,
    retry_after: int | None = None,
) -> HttpResponse:
    """The page for `status`; a part if HTMX asked, so that the page around it stays; JSON for scripts."""
    words = TEXTS.get(status, TEXTS[400 if status < 500 else 500])
    shell = Shell(request, bare=True)
    context: dict[str, Any] = {
        "shell": shell,
        "status": status,
        "title": title or words.title,
        "text": words.text if text is None else text,
        "hint": words.hint,
        "icon": words.icon,
        "home_url": shell.home_url,
        "home_label": home_label(shell.kind),
        "retry_url": request.get_full_path() if words.retry and request.method in ("GET", "HEAD") else "",
    }
    response: HttpResponse
    if _wants_json(request):
        answer = {
            "code": code or f"http.{status}",
            "message": str(context["title"]),
            "request_id": shell.request_id,
        }
        response = JsonResponse(answer, status=status)
    elif request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true":
        response = HttpResponse(render_to_string("ui/errors/_part.html", context), status=status)
        response["Tb-Error"] = "part"
    else:
        response = HttpResponse(render_to_string("ui/errors/page.html", context), status=status)
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    elif status == 503:
        response["Retry-After"] = "60"
    response["Cache-Control"] = "no-store"
    return response
