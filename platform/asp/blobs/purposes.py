"""What uploads are for. The function that owns the files registers a purpose when Django is ready."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

if TYPE_CHECKING:
    from asp.audit.actor import Actor
    from asp.blobs.models import Blob, Upload

Binding = dict[str, Any]
# (request, target, filename, length, metadata) -> what finish needs to know, in JSON types.
Authorize = Callable[[HttpRequest, str, str, int, dict[str, str]], Binding]
# (actor, blob, upload, binding) -> the result that the client gets, in JSON types.
Finish = Callable[["Actor", "Blob", "Upload", Binding], dict[str, Any]]

ANONYMOUS_MOST_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True)
class Purpose:
    """One place that takes files.

    `authorize` runs when an upload is declared and raises `UserFacingError` or `Http404`; `finish` runs
    in the transaction that commits the last bytes: when it raises, the file is not kept. `media_types`
    compares with what the content shows, not with what the client says. With `anonymous` people who
    have not signed in may use it: 10 MB at most, bound to their browser, gone after 24 hours unless it
    was claimed (`asp.blobs.services.draft_claim`).
    """

    code: str
    max_bytes: int
    authorize: Authorize
    finish: Finish
    media_types: frozenset[str] | None = None
    anonymous: bool = False

    @property
    def limit(self) -> int:
        """The largest file in bytes."""
        return min(self.max_bytes, ANONYMOUS_MOST_BYTES) if self.anonymous else self.max_bytes


_purposes: dict[str, Purpose] = {}


def register(purpose: Purpose) -> None:
    """Make a purpose known; the same code again replaces it only if it is the same purpose."""
    known = _purposes.get(purpose.code)
    if known is not None and known != purpose:
        raise ValueError(f"two purposes are called {purpose.code}")
    _purposes[purpose.code] = purpose


def get(code: str) -> Purpose | None:
    """Return a purpose, or None if there is none of that code."""
    return _purposes.get(code)


def registered() -> list[Purpose]:
    """Every purpose that is known."""
    return list(_purposes.values())
