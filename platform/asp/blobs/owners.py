"""Whose an upload is: an account's, or that of a browser that fills in a form without signing in."""

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from asp.blobs.models import Upload

DRAFT_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Owner:
    """Who may go on with an upload: an account, or the browser that holds the secret of a draft (草稿)."""

    account_id: uuid.UUID | None
    draft_hash: str = ""

    def owns(self, upload: "Upload") -> bool:
        """Whether `upload` is this owner's."""
        if self.account_id is not None:
            return upload.account_id == self.account_id
        mine = bool(self.draft_hash) and upload.account_id is None
        return mine and secrets.compare_digest(self.draft_hash, upload.draft_hash)


def owner_of(request: HttpRequest) -> Owner | None:
    """Return the owner that a request speaks for; None for a browser without account and draft."""
    user = request.user
    if user.is_authenticated:
        return Owner(account_id=user.pk)
    secret = request.COOKIES.get(_cookie_name(), "")
    return Owner(account_id=None, draft_hash=_hash(secret)) if len(secret) >= 40 else None


def new_draft() -> tuple[str, Owner]:
    """Return a fresh secret for a browser, and the owner that it makes of it."""
    secret = secrets.token_urlsafe(32)
    return secret, Owner(account_id=None, draft_hash=_hash(secret))


def remember_draft(response: HttpResponse, secret: str) -> None:
    """Give the browser its secret, for this very site and no script."""
    response.set_cookie(
        _cookie_name(),
        secret,
        max_age=DRAFT_SECONDS,
        secure=settings.ASP.scheme == "https",
        httponly=True,
        samesite="Strict",
    )


def _cookie_name() -> str:
    return "__Host-draft" if settings.ASP.scheme == "https" else "tb_draft"


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
