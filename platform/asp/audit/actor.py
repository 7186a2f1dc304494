"""Who acts: every service that writes takes one of these."""

import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

if TYPE_CHECKING:
    from django.http import HttpRequest

    from asp.accounts.models import Account
    from asp.jobs.run import JobRun

SYSTEM = "system"
ANONYMOUS = "anonymous"

# The system's own parts, so that their names can be read in both languages.
SYSTEM_NAMES = {
    "scheduler": gettext_noop("Scheduler"),
    "worker": gettext_noop("Background work"),
    "provisioning": gettext_noop("Opening of offices"),
    "console": gettext_noop("Command line"),
    "host": gettext_noop("Host"),
    "demo": gettext_noop("Demonstration data"),
    "seed": gettext_noop("First data of an office"),
    "upgrade": gettext_noop("Upgrade of offices"),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """The person or part of the system in whose name something happens.

    `kind` is an account's kind (staff, administrator, citizen), `system` or `anonymous`. `ip` and
    `request_id` are set when the act comes from a request.
    """

    kind: str
    id: uuid.UUID | None
    name: str
    ip: str | None = None
    request_id: str = ""

    @classmethod
    def of(cls, request: "HttpRequest") -> Self:
        """The person who makes `request`; anonymous before signing in."""
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated:
            actor = cls.of_account(user)
        else:
            actor = cls(kind=ANONYMOUS, id=None, name="")
        return replace(actor, ip=client_ip(request), request_id=request_id(request))

    @classmethod
    def of_account(cls, account: "Account") -> Self:
        """The owner of `account`, where there is no request."""
        return cls(kind=account.kind, id=account.pk, name=account.name)

    @classmethod
    def of_job(cls, run: "JobRun") -> Self:
        """The one who started the job that runs now."""
        return cls(kind=run.actor_kind, id=run.actor_id, name=run.actor_name, request_id=run.request_id)

    @classmethod
    def system(cls, name: str) -> Self:
        """A part of the system, by its short English name (see SYSTEM_NAMES)."""
        return cls(kind=SYSTEM, id=None, name=name)


def actor_label(kind: str, name: str) -> str:
    """Return what people read for a stored actor, in the reader's language."""
    if kind == SYSTEM:
        return _("System: {name}").format(name=_(SYSTEM_NAMES.get(name, name)))
    if kind == ANONYMOUS:
        return name or _("Not signed in")
    return name


def client_ip(request: "HttpRequest") -> str | None:
    """Return the caller's address as the front server reports it, else the peer's."""
    address = getattr(request, "client_ip", None) or request.META.get("REMOTE_ADDR")
    return address or None


def request_id(request: "HttpRequest") -> str:
    """Return the id that the request carries through the logs; empty if it has none."""
    return str(getattr(request, "id", "") or "")[:64]
