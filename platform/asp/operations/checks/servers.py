"""Database, Valkey, object store, disk and clock."""

import shutil
import time
from dataclasses import dataclass

import psycopg2
import redis
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from asp.operations import probe
from infra import health
from tenants.observe import recent
from tenants.observe.checks import Result, check, ok, warning, wrong

GIGABYTE = 1024**3
CONNECTIONS_WARN, CONNECTIONS_WRONG = 0.75, 0.9
TRANSACTION_WARN, TRANSACTION_WRONG = 120, 1800
DISK_WARN, DISK_WRONG = 0.10, 0.03
CLOCK_WARN, CLOCK_WRONG = 2.0, 30.0


@dataclass(frozen=True)
class DatabaseFacts:
    """Version, and connections in use of how many; the longest transaction of this login in seconds."""

    version: str
    used: int
    most: int
    longest: int
    archiving: str
    archive_failed: bool
    clock: float


FACTS = """
SELECT current_setting('server_version'),
       (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
       current_setting('max_connections')::int,
       coalesce((SELECT max(extract(epoch FROM now() - xact_start))::int FROM pg_stat_activity
                 WHERE pid <> pg_backend_pid()), 0),
       current_setting('archive_mode'),
       coalesce((SELECT last_failed_time > coalesce(last_archived_time, '-infinity')
                 FROM pg_stat_archiver), false),
       extract(epoch FROM clock_timestamp())::float
"""


def database_facts() -> DatabaseFacts:
    """Ask the database about itself. Raises psycopg2.Error."""
    return DatabaseFacts(*probe.row(FACTS))


@check("database", title=_("Database"), order=10)
def database() -> Result:
    """PostgreSQL answers and has connections left."""
    try:
        facts = database_facts()
    except psycopg2.Error:
        return wrong(
            gettext_noop("PostgreSQL does not answer. Nobody can work."),
            gettext_noop(
                "See whether the server runs, whether its disk is full, and what its log says last."
            ),
        )
    return connections(facts)


def connections(facts: DatabaseFacts) -> Result:
    """Judge how many connections are left."""
    share = facts.used / facts.most
    values = {"used": facts.used, "most": facts.most, "version": facts.version.split(" ")[0]}
    text = gettext_noop("PostgreSQL {version} answers. {used} of {most} connections are in use.")
    advice = gettext_noop(
        "Run fewer web and worker threads, or raise max_connections and restart PostgreSQL. "
        "Without free connections, requests fail."
    )
    if share >= CONNECTIONS_WRONG:
        return wrong(text, advice, **values)
    return warning(text, advice, **values) if share >= CONNECTIONS_WARN else ok(text, **values)


@check("transactions", title=_("Long transactions"), order=11)
def transactions() -> Result:
    """No transaction stays open: it holds locks and keeps old rows from being cleaned up."""
    return longest(database_facts().longest)


def longest(seconds: int) -> Result:
    """Judge the oldest open transaction."""
    minutes = seconds // 60
    text = gettext_noop("A transaction has been open for {minutes} minutes.")
    advice = gettext_noop(
        "Find it in pg_stat_activity by xact_start. If no import or upgrade is running, "
        "end its session with pg_terminate_backend."
    )
    if seconds >= TRANSACTION_WRONG:
        return wrong(text, advice, minutes=minutes)
    if seconds >= TRANSACTION_WARN:
        return warning(text, advice, minutes=minutes)
    return ok(gettext_noop("No transaction has been open for long."))


@check("archive", title=_("Continuous archiving"), order=12)
def archive() -> Result:
    """Whether the database's journal reaches its archive, if one is set up."""
    return archiving(database_facts(), received=settings.ASP.backup)


def archiving(facts: DatabaseFacts, *, received: bool = False) -> Result:
    """Judge the archiver of the server; `received`: the backup process saves the journal by itself."""
    if facts.archiving == "off" and received:
        return ok(
            gettext_noop("The server archives nothing itself: the backup process receives its journal.")
        )
    if facts.archiving == "off":
        return ok(gettext_noop("Not set up. Backups alone protect the data."))
    if facts.archive_failed:
        return wrong(
            gettext_noop("The last journal file could not be archived."),
            gettext_noop(
                "Check archive_command, its target and its free space: journals pile up until the disk is full."
            ),
        )
    return ok(gettext_noop("Journal files reach the archive."))


