"""The list of all instances for those who oversee processes, and what needs their hand."""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from asp.ui.errors import UserFacingError
from asp.ui.text import localized
from office.workflow import errors
from office.workflow.bpmn.engine import faults
from office.workflow.models import OPEN_STATES, Instance, InstanceState, Process, Step, StepState

MOST_TROUBLED = 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list shows."""

    process: uuid.UUID | None = None
    state: str = ""
    late: bool = False
    starter: str = ""
    departments: frozenset[uuid.UUID] | None = None
    text: str = ""


def instance_list(wanted: Wanted, now: datetime.datetime) -> QuerySet[Instance]:
    """Instances, the newest first, with their open steps; `late` says whether one of these is."""
    overdue = Step.objects.filter(instance=OuterRef("pk"), state=StepState.OPEN, due_at__lte=now)
    rows = Instance.objects.defer("values", "state_data").select_related("process", "starter")
    rows = rows.annotate(late=Exists(overdue))
    if wanted.process is not None:
        rows = rows.filter(process_id=wanted.process)
    if wanted.state == "open":
        rows = rows.filter(state__in=OPEN_STATES)
    elif wanted.state in InstanceState.values:
        rows = rows.filter(state=wanted.state)
    if wanted.late:
        rows = rows.filter(late=True, state=InstanceState.RUNNING)
    if wanted.starter.strip():
        rows = rows.filter(starter_name__icontains=wanted.starter.strip())
    if wanted.departments is not None:
        rows = rows.filter(department_id__in=wanted.departments)
    if text := wanted.text.strip():
        found = Q(title__icontains=text)
        if text.isdecimal() and len(text) < 10:
            found |= Q(number=int(text))
        rows = rows.filter(found)
    open_steps = Step.objects.filter(state=StepState.OPEN).order_by("began_at")
    return rows.order_by("-id").prefetch_related(Prefetch("steps", open_steps, to_attr="open_steps"))


@dataclass(frozen=True, slots=True)
class Trouble:
    """An instance that does not go on by itself: what is wrong, and what to do."""

    instance: Instance
    kind: str
    what: str
    advice: str


def troubles(process: uuid.UUID | None = None) -> list[Trouble]:
    """Steps that nobody can do, services that failed, timers that cannot go on."""
    running = Q(instance__state__in=OPEN_STATES)
    mine = Q() if process is None else Q(instance__process_id=process)
    stuck = Step.objects.filter(
        mine, running, Q(state=StepState.OPEN, stranded=True) | Q(state=StepState.FAILED)
    )
    steps = stuck.select_related("instance__process").defer("instance__values", "instance__state_data")
    found = [_step_trouble(each) for each in steps.order_by("began_at")[:MOST_TROUBLED]]
    troubled = Instance.objects.filter(state__in=OPEN_STATES, trouble__isnull=False)
    if process is not None:
        troubled = troubled.filter(process_id=process)
    rows = troubled.select_related("process").defer("values", "state_data").order_by("id")[:MOST_TROUBLED]
    return found + [
        Trouble(
            each,
            "stuck",
            trouble_text(each.trouble),
            _("Open it: correct the form, send it back, move it to a newer version, or cancel it."),
        )
        for each in rows
    ]


def _step_trouble(step: Step) -> Trouble:
    name = localized(step)
    if step.state == StepState.FAILED:
        return Trouble(
            step.instance,
            "failed",
            _("The service of “{step}” has failed.").format(step=name),
            _("Open it to see why; run the service again, or send it back."),
        )
    return Trouble(
        step.instance,
        "stranded",
        _("Nobody can do “{step}”.").format(step=name),
        _(
            "Open it and say who does it. Then correct the step in the process, so that it does not happen again."
        ),
    )


def trouble_text(trouble: Any) -> str:
    """A stored trouble in the reader's language."""
    code = trouble.get("code", "") if isinstance(trouble, dict) else ""
    params = trouble.get("params", {}) if isinstance(trouble, dict) else {}
    for module in (faults, errors):
        for each in vars(module).values():
            known = isinstance(each, type) and issubclass(each, UserFacingError)
            if known and each.code == code:
                try:
                    return str(each.message).format(**params)
                except (KeyError, IndexError):
                    return str(each.message)
    return _("It cannot go on by itself.")


def process_choices() -> list[tuple[str, str]]:
    """Every process that has a version, by name."""
    rows = Process.objects.exclude(current=None).only("id", "name", "name_en", "sort")
    return [(str(each.pk), localized(each)) for each in rows]


def names_of_open(steps: Sequence[Step]) -> list[str]:
    """Where an instance stands: the names of its open steps, once each."""
    return list(dict.fromkeys(localized(each) for each in steps))
