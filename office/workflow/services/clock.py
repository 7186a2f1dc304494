"""What time does to steps: reminding, lateness, escalation, and deadlines that follow the calendar.

Every telling happens once: what was told stands on the step (`told`), in the transaction that tells. Instances are
locked before their steps, as everybody does who acts on them; one that somebody works on is left to the next turn.
"""

import datetime
import uuid
from collections.abc import Iterable, Iterator, Sequence

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from asp.accounts.models import Account
from asp.live import audiences
from asp.live.services import publish
from asp.notify.services import Word, announce_many
from asp.workdays import Calendar, Changed, DeadlineMoved, calendar_for_writing
from office.organization import services as organization
from office.workflow import deadlines
from office.workflow.bulk import rows_update
from office.workflow.deadlines import ESCALATED, LAST, LATE, URGED, YELLOW
from office.workflow.live import TODO_LIST
from office.workflow.models import (
    Event,
    Instance,
    InstanceState,
    ItemKind,
    ItemState,
    ProcessVersion,
    Step,
    StepState,
    WorkItem,
)

PORTION = 200
LIVE = (ItemState.OPEN, ItemState.WAITING)
KINDS = {YELLOW: "due_soon", LAST: "due_soon", LATE: "late", ESCALATED: "escalated", URGED: "urged"}


# --- reminding


def remind_wanted(now: datetime.datetime) -> bool:
    """Whether somebody has to be told something."""
    return Step.objects.filter(next_at__lte=now).exists()


def remind(*, now: datetime.datetime | None = None, portion: int = PORTION) -> int:
    """Tell everybody who has to be told something by `now`; return for how many steps.

    In portions with a bounded number of statements, each in a transaction of its own.
    """
    moment = now or timezone.now()
    after: tuple[datetime.datetime, uuid.UUID] | None = None
    done = 0
    while True:
        candidates = _candidates(moment, after, portion)
        if not candidates:
            return done
        done += _remind_portion([key for _at, key, _instance in candidates], moment)
        # What was locked by somebody is not looked at again in this turn.
        after = (candidates[-1][0], candidates[-1][1])


def _candidates(
    now: datetime.datetime, after: tuple[datetime.datetime, uuid.UUID] | None, portion: int
) -> list[tuple[datetime.datetime, uuid.UUID, uuid.UUID]]:
    rows = Step.objects.filter(next_at__lte=now).order_by("next_at", "id")
    if after is not None:
        rows = rows.filter(next_at__gte=after[0]).exclude(next_at=after[0], id__lte=after[1])
    found = rows.values_list("next_at", "id", "instance_id")[:portion]
    return [(at, key, instance_id) for at, key, instance_id in found if at is not None]


@transaction.atomic
def _remind_portion(keys: Sequence[uuid.UUID], now: datetime.datetime) -> int:
    wanted = Step.objects.filter(pk__in=keys).order_by().values("instance_id")
    locked = Instance.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk__in=wanted)
    instances = {each.pk: each for each in locked.defer("values", "state_data").order_by("id")}
    found = Step.objects.filter(pk__in=keys, next_at__lte=now, instance_id__in=instances)
    steps = list(found.order_by("id"))
    for step in steps:
        step.instance = instances[step.instance_id]
    calendar = calendar_for_writing()
    telling = _Telling(steps, calendar, now)
    for step in steps:
        if step.state != StepState.OPEN or step.instance.state != InstanceState.RUNNING:
            step.next_at = None  # whoever lets it go on puts its clock again
            continue
        telling.tell(step, deadlines.due_now(step, calendar, now))
    rows_update(steps, ["told", "next_at"])
    telling.send()
    return len(steps)