@check("clock", title=_("Clocks"), order=13)
def clock() -> Result:
    """This machine and the database agree on the time."""
    before = time.time()
    facts = database_facts()
    return drift(facts.clock - (before + time.time()) / 2)


def drift(seconds: float) -> Result:
    """Judge by how much the clocks differ."""
    apart = abs(seconds)
    text = gettext_noop("The clocks of this machine and the database differ by {seconds} s.")
    advice = gettext_noop(
        "Set both by the same time server (chrony or systemd-timesyncd). Deadlines, links and codes depend on it."
    )
    values = {"seconds": f"{apart:.1f}"}
    if apart >= CLOCK_WRONG:
        return wrong(text, advice, **values)
    return warning(text, advice, **values) if apart >= CLOCK_WARN else ok(gettext_noop("The clocks agree."))


@check("valkey", title=_("Valkey"), order=20)
def valkey() -> Result:
    """The queue and the cache answer, have memory left, and are written to disk."""
    try:
        info = recent.client(settings.ASP.redis_url).info()
    except (redis.RedisError, OSError):
        return wrong(
            gettext_noop(
                "Valkey does not answer. Pages work, background work is slow, live updates stand still."
            ),
            gettext_noop("Start it again. Nothing is lost: what it held is rebuilt from the database."),
        )
    return memory(dict(info))  # type: ignore[arg-type]


def memory(info: dict[str, object]) -> Result:
    """Judge what Valkey says of itself."""
    used, most = int(str(info.get("used_memory", 0))), int(str(info.get("maxmemory", 0)))
    values = {"used": used // 1024**2, "clients": info.get("connected_clients", 0)}
    if info.get("aof_enabled") and info.get("aof_last_write_status") != "ok":
        return wrong(
            gettext_noop("Valkey cannot write its append-only file."),
            gettext_noop(
                "See whether its disk is full. Until then a restart forgets what waits in the queue."
            ),
        )
    if most and used / most >= 0.85:
        return warning(
            gettext_noop("Valkey uses {used} MB, nearly all that it may."),
            gettext_noop("Raise maxmemory, or look for a queue that is not worked on."),
            **values,
        )
    return ok(gettext_noop("Valkey answers. {used} MB in use, {clients} connections."), **values)


@check("storage", title=_("Object store"), seconds=0.8, order=30)
def storage() -> Result:
    """The object store answers for our bucket."""
    begun = time.monotonic()
    return bucket(health.storage().ok, time.monotonic() - begun)


def bucket(answers: bool, seconds: float) -> Result:
    """Judge the answer and how long it took."""
    values = {"ms": round(seconds * 1000)}
    if not answers:
        return wrong(
            gettext_noop("The object store does not answer. Files can neither be opened nor stored."),
            gettext_noop(
                "See whether it runs, and whether address, bucket and key in the environment are right."
            ),
        )
    if seconds >= 0.5:
        return warning(
            gettext_noop("The object store answers slowly: {ms} ms."),
            gettext_noop("Look at its load and its disks; uploads and downloads are slow as well."),
            **values,
        )
    return ok(gettext_noop("The object store answers within {ms} ms."), **values)


@check("disk", title=_("Disk space"), order=40)
def disk() -> Result:
    """The data folder's disk has room."""
    found = shutil.disk_usage(settings.ASP.data_dir if settings.ASP.data_dir.exists() else "/")
    return room(found.free, found.total)


def room(free: int, total: int) -> Result:
    """Judge free bytes of all."""
    share = free / total if total else 0.0
    values = {"free": f"{free / GIGABYTE:.1f}", "percent": round(share * 100)}
    text = gettext_noop("{free} GB are free on the disk of the data folder ({percent} %).")
    advice = gettext_noop(
        "Make room or enlarge the disk: old logs and backups first. With a full disk the database stops."
    )
    if share < DISK_WRONG or free < GIGABYTE:
        return wrong(text, advice, **values)
    return warning(text, advice, **values) if share < DISK_WARN else ok(text, **values)
