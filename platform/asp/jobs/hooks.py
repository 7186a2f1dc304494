"""Who wants to know that a job has moved on or ended: notifications, live pages.

Hooks are called on the job's site, after the commit, in the process that made the change: worker or web. They
have to be quick. One that fails is logged; neither the job nor another hook suffers from it.
"""

import logging
from collections.abc import Callable
from contextvars import copy_context

from django.db import transaction

from asp.jobs.models import Job

log = logging.getLogger(__name__)

Hook = Callable[[Job], None]

_end: list[Hook] = []
_change: list[Hook] = []


def register_end_hook(callback: Hook) -> None:
    """Have `callback` called once with each job that was done, failed or was cancelled."""
    if callback not in _end:
        _end.append(callback)


def register_change_hook(callback: Hook) -> None:
    """Have `callback` called when a job's state or progress has changed; not more often than progress is written."""
    if callback not in _change:
        _change.append(callback)


def changed(job: Job) -> None:
    """Tell, once the current transaction has been committed, that `job` has another state or progress."""
    _after_commit(_change, job)


def changed_now(job: Job) -> None:
    """The same for what was committed aside, whatever transaction is open here."""
    _tell(_change, job)


def ended(job: Job) -> None:
    """Tell, once the current transaction has been committed, that `job` is over."""
    _after_commit(_change, job)
    _after_commit(_end, job)


def _after_commit(hooks: list[Hook], job: Job) -> None:
    if hooks:
        # By then the caller may have left the site.
        site = copy_context()
        transaction.on_commit(lambda: site.run(_tell, hooks, job))


def _tell(hooks: list[Hook], job: Job) -> None:
    for hook in tuple(hooks):
        try:
            hook(job)
        except Exception:  # whatever a hook does wrong: the job has ended all the same
            log.exception("job %s %s: a hook failed", job.name, job.id)
