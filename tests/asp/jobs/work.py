"""Work that only tests ask for."""

import os
import time
import uuid

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from asp.audit.actor import Actor
from asp.audit.services import record
from asp.jobs import JobRun, job
from asp.ui.errors import Unavailable, UserFacingError
from tenants.cache import prefix_key
from tests.asp.jobs import flags

Params = dict[str, object]


@job("tests.add", title=_("Add {a} and {b}"), scope="any")
def add(run: JobRun, *, a: int, b: int) -> Params:
    run.progress(1, 1)
    return {"sum": a + b, "key": prefix_key("x"), "by": Actor.of_job(run).name}


@job("tests.hold", title="Hold", scope="any", texts={"inside": "Inside {place}"}, cancellable=True)
def hold(run: JobRun, *, flag: str) -> Params:
    """Show that it runs, then wait for a flag."""
    flags.count(f"{flag}:begun")
    run.progress(1, 2, code="inside", params={"place": "the job"})
    for _step in range(3000):
        if flags.is_set(flag):
            break
        time.sleep(0.01)
    flags.count(f"{flag}:ended")
    return {"attempt": run.attempt}


@job("tests.nap", title="Nap", scope="any")
def nap(_run: JobRun) -> None:
    """What takes a moment."""
    time.sleep(0.05)


@job("tests.nap_long", title="Long nap", scope="any")
def nap_long(run: JobRun) -> None:
    """What takes a few seconds."""
    for step in range(60):
        time.sleep(0.05)
        run.progress(step, 60)


@job("tests.poison", title="Poison", scope="any")
def poison(_run: JobRun, *, flag: str) -> None:
    """Kills the process that runs it, as a broken library or the kernel's memory killer does."""
    flags.count(flag)
    time.sleep(0.3)
    os._exit(9)


@job("tests.in_transaction", title="Long transaction", scope="any")
def in_transaction(run: JobRun, *, flag: str) -> None:
    with transaction.atomic():
        record(actor=Actor.of_job(run), action="audit.verified", params={"sealed": 0})
        run.progress(3, 7)
        for _step in range(3000):
            if flags.is_set(flag):
                break
            time.sleep(0.01)


@job("tests.stop_at_progress", title="Stop", scope="any")
def stop_at_progress(run: JobRun, *, flag: str) -> None:
    flags.count(f"{flag}:begun")
    for step in range(3000):
        time.sleep(0.01)
        run.progress(step, 0, code=str(step))


@job("tests.refuse", title="Refuse", scope="any")
def refuse(run: JobRun, *, name: str) -> None:
    raise UserFacingError("tests.refused", _("No tasks"), {"name": name, "run": str(run.job_id)})


@job("tests.store_away", title="Store away", scope="any", attempts=2)
def store_away(_run: JobRun) -> None:
    raise Unavailable("tests.store_away")


@job("tests.store_away_once", title="Store away", scope="any", attempts=1)
def store_away_once(_run: JobRun) -> None:
    raise Unavailable("tests.store_away")


@job("tests.fail", title="Fail", scope="any", attempts=2)
def fail(run: JobRun, *, flag: str) -> None:
    flags.count(flag)
    raise RuntimeError(f"a bug, {run.attempt}")


@job("tests.lose_connection", title="Lose the connection", scope="any")
def lose_connection(_run: JobRun, *, flag: str) -> None:
    flags.count(flag)
    connection.ensure_connection()
    connection.connection.close()  # behind Django's back, as a restart of the server does


@job("tests.for_host", title="Host only", scope="host")
def for_host(run: JobRun) -> Params:
    return {"id": str(run.job_id or uuid.UUID(int=0))}
