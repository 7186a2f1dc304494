"""The access mark of this app's views.

`asp.accounts.access` defines who may call a view, but lies above this app; the few views here are for
everybody, so they carry a mark of the same shape, which the test over every address reads.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from django.http import HttpResponse

View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class PublicAccess:
    """The same fields as `asp.accounts.access.Access`, for `anyone`."""

    kind: Literal["anyone"] = "anyone"
    codes: tuple[str, ...] = ()
    duties: tuple[str, ...] = ()
    while_restricted: bool = False


def anyone(view: View) -> View:
    """Everybody, signed in or not."""
    view.access = PublicAccess()  # type: ignore[attr-defined]  # read by the test over every address
    return view
