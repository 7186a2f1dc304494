"""Short words after an act ("Moved to the trash. Undo"), shown once on the next page or part."""

from dataclasses import asdict, dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise

KEY = "ui_flash"
KEPT = 5


@dataclass(frozen=True)
class Flash:
    """One word to the person. `undo` is a URL that takes the act back by POST."""

    text: str
    kind: str = "ok"
    undo: str = ""


def flash(request: HttpRequest, text: str | Promise, *, kind: str = "ok", undo: str = "") -> None:
    """Say `text` on the next full page, or with this answer if HTMX asked.

    `kind` is ok, busy, warn or bad (the states of `tb-state`).
    """
    waiting = list(request.session.get(KEY, []))
    waiting.append(asdict(Flash(str(text), kind, undo)))
    request.session[KEY] = waiting[-KEPT:]


def flashes_take(request: HttpRequest) -> list[Flash]:
    """The waiting words, which are then gone."""
    session: Any = getattr(request, "session", None)
    if session is None or not session.get(KEY):
        return []
    return [Flash(**entry) for entry in session.pop(KEY)]
