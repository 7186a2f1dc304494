"""Which application a browser at the hall may see: by the draft's cookie, or because it was tracked.

A tracked application stays open in the browser's session for half an hour.
"""

import secrets
import time
import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse

from provisioning import codes
from provisioning.models import Application

SESSION_KEY = "provisioning_tracked"
TRACKED_SECONDS = 30 * 60
COOKIE_SECONDS = 30 * 24 * 3600
MOST_TRACKED = 5


@dataclass(frozen=True, slots=True)
class Grant:
    """What tracking has shown of somebody: the contact's phone, an administrator's, or both."""

    application_id: uuid.UUID
    contact: bool
    duties: tuple[str, ...]
    until: float

    @property
    def is_live(self) -> bool:
        """Whether it still counts."""
        return self.until > time.time()


def cookie_name() -> str:
    """The cookie that holds the draft's secret."""
    return "__Host-application" if settings.ASP.scheme == "https" else "tb_application"


def draft_secret(request: HttpRequest) -> str:
    """The secret of this browser's draft, or an empty string."""
    secret = request.COOKIES.get(cookie_name(), "")
    return secret if 20 <= len(secret) <= 64 else ""


def draft_remember(response: HttpResponse, secret: str) -> None:
    """Let the browser keep the secret for a month, for this site alone and no script."""
    response.set_cookie(
        cookie_name(),
        secret,
        max_age=COOKIE_SECONDS,
        secure=settings.ASP.scheme == "https",
        httponly=True,
        samesite="Lax",
    )


def draft_forget(response: HttpResponse) -> None:
    """Take the secret back."""
    response.delete_cookie(cookie_name(), samesite="Lax")


def application_of_draft(request: HttpRequest) -> Application | None:
    """The application that this browser wrote, whatever its state, or None."""
    secret = draft_secret(request)
    if not secret:
        return None
    return Application.objects.filter(draft_hash=codes.draft_hash(secret)).first()


def grant_keep(
    request: HttpRequest, *, application: Application, contact: bool, duties: tuple[str, ...]
) -> None:
    """Remember in the session that this browser has tracked `application`."""
    grants: dict[str, Any] = dict(request.session.get(SESSION_KEY, {}))
    grants.pop(str(application.pk), None)
    grants[str(application.pk)] = {
        "contact": contact,
        "duties": list(duties),
        "until": time.time() + TRACKED_SECONDS,
    }
    # A session that somebody planted in this browser must not become one that shows an application.
    request.session.cycle_key()
    request.session[SESSION_KEY] = dict(list(grants.items())[-MOST_TRACKED:])


def grant_of(request: HttpRequest, application_id: uuid.UUID) -> Grant | None:
    """What this browser may see of an application, or None."""
    stored = request.session.get(SESSION_KEY, {}).get(str(application_id))
    if not stored:
        return None
    grant = Grant(application_id, bool(stored["contact"]), tuple(stored["duties"]), float(stored["until"]))
    return grant if grant.is_live else None


def grants_forget(request: HttpRequest) -> None:
    """Close everything that was tracked in this browser."""
    request.session.pop(SESSION_KEY, None)


def application_for(request: HttpRequest, application_id: uuid.UUID) -> Application:
    """The application that this browser wrote, or has tracked as its contact. Raises Http404."""
    application = Application.objects.filter(pk=application_id).first()
    if application is None:
        raise Http404
    secret = draft_secret(request)
    if secret and secrets.compare_digest(codes.draft_hash(secret), application.draft_hash):
        return application
    grant = grant_of(request, application_id)
    if grant is None or not grant.contact:
        raise Http404
    return application
