"""Which background work exists. Modules are named by the functions' `jobs` declarations."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

from django.utils.functional import Promise

from tenants import registry as functions
from tenants.site import Site

if TYPE_CHECKING:
    from asp.jobs.run import JobRun

Scope = Literal["bureau", "host", "any"]
Queue = Literal["default", "provisioning"]
QUEUES: tuple[Queue, ...] = ("default", "provisioning")
Result = dict[str, Any] | None
Text = str | Promise


class UnknownJobError(LookupError):
    """A job row or a message names work that the code does not have."""


@dataclass(frozen=True)
class JobSpec:
    """One declared kind of work; calling it runs the function itself."""

    name: str
    function: Callable[..., Result]
    title: Text
    scope: Scope = "bureau"
    queue: Queue = "default"
    attempts: int = 3
    texts: Mapping[str, Text] = field(default_factory=dict)
    every: datetime.timedelta | None = None
    wanted: Callable[[], bool] | None = None
    by_hand: bool = True
    cancellable: bool = False
    retryable: bool = True

    def __call__(self, run: "JobRun", **params: Any) -> Result:
        return self.function(run, **params)

    def runs_on(self, site: Site) -> bool:
        """Whether the work may be done for `site`; the hall's is done by the host."""
        return self.scope == "any" or self.scope == ("bureau" if site.bureau is not None else "host")


_specs: dict[str, JobSpec] = {}
_loaded = False
_lock = Lock()


def job(
    name: str,
    *,
    title: Text,
    scope: Scope = "bureau",
    queue: Queue = "default",
    attempts: int = 3,
    texts: Mapping[str, Text] | None = None,
    cancellable: bool = False,
    retryable: bool | None = None,
) -> Callable[[Callable[..., Result]], JobSpec]:
    """Declare background work `name` ("app.thing_do").

    The function takes a `JobRun` and the keyword parameters that `job_start` stored. It runs outside
    any transaction, may run more than once, and opens its own. `title` may have places that
    `title_params` fill; `texts` gives the words for the codes that `run.progress` reports.

    `cancellable`: people may stop it on its page; say so only if nothing waits for its end (a file that is
    "being checked" would wait for ever). `retryable`: people may ask for it once more after it has failed;
    so it is unless it wants one attempt only, as what runs more than once has to bear that anyway.
    """

    def declare(function: Callable[..., Result]) -> JobSpec:
        spec = JobSpec(
            name=name,
            function=function,
            title=title,
            scope=scope,
            queue=queue,
            attempts=attempts,
            texts=dict(texts or {}),
            cancellable=cancellable,
            retryable=attempts > 1 if retryable is None else retryable,
        )
        return _keep(spec)

    return declare


def periodic(
    *, every: datetime.timedelta | int, by_hand: bool = True, wanted: Callable[[], bool] | None = None
) -> Callable[[JobSpec], JobSpec]:
    """Let the scheduler start a declared job every so often (a timedelta, or seconds), on each of its sites.

    Sites take turns: each has its own moment within the period. Put it above `@job`. With `by_hand`, the
    system administrator may start it before its time. It is not retried: its next run follows anyway.

    `wanted` is asked on the site, by the scheduler itself, whether there is anything to do; if not, no job is
    started. For short periods: a thousand offices must not have a job each every few seconds that finds nothing.
    It asks with one or two statements that an index answers.
    """
    period = every if isinstance(every, datetime.timedelta) else datetime.timedelta(seconds=every)
    if period < datetime.timedelta(seconds=1):
        raise ValueError("a periodic job needs a period of at least a second")

    def declare(spec: JobSpec) -> JobSpec:
        return _keep(replace(spec, every=period, wanted=wanted, by_hand=by_hand, retryable=False))

    return declare


def find(name: str) -> JobSpec:
    """Return the declared work called `name`, or raise UnknownJobError."""
    load()
    try:
        return _specs[name]
    except KeyError:
        raise UnknownJobError(name) from None


def periodic_specs() -> list[JobSpec]:
    """Every job that the scheduler starts by the clock."""
    load()
    return [spec for spec in _specs.values() if spec.every is not None]


def specs_on(site: Site) -> list[JobSpec]:
    """Every kind of work that may be done for `site`."""
    load()
    return [spec for spec in _specs.values() if spec.runs_on(site)]


def load() -> None:
    """Import every module that a function declares under `jobs`; once per process."""
    global _loaded
    if _loaded:
        return
    with _lock:
        for function in functions.functions():
            for module in function.jobs:
                import_module(module)
        _loaded = True


def _keep(spec: JobSpec) -> JobSpec:
    known = _specs.get(spec.name)
    if known is not None and known.function is not spec.function:
        same = (known.function.__module__, known.function.__qualname__)
        if same != (spec.function.__module__, spec.function.__qualname__):
            raise ValueError(f"two jobs are called {spec.name}")
    _specs[spec.name] = spec
    return spec
