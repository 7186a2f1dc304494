"""Sessions (会话), in the schema of the site where the person signed in."""

from typing import Any

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone

from tenants.keys import uuid7


class Session(AbstractBaseSession):
    """One signed-in (or about to be) browser.

    `session_key` is the SHA-256 of what the cookie holds: who reads the table cannot take a session
    over. `started_at` counts for the absolute limit, `last_seen_at` for the idle one; `expire_date` is
    the earlier of both ends.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    session_key = models.CharField(max_length=64)
    expire_date = models.DateTimeField()
    site = models.CharField(max_length=16)
    account = models.ForeignKey(
        "accounts.Account", on_delete=models.CASCADE, null=True, related_name="sessions"
    )
    ip = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=255, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-last_seen_at"]
        constraints = [
            models.UniqueConstraint(fields=["session_key"], name="accounts_session_key_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.started_at:%Y-%m-%d %H:%M}"

    @classmethod
    def get_session_store_class(cls) -> Any:
        from asp.accounts.sessions import SessionStore

        return SessionStore
