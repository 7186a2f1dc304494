"""Session store (会话存储) on `asp.accounts.models.Session`; SESSION_ENGINE of the project.

Differs from Django's database store: the table holds a hash of the key, a session belongs to one kind
of site (hall and host share a schema but no session), it ends after 30 minutes without activity and 12
hours after signing in whatever happens, and renewing the key keeps the moment of signing in.
"""

import datetime
import hashlib
from typing import Any, Self

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import IntegrityError, transaction
from django.utils import timezone

from tenants.context import current_context

IDLE_LIMIT = datetime.timedelta(minutes=30)
ABSOLUTE_LIMIT = datetime.timedelta(hours=12)
# Activity is noted at most this often; a write per request would cost more than the minute is worth.
TOUCH_EVERY = datetime.timedelta(seconds=60)


def stored_key(session_key: str) -> str:
    """What the table holds for a cookie's value."""
    return hashlib.sha256(session_key.encode()).hexdigest()


def end_of(*, started_at: datetime.datetime, last_seen_at: datetime.datetime) -> datetime.datetime:
    """When a session ends if nothing more happens."""
    return min(last_seen_at + IDLE_LIMIT, started_at + ABSOLUTE_LIMIT)


class SessionStore(SessionBase):
    """A session in the schema that is in force. The middleware says where the browser is."""

    ip: str | None = None
    user_agent: str = ""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self._row: Any = None

    @classmethod
    def get_model_class(cls) -> Any:
        from asp.accounts.models import Session

        return Session

    @property
    def row_id(self) -> Any:
        """The key of the session's row once it was loaded or saved; None before."""
        return self._row.pk if self._row is not None else None

    def load(self) -> dict[str, Any]:
        """Return the data of a live session of this kind of site, else nothing."""
        self._row = (
            self.get_model_class()
            .objects.filter(
                session_key=stored_key(self.session_key or ""),
                site=_site_kind(),
                expire_date__gt=timezone.now(),
            )
            .first()
        )
        if self._row is None:
            self._session_key = None
            return {}
        return self.decode(self._row.session_data)

    def exists(self, session_key: str) -> bool:
        return self.get_model_class().objects.filter(session_key=stored_key(session_key)).exists()

    def create(self) -> None:
        while True:
            self._session_key = self._get_new_session_key()  # type: ignore[attr-defined] # not in the stubs
            self._row = None
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        """Store the data. Raises UpdateError if the session was ended meanwhile."""
        if self.session_key is None:
            self.create()
            return
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined] # not in the stubs
        fields = {
            "session_data": self.encode(data),
            "account_id": data.get(SESSION_KEY),
            "ip": self.ip,
            "user_agent": self.user_agent[:255],
        }
        if must_create:
            self._insert(fields)
        # Never insert under a key that the browser brought: somebody may have chosen it.
        elif (
            not self.get_model_class()
            .objects.filter(session_key=stored_key(self.session_key))
            .update(**fields)
        ):
            raise UpdateError

    def _insert(self, fields: dict[str, Any]) -> None:
        now = timezone.now()
        row = self.get_model_class()(
            session_key=stored_key(self.session_key or ""),
            site=_site_kind(),
            started_at=now,
            last_seen_at=now,
            expire_date=end_of(started_at=now, last_seen_at=now),
            **fields,
        )
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError as error:
            raise CreateError from error
        self._row = row

    def flush(self) -> None:
        super().flush()
        self._row = None

    def delete(self, session_key: str | None = None) -> None:
        session_key = session_key or self.session_key
        if session_key:
            self.get_model_class().objects.filter(session_key=stored_key(session_key)).delete()

    def cycle_key(self) -> None:
        """Give the browser a new key (against fixation) without renewing the absolute limit.

        Only signing in starts the clock; before it, the session has no account.
        """
        before = self._row if SESSION_KEY in self else None
        super().cycle_key()
        if before is not None and self._row is not None:
            self._row.started_at = before.started_at
            self._row.expire_date = end_of(started_at=before.started_at, last_seen_at=self._row.last_seen_at)
            self._row.save(update_fields=["started_at", "expire_date"])

    def touch(self) -> None:
        """Note that the person did something, at most once a minute."""
        now = timezone.now()
        if self._row is None or self._row.account_id is None or now - self._row.last_seen_at < TOUCH_EVERY:
            return
        self._row.last_seen_at = now
        self._row.expire_date = end_of(started_at=self._row.started_at, last_seen_at=now)
        self.get_model_class().objects.filter(pk=self._row.pk).update(
            last_seen_at=now, expire_date=self._row.expire_date, ip=self.ip
        )

    @classmethod
    def clear_expired(cls) -> None:
        cls.get_model_class().objects.filter(expire_date__lte=timezone.now()).delete()

    @classmethod
    def for_request(cls, session_key: str | None, *, ip: str | None, user_agent: str) -> Self:
        """The store of a request, which knows where the browser is."""
        store = cls(session_key)
        store.ip = ip
        store.user_agent = user_agent
        return store


def _site_kind() -> str:
    site = current_context().site
    return site.kind if site is not None else "none"
