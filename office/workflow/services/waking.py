"""Timers of running processes, in portions of their own transactions."""

import datetime
import logging

from django.db import transaction
from django.utils import timezone

from asp.audit.actor import Actor
from asp.ui.errors import UserFacingError
from office.workflow.desk import Case, Desk
from office.workflow.models import Instance, InstanceState, large_of

log = logging.getLogger(__name__)
PORTION = 50


def wake_due(*, limit: int = PORTION, now: datetime.datetime | None = None) -> int:
    """Let happen what is due in at most `limit` instances; return in how many. 0: nothing is due.

    Each instance moves in one transaction with its timer, so a killed process has woken it or has not. Where the
    engine cannot go on, that is noted on the instance, and it is not tried again before somebody has looked.
    """
    moment = now or timezone.now()
    try:
        return _portion(limit, moment)
    except UserFacingError:
        # One of them spoils the portion: one by one, then only that one stays.
        return _portion(1, moment, careful=True)


@transaction.atomic
def _portion(limit: int, now: datetime.datetime, *, careful: bool = False) -> int:
    due = Instance.objects.filter(next_due__lte=now, state=InstanceState.RUNNING).order_by("next_due")
    due = due.select_for_update(skip_locked=True, of=("self",)).select_related("process")
    rows = list(due.defer(*large_of(process="process"))[:limit])
    if not rows:
        return 0
    desk = Desk(actor=Actor.system("scheduler"), now=now)
    for case in desk.take(rows):
        try:
            _wake(case)
        except UserFacingError as error:
            if not careful:
                raise
            log.warning("instance %s cannot go on: %s", case.instance.pk, error.code)
            _keep(case.instance, error)
            return 1
    desk.flush()
    return len(rows)


def _wake(case: Case) -> None:
    case.interactive = False
    if case.state.tick(case.desk.now):
        case.event("timer")
        case.sync()
    else:
        case.touched = case.moved = True  # its time was noted wrongly: note it anew


def _keep(instance: Instance, error: UserFacingError) -> None:
    instance.next_due = None
    instance.trouble = {
        "code": error.code,
        "params": {key: str(value) for key, value in error.params.items()},
    }
    instance.save(update_fields=["next_due", "trouble"])
