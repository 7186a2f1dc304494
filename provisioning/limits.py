"""Rate limits of the hall, counted in the database: one upsert for each try.

A try is counted before it is judged, in a transaction of its own, so that parallel guesses cannot slip
in between, and a success gives it back.
"""

import datetime
import hashlib
import hmac
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from asp.accounts.encryption import derived_key
from provisioning.errors import TooManyGuesses
from provisioning.models import Attempts


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` tries within `seconds` of the first, for each value of one kind."""

    kind: str
    most: int
    seconds: int

    def take(self, value: str) -> None:
        """Count one try. Raises TooManyGuesses."""
        since = _upsert(self._key(value), self.seconds, self.most)
        if since is not None:
            left = (since + datetime.timedelta(seconds=self.seconds) - timezone.now()).total_seconds()
            raise TooManyGuesses(retry_after=max(1, int(left)))

    def give_back(self, value: str) -> None:
        """The try succeeded: it does not count."""
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE provisioning_attempts SET count = count - 1 WHERE key = %s AND count > 0",
                [self._key(value)],
            )

    def _key(self, value: str) -> str:
        # Addresses and phone numbers are personal data: the key does not show them.
        return hmac.new(
            derived_key("provisioning.limits"), f"{self.kind} {value}".encode(), hashlib.sha256
        ).hexdigest()


GUESSES_OF_SOURCE = Limit("track.source", most=20, seconds=900)
GUESSES_OF_CODE = Limit("track.code", most=10, seconds=900)
DRAFTS_OF_SOURCE = Limit("draft.source", most=30, seconds=3600)
SAVES_OF_DRAFT = Limit("save.draft", most=600, seconds=3600)
LOOKUPS_OF_SOURCE = Limit("address.source", most=300, seconds=900)
LINKS_OF_ADMINISTRATOR = Limit("link.administrator", most=5, seconds=3600)
LONGEST_SECONDS = 3600


def _upsert(key: str, seconds: int, most: int) -> datetime.datetime | None:
    """Count; return the beginning of the window if there were more than `most`, else None."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO provisioning_attempts AS a (key, count, since) VALUES (%(key)s, 1, now())
            ON CONFLICT (key) DO UPDATE SET
                count = CASE WHEN a.since < now() - %(seconds)s * interval '1 second' THEN 1
                             ELSE LEAST(a.count + 1, 1000000) END,
                since = CASE WHEN a.since < now() - %(seconds)s * interval '1 second' THEN now() ELSE a.since END
            RETURNING count, since
            """,
            {"key": key, "seconds": seconds},
        )
        count, since = cursor.fetchone()
    return since if count > most else None


def forget_old() -> int:
    """Delete counters whose window is over; return how many."""
    until = timezone.now() - datetime.timedelta(seconds=LONGEST_SECONDS)
    return Attempts.objects.filter(since__lt=until).delete()[0]
