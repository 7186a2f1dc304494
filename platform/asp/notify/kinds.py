"""The registry of what people can be told. Each app registers its own in `notifications.py`."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.module_loading import autodiscover_modules

from asp.jobs.values import fill
from tenants.registry import functions_for
from tenants.site import Site

CODE = re.compile(r"[a-z_]+\.[a-z_]+\Z")
Mail = Literal["no", "now", "daily"]
MAILS: tuple[Mail, ...] = ("no", "now", "daily")


class UnknownKindError(LookupError):
    """Something was announced that no app has registered."""


@dataclass(frozen=True, slots=True)
class Kind:
    """`title` stands in the settings ("Shared with me"), `text` is the sentence with its places."""

    code: str
    title: str | Promise
    text: str | Promise
    icon: str
    mail: Mail
    sites: tuple[str, ...]
    words: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None

    def sentence(self, params: Mapping[str, Any]) -> str:
        """What the reader is told; a parameter that was not stored reads as a dash."""
        return fill(self.text, params if self.words is None else self.words(params))


_kinds: dict[str, Kind] = {}


def register(
    code: str,
    *,
    title: str | Promise,
    text: str | Promise,
    icon: str = "bell",
    mail: Mail = "no",
    sites: tuple[str, ...] = ("bureau", "host"),
    words: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None,
) -> Kind:
    """Declare that people can be told `code` ("app.thing_happened"); `mail` is what holds until they choose.

    `words` turns stored parameters into what the reader sees, where they hold codes.
    Raises ValueError for a malformed code or one that exists.
    """
    if not CODE.match(code):
        raise ValueError(f"not a kind of notification: {code!r}")
    if code in _kinds:
        raise ValueError(f"{code} is registered twice")
    kind = Kind(code, title, text, icon, mail, sites, words)
    _kinds[code] = kind
    return kind


def find(code: str) -> Kind:
    """Return a kind. Raises UnknownKindError."""
    try:
        return _kinds[code]
    except KeyError:
        raise UnknownKindError(code) from None


def sentence(code: str, params: Mapping[str, Any]) -> str:
    """What is told, in the language that is active; the bare code if no app knows it any more."""
    kind = _kinds.get(code)
    return code if kind is None else kind.sentence(params)


def icon(code: str) -> str:
    """The icon that stands before it."""
    return _kinds[code].icon if code in _kinds else "bell"


def kinds_on(site: Site) -> list[Kind]:
    """What people of `site` can be told, by title: of functions that it has."""
    have = {function.code for function in functions_for(site)}
    there = [
        kind
        for kind in _kinds.values()
        if site.kind in kind.sites and (kind.code.split(".")[0] in have or site.kind == "host")
    ]
    return sorted(there, key=lambda kind: str(kind.title))


def load() -> None:
    """Import every app's `notifications.py`."""
    autodiscover_modules("notifications")
