"""What is read at the moment of a scrape: processes, waiting work, connections, health."""

import datetime
import logging
from collections.abc import Iterator

import psycopg2
import redis
from django.db import DatabaseError, connection
from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from asp.operations import board, probe
from tenants.context import host_context
from tenants.models import Bureau, Doorbell, ReadySchema
from tenants.observe import alive
from tenants.observe.checks import Status
from tenants.observe.metrics import PREFIX

log = logging.getLogger(__name__)

LEVELS = {Status.OK: 0, Status.WARNING: 1, Status.WRONG: 2}
CONNECTIONS = """
SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
       current_setting('max_connections')::int
"""


def gauge(name: str, text: str, labels: tuple[str, ...] = ()) -> GaugeMetricFamily:
    """An empty gauge `tongban_<name>`."""
    return GaugeMetricFamily(f"{PREFIX}_{name}", text, labels=labels)


class Figures(Collector):
    """Each group by itself: one server's silence leaves the others readable."""

    def collect(self) -> Iterator[Metric]:
        """All groups that can be had now."""
        for group in (processes, database, work, health):
            try:
                found = list(group())
            except (redis.RedisError, OSError, psycopg2.Error, DatabaseError) as error:
                log.warning("figures of %s are missing: %s", group.__name__, error)
                continue
            yield from found


def processes() -> Iterator[Metric]:
    """What each process of every machine said last."""
    labels = ("process", "machine", "pid")
    rss = gauge("process_rss_bytes", "Resident memory", labels)
    cpu = gauge("process_cpu_seconds", "Processor time since the start", labels)
    threads = gauge("process_threads", "Threads", labels)
    age = gauge("process_beat_age_seconds", "Since the last sign of life", labels)
    facts = gauge("process_fact", "Figures that processes tell of themselves", (*labels, "name"))
    for each in alive.beats():
        where = [each.process, each.machine, str(each.pid)]
        age.add_metric(where, each.age)
        if each.age > alive.GONE_AFTER:
            continue  # that it is silent is all there is to say
        rss.add_metric(where, each.rss)
        cpu.add_metric(where, each.cpu)
        threads.add_metric(where, each.threads)
        for name, value in each.facts.items():
            facts.add_metric([*where, name], value)
    yield from (rss, cpu, threads, age, facts)


def database() -> Iterator[Metric]:
    """Connections in use."""
    used, most = probe.row(CONNECTIONS)
    for name, text, value in (
        ("db_connections", "Connections in use", used),
        ("db_connections_max", "Connections that there may be", most),
    ):
        found = gauge(name, text)
        found.add_metric([], value)
        yield found


def work() -> Iterator[Metric]:
    """What waits: by kind, and the open jobs of each bureau that has any."""
    waiting = gauge("waiting", "Doorbells that wait to be answered", ("kind",))
    oldest = gauge("waiting_oldest_seconds", "Age of the oldest of them", ("kind",))
    open_jobs = gauge("bureau_open_jobs", "Open jobs of a bureau", ("bureau",))
    ready = gauge("pool_ready", "Schemas that wait to be claimed")
    bureaus = gauge("bureaus", "Bureaus by state", ("state",))
    now = timezone.now()
    try:
        with host_context():
            for each in Doorbell.objects.values("kind").annotate(number=Count("id"), first=Min("rung_at")):
                waiting.add_metric([each["kind"]], each["number"])
                oldest.add_metric([each["kind"]], (now - each["first"]) / datetime.timedelta(seconds=1))
            slugs = dict(Bureau.objects.values_list("id", "slug"))
            jobs = Doorbell.objects.filter(kind="job").values("bureau_id").annotate(number=Count("id"))
            for open_here in jobs:
                open_jobs.add_metric([slugs.get(open_here["bureau_id"], "host")], open_here["number"])
            for each in Bureau.objects.order_by().values("state").annotate(number=Count("id")):
                bureaus.add_metric([each["state"]], each["number"])
            ready.add_metric([], ReadySchema.objects.count())
    finally:
        connection.close()
    yield from (waiting, oldest, open_jobs, ready, bureaus)


def health() -> Iterator[Metric]:
    """Each check of the health page: 0 in order, 1 warning, 2 wrong."""
    found = gauge("health", "0 in order, 1 warning, 2 wrong", ("check",))
    for line in board.look().lines:
        found.add_metric([line.code], LEVELS[line.status])
    yield found
