"""Health checks (健康检查): what an app watches, declared in its `health_checks.py`.

    @check("messages.failed", title=_("Mail"), order=60)
    def mail() -> Result:
        return ok(_("…")) if … else wrong(_("…{count}…"), _("What to do …"), count=3)

A check runs in a thread of its own, on the host's site, with little time. It may raise: that is a result, too.
Texts are msgids with places in braces (`gettext_noop` or lazy): they are put into words when somebody reads.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.functional import Promise

Text = str | Promise


class Status(StrEnum):
    """How it stands."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True)
class Result:
    """What a check found: `text` says what it means, `advice` what to do, both with places for `params`."""

    status: Status
    text: Text
    advice: Text = ""
    params: Mapping[str, object] = field(default_factory=dict)


Run = Callable[[], Result]


@dataclass(frozen=True)
class Check:
    """One thing that is watched. `seconds` is how long it may take; `url_name` is where one can act."""

    code: str
    title: Text
    run: Run
    seconds: float = 0.7
    order: int = 100
    url_name: str = ""


_checks: dict[str, Check] = {}


def ok(text: Text, **params: object) -> Result:
    """In order."""
    return Result(Status.OK, text, params=params)


def warning(text: Text, advice: Text, **params: object) -> Result:
    """Not in order soon."""
    return Result(Status.WARNING, text, advice, params)


def wrong(text: Text, advice: Text, **params: object) -> Result:
    """Not in order."""
    return Result(Status.WRONG, text, advice, params)


def register(each: Check) -> Check:
    """Add a check; its code must be new."""
    if each.code in _checks:
        raise ValueError(f"two health checks are called {each.code}")
    _checks[each.code] = each
    return each


def check(
    code: str, *, title: Text, seconds: float = 0.7, order: int = 100, url_name: str = ""
) -> Callable[[Run], Run]:
    """Declare the function below as a check."""

    def declare(run: Run) -> Run:
        register(Check(code, title, run, seconds, order, url_name))
        return run

    return declare


def registered() -> list[Check]:
    """Return every check in the order in which it is shown."""
    return sorted(_checks.values(), key=lambda each: (each.order, each.code))