class _Telling:
    """What one portion tells; read and written in bulk."""

    def __init__(self, steps: Sequence[Step], calendar: Calendar, now: datetime.datetime) -> None:
        self.calendar = calendar
        self.now = now
        self.words: list[Word] = []
        self.events: list[Event] = []
        self.copies: list[WorkItem] = []
        self.lists: set[uuid.UUID] = set()
        self.holders: dict[uuid.UUID, list[Account]] = {}
        items = WorkItem.objects.filter(
            step__in=[each.pk for each in steps],
            state=ItemState.OPEN,
            kind__in=(ItemKind.DO, ItemKind.SIGN),
        )
        for item in items.select_related("account").order_by("place", "id"):
            people = self.holders.setdefault(item.step_id, [])  # type: ignore[arg-type]
            if item.account not in people:
                people.append(item.account)
        escalating = [each for each in steps if ESCALATED in deadlines.due_now(each, calendar, now)]
        self._read_rules(escalating)
        self.heads = self._read_heads(escalating)
        self.known = self._read_known(escalating)

    def _read_rules(self, steps: Sequence[Step]) -> None:
        missing = deadlines.rules_missing(each.instance.version_id for each in steps)
        if missing:
            for version in ProcessVersion.objects.filter(pk__in=missing).only("spec"):
                deadlines.keep_rules(version.pk, version.spec)

    def _read_heads(self, steps: Sequence[Step]) -> dict[uuid.UUID, Account | None]:
        wanted = {
            person.pk
            for each in steps
            if (rule := deadlines.escalation_of(each)) is not None and rule.to == "head"
            for person in self.holders.get(each.pk, ())
        }
        return organization.heads_of(wanted) if wanted else {}

    def _read_known(self, steps: Sequence[Step]) -> set[tuple[uuid.UUID, uuid.UUID]]:
        """Who can see an instance already, because they had something to do with it."""
        heads = {each.pk for each in self.heads.values() if each is not None}
        if not heads:
            return set()
        rows = WorkItem.objects.filter(
            instance_id__in={each.instance_id for each in steps}, account_id__in=heads
        )
        return set(rows.order_by().values_list("instance_id", "account_id"))  # type: ignore[arg-type]

    # --- one step

    def tell(self, step: Step, kinds: Sequence[str]) -> None:
        """Tell what is due of one step, and reckon when it is due to be told again."""
        for kind in kinds:
            if kind == ESCALATED:
                self._escalate(step)
            else:
                self._tell_holders(step, kind)
        deadlines.mark(step, kinds, self.calendar, self.now)

    def _tell_holders(self, step: Step, kind: str) -> None:
        people = self.holders.get(step.pk, [])
        if kind == LATE:
            self._event(step, "late", people)
            self.lists.update(each.pk for each in people)
        self._word(step, kind, [each.pk for each in people])

    def _escalate(self, step: Step) -> None:
        rule = deadlines.escalation_of(step)
        holders = self.holders.get(step.pk, [])
        heads = {head.pk: head for each in holders if (head := self.heads.get(each.pk)) is not None}
        told = list(heads.values()) if rule is not None and rule.to == "head" else []
        for each in told:
            self._show(step, each)
        # Where nobody stands above the holders, the starter has to know at least.
        keys = [each.pk for each in told] or [step.instance.starter_id]
        names = [each.name for each in told] or [step.instance.starter_name]
        self._event(step, "escalated", told, names=names)
        self._word(step, ESCALATED, keys, people=[each.name for each in holders])

    def _show(self, step: Step, head: Account) -> None:
        """Whoever is told that something is late can open it: they get it to read."""
        key = (step.instance_id, head.pk)
        if key in self.known or head.pk == step.instance.starter_id:
            return
        self.known.add(key)
        self.lists.add(head.pk)
        self.copies.append(
            WorkItem(
                instance_id=step.instance_id,
                kind=ItemKind.READ,
                source=step.instance.owner or "workflow",
                about=step.instance_id,
                url=_address(step),
                title=step.instance.title,
                step_name=step.name,
                step_name_en=step.name_en,
                account=head,
                why="escalated",
                arrived_at=self.now,
            )
        )

    def _word(self, step: Step, kind: str, to: Sequence[uuid.UUID], *, people: Sequence[str] = ()) -> None:
        if not to:
            return
        self.words.append(
            Word(
                kind=f"workflow.{KINDS[kind]}",
                to=to,
                params={
                    "title": step.instance.title,
                    "step": step.name,
                    "step_en": step.name_en,
                    "due": step.due_at,
                    "people": list(people)[:20],
                },
                url=_address(step),
                about=step.instance_id,
                # Whoever has not read yesterday's is not told the same again.
                key=f"workflow.{KINDS[kind]}:{step.pk}",
            )
        )

    def _event(self, step: Step, kind: str, people: Sequence[Account], *, names: Sequence[str] = ()) -> None:
        self.events.append(
            Event(
                instance_id=step.instance_id,
                step=step,
                kind=kind,
                node=step.node,
                params={"to": [*(names or (each.name for each in people))][:20], "due": _iso(step.due_at)},
                occurred_at=self.now,
            )
        )

    def send(self) -> None:
        """Write it all; the transaction's end lets it out."""
        WorkItem.objects.bulk_create(self.copies, batch_size=PORTION)
        Event.objects.bulk_create(self.events, batch_size=PORTION)
        announce_many(self.words)
        publish(kind=TODO_LIST, to={audiences.account(each) for each in self.lists})


