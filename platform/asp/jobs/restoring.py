"""After the bureau was put back to an earlier moment: work that was open then is not done a second time."""

import datetime

from django.db import connection


def restored(*, at: datetime.datetime) -> dict[str, int]:
    """Cancel every job that was open at that moment: it has had its end since. Those that other functions start
    now, because of what came back, are younger."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE jobs_job SET state = 'cancelled', finished_at = now()"
            " WHERE state IN ('queued', 'running') AND created_at <= %s",
            [at],
        )
        return {"jobs_cancelled": cursor.rowcount}
