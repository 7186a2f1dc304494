"""Metrics of this process, in Prometheus' form. Nothing is sent: `asp.operations` lets a local scraper read.

With `METRICS_DIR` set (the supervisor does), values live in small files that one process of the machine reads
for all. A process takes a numbered place (`web.0`, `web.1`) and whoever is started in its stead goes on with
its counters, so restarts neither reset a counter nor leave files behind.

Labels are bounded: kinds of sites, names of routes, jobs and processes; a bureau's slug on one counter only.
"""

import fcntl
import os
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Histogram, values
from prometheus_client.values import MultiProcessValue

PROCESS = os.environ.get("PROCESS_NAME", "") or "command"
FOLDER = os.environ.get("METRICS_DIR", "")
MOST_PLACES = 64
PREFIX = "tongban"

_places: dict[int, tuple[str, int]] = {}


def _place() -> str:
    """This process's place, held by a lock that ends with the process; a fork takes one of its own."""
    known = _places.get(os.getpid())
    if known is None:
        known = _places[os.getpid()] = _take_place(Path(FOLDER))
    return known[0]


def _take_place(folder: Path) -> tuple[str, int]:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = PROCESS.replace("_", "-")
    for number in range(MOST_PLACES):
        handle = os.open(folder / f"{name}.{number}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            continue
        return f"{name}.{number}", handle
    # More processes of one kind than places: counted apart, by process id.
    return f"{name}.pid{os.getpid()}", -1


if FOLDER:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = FOLDER
    Path(FOLDER).mkdir(mode=0o700, parents=True, exist_ok=True)
    values.ValueClass = MultiProcessValue(_place)  # type: ignore[no-untyped-call]

REGISTRY = CollectorRegistry()


def counter(name: str, text: str, labels: tuple[str, ...] = ()) -> Counter:
    """Declare a counter `tongban_<name>_total`. Labels must be bounded and never personal."""
    return Counter(f"{PREFIX}_{name}", text, labels, registry=REGISTRY)


def histogram(name: str, text: str, labels: tuple[str, ...], buckets: tuple[float, ...]) -> Histogram:
    """Declare a histogram `tongban_<name>`."""
    return Histogram(f"{PREFIX}_{name}", text, labels, buckets=buckets, registry=REGISTRY)


requests = counter("requests", "Answered requests", ("process", "site", "route", "status"))
bureau_requests = counter("bureau_requests", "Answered requests by bureau", ("bureau",))
request_seconds = histogram(
    "request_seconds",
    "Time to answer a request",
    ("process", "site"),
    (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.5, 5.0, 10.0),
)
queries = counter("db_queries", "Statements sent to the database", ("process", "site"))
query_seconds = counter("db_seconds", "Time spent waiting for the database", ("process", "site"))
slow_queries = counter("db_slow_queries", "Statements over the threshold", ("process", "site"))
jobs = counter("jobs", "Attempts of jobs by how they ended", ("process", "name", "outcome"))
job_seconds = counter("job_seconds", "Time spent in jobs", ("process", "name"))
sign_ins = counter("sign_ins", "Sign-ins", ("site", "result"))
upload_bytes = counter("upload_bytes", "Bytes received for uploads", ("site",))
