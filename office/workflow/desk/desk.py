"""The desk itself: what is in hand, and what is to be written when it is cleared."""

import datetime
import uuid
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from django.db.models import Model
from django.utils import timezone

from asp.audit.actor import Actor
from asp.audit.services import Act, record_many
from asp.jobs.services import job_named, job_start
from asp.workdays import Calendar, Clock, calendar_for_writing
from office.workflow.bpmn import spec as engine
from office.workflow.bulk import rows_update
from office.workflow.desk.case import Case, rounds_of
from office.workflow.desk.people import People
from office.workflow.desk.telling import Telling
from office.workflow.desk.versions import version_of
from office.workflow.models import Event, Instance, ItemState, Step, StepState, WorkItem, large_of
from office.workflow.standins import stand_in_for

SERVICE_JOB = "workflow.service"
# What people do to an instance also stands in the audit log.
AUDITED = frozenset(
    ("started", "done", "returned", "withdrawn", "handed", "added", "suspended", "resumed", "cancelled", "rejected", "reassigned",
     "moved", "retried")
)  # fmt: skip


class Desk:
    """One transaction's work. The caller opens the transaction, and calls `flush` once, at its end."""

    def __init__(self, *, actor: Actor, now: datetime.datetime | None = None) -> None:
        self.actor = actor
        self.now = now or timezone.now()
        self.people = People()
        self.telling = Telling(actor=actor)
        self.cases: dict[uuid.UUID, Case] = {}
        self.new: dict[type[Model], list[Any]] = {Step: [], WorkItem: [], Event: []}
        self._changed: dict[type[Model], dict[uuid.UUID, Any]] = {Step: {}, WorkItem: {}}
        self._stand_ins: dict[tuple[uuid.UUID, uuid.UUID], Any] = {}
        self._jobs: list[Step] = []
        self._acts: list[Act] = []

    # ----- time

    @cached_property
    def calendar(self) -> Calendar:
        """The working days, for deadlines that this transaction stores."""
        return calendar_for_writing()

    @cached_property
    def clock(self) -> engine.Clock:
        """What the engine reads the time from."""
        return engine.Clock(now=lambda: self.now, after=self._after)

    def _after(self, start: datetime.datetime, amount: int, unit: str) -> datetime.datetime:
        due = Clock(start=start, amount=amount, unit=unit).due(self.calendar)  # type: ignore[arg-type]
        assert due is not None  # no suspension, so it ends
        return due.at

    # ----- what is in hand

    def begin(self, instance: Instance) -> Case:
        """A case that is only being made."""
        case = Case(self, instance, version_of(instance.version_id), fresh=True)
        self.cases[instance.pk] = case
        return case

    def case(self, instance_id: uuid.UUID) -> Case:
        """Take one instance in hand, locked. Raises Instance.DoesNotExist."""
        if instance_id not in self.cases:
            rows = Instance.objects.select_for_update(of=("self",)).select_related("process")
            self._take([rows.defer(*large_of(process="process")).get(pk=instance_id)])
        return self.cases[instance_id]

    def take(self, instances: Sequence[Instance]) -> list[Case]:
        """Take instances in hand that the caller has locked."""
        self._take(instances)
        return [self.cases[each.pk] for each in instances]

    def _take(self, instances: Sequence[Instance]) -> None:
        keys = [each.pk for each in instances]
        steps = list(Step.objects.filter(instance_id__in=keys, state__in=(StepState.OPEN, StepState.FAILED)))
        items = WorkItem.objects.filter(step_id__in=[each.pk for each in steps]).select_related("account")
        by_step: dict[uuid.UUID, list[WorkItem]] = {}
        for item in items.order_by("place", "id") if steps else ():
            by_step.setdefault(item.step_id, []).append(item)  # type: ignore[arg-type]
        rounds = rounds_of(keys) if len(instances) > 1 else {}
        for instance in instances:
            case = Case(self, instance, version_of(instance.version_id))
            if len(instances) > 1:
                case.rounds = rounds.get(instance.pk, {})
            for step in steps:
                if step.instance_id == instance.pk:
                    case.hold(step, by_step.get(step.pk, []))
            self.cases[instance.pk] = case

    # ----- what is to be written

    def add(self, row: Model) -> None:
        """A new row."""
        self.new[type(row)].append(row)

    def change(self, row: Any) -> None:
        """A changed row; one that is new anyway is written once."""
        if not row._state.adding:
            self._changed[type(row)][row.pk] = row

    def call(self, step: Step) -> None:
        """A step that a service does."""
        self._jobs.append(step)

    def log(self, case: Case, kind: str, params: dict[str, Any]) -> None:
        """What somebody did, for the audit log."""
        if kind in AUDITED and self.actor.id is not None:
            self._acts.append(
                Act(
                    actor=self.actor,
                    action=f"workflow.{kind}",
                    target_kind="workflow.instance",
                    target_id=case.instance.pk,
                    target_name=case.instance.title,
                    params=params,
                )
            )

    def stand_ins(self, accounts: Iterable[Any], process_id: uuid.UUID) -> dict[uuid.UUID, Any]:
        """Who stands in for whom now, for those of `accounts` who are absent."""
        keys = [each.pk for each in accounts]
        missing = [each for each in keys if (process_id, each) not in self._stand_ins]
        if missing:
            found = stand_in_for(missing, at=self.now, process_id=process_id)
            self._stand_ins.update({(process_id, each): found.get(each) for each in missing})
        return {each: deputy for each in keys if (deputy := self._stand_ins[process_id, each]) is not None}

    def flush(self) -> None:
        """Write everything, once. Faults of the engine have been raised before; nothing is half written."""
        for case in self.cases.values():
            case.store()
        # Steps before what points at them.
        for model in (Step, WorkItem, Event):
            model.objects.bulk_create(self.new[model], batch_size=500)
        rows_update(self._changed[Step].values(), STEP_FIELDS)
        rows_update(self._changed[WorkItem].values(), ITEM_FIELDS)
        for step in self._jobs:
            if step.state == StepState.OPEN:
                job_start(
                    actor=self.actor,
                    job=job_named(SERVICE_JOB),
                    params={"step_id": step.pk},
                    title_params={"name": step.name},
                    key=f"{SERVICE_JOB}:{step.pk}",
                    about=step.instance_id,
                )
        record_many(self._acts)
        self.telling.send(self.cases.values())


STEP_FIELDS = (
    "state", "outcome", "ended_at", "amount", "unit", "due_at", "yellow_at", "due_provisional", "escalate_at", "next_at", "told",
    "stranded",
)  # fmt: skip
ITEM_FIELDS = (
    "account", "for_account", "why", "state", "urgent", "arrived_at", "read_at", "due_at", "yellow_at", "done_at", "done_by",
    "outcome", "opinion", "from_name",
)  # fmt: skip
OPEN_ITEMS = (ItemState.OPEN, ItemState.WAITING)