def _address(step: Step) -> str:
    return f"/workflow/{step.instance_id}/"


def _iso(moment: datetime.datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None


# --- the calendar


def recompute(*, calendar: Calendar, changed: Changed) -> Iterable[DeadlineMoved]:
    """Reckon the clocks of open steps anew that end on days which have changed, or after them.

    Named by the function's `deadlines`; see `asp.workdays`. Whoever acts on one of these instances is waited for.
    """
    after: uuid.UUID | None = None
    while keys := _affected(changed, after):
        yield from _recompute_portion(keys, calendar)
        after = keys[-1]


def _affected(changed: Changed, after: uuid.UUID | None) -> list[uuid.UUID]:
    """Instances, in the order in which they are locked."""
    steps = Step.objects.filter(state=StepState.OPEN, amount__isnull=False)
    # With a pause that has no end there is nothing to reckon; it is put when it goes on.
    begins = changed.begins
    steps = steps.filter(Q(due_at__gte=begins) | Q(escalate_at__gte=begins) | Q(next_at__gte=begins))
    if after is not None:
        steps = steps.filter(instance_id__gt=after)
    rows = steps.order_by("instance_id").values_list("instance_id", flat=True).distinct()
    return list(rows[:PORTION])


def _recompute_portion(keys: Sequence[uuid.UUID], calendar: Calendar) -> Iterator[DeadlineMoved]:
    rows = Instance.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("id")
    instances = {each.pk: each for each in rows.defer("values", "state_data")}
    steps = list(
        Step.objects.filter(state=StepState.OPEN, amount__isnull=False, instance_id__in=instances).order_by(
            "id"
        )
    )
    missing = deadlines.rules_missing(each.version_id for each in instances.values())
    for version in ProcessVersion.objects.filter(pk__in=missing).only("spec") if missing else ():
        deadlines.keep_rules(version.pk, version.spec)
    changed: dict[uuid.UUID, Step] = {}
    moves = []
    for step in steps:
        step.instance = instances[step.instance_id]
        old = step.due_at
        if deadlines.put(step, calendar, step.instance.pauses):
            changed[step.pk] = step
            if old != step.due_at:
                moves.append(DeadlineMoved("workflow.step", step.pk, old, step.due_at, step.due_provisional))
    rows_update(changed.values(), deadlines.FIELDS)
    items = list(WorkItem.objects.filter(step__in=changed, state__in=LIVE).order_by("id")) if changed else []
    for item in items:
        step = changed[item.step_id]  # type: ignore[index]
        item.due_at, item.yellow_at = step.due_at, step.yellow_at
    rows_update(items, ["due_at", "yellow_at"])
    publish(kind=TODO_LIST, to={audiences.account(each.account_id) for each in items})
    yield from moves
