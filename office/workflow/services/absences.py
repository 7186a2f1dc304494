"""Absences (外出委托): set and ended by people, begun and ended by the clock.

What comes during an absence goes to the deputy when it comes (`standins.stand_in_for`). What was open already goes
over when the absence begins, if its person wishes so. When it ends, what the deputy has not read yet goes back;
what was read is in hand and stays with the deputy, who may hand it over. Both names stay on the item.

An item that somebody held in another's place goes on to the deputy with the first name, and goes back when that first
person's absence ends.
"""

import datetime
import uuid
from collections.abc import Collection, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from asp.accounts.models import Account, AccountKind, AccountState
from asp.audit.actor import Actor
from asp.audit.services import record
from asp.live import audiences
from asp.live.services import publish
from asp.notify.services import announce
from office.workflow import errors
from office.workflow.bulk import rows_update
from office.workflow.live import TODO_LIST
from office.workflow.models import (
    OPEN_STATES,
    Absence,
    Event,
    Instance,
    ItemKind,
    ItemState,
    Process,
    StepState,
    WorkItem,
)
from office.workflow.standins import StandIns, stand_in_for

__all__ = ["absence_end", "absence_set", "absences_follow", "absences_waiting", "stand_in_for"]

WHY = "absence"
PORTION = 200
LONGEST = datetime.timedelta(days=366)
LIVE = (ItemState.OPEN, ItemState.WAITING)


@transaction.atomic
def absence_set(
    *,
    actor: Actor,
    account: Account,
    deputy: Account,
    begins: datetime.datetime,
    ends: datetime.datetime,
    processes: Sequence[uuid.UUID] = (),
    moves: bool = False,
    note: str = "",
) -> Absence:
    """Let `deputy` stand in for `account` from `begins` until `ends`, for all processes or for some.

    `moves`: what is open when it begins goes to the deputy too. A beginning in the past is now. Raises
    AbsenceInvalid (no colleague who works here, no time ahead, more than a year, no such process), AbsenceOverlaps.
    """
    now = timezone.now()
    begins = max(begins, now)
    # Two at once are taken one after the other. Rows that point at the account are not held up by this lock.
    person = Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    if deputy.pk == person.pk or not _works(person) or not _works(Account.objects.get(pk=deputy.pk)):
        raise errors.AbsenceInvalid
    if ends <= begins or ends - begins > LONGEST:
        raise errors.AbsenceInvalid
    keys = sorted({str(each) for each in processes})
    if keys and Process.objects.filter(pk__in=keys).count() < len(keys):
        raise errors.AbsenceInvalid
    same = Absence.objects.filter(account=person, ended_at=None, begins__lt=ends, ends__gt=begins)
    if any(not keys or not each.processes or set(keys) & set(each.processes) for each in same):
        raise errors.AbsenceOverlaps
    absence = Absence.objects.create(
        account=person,
        deputy=deputy,
        begins=begins,
        ends=ends,
        processes=keys,
        moves=moves,
        note=note.strip()[:300],
        set_by_name=actor.name[:200],
    )
    _record(actor, "absence_set", absence, deputy=deputy.name, begins=begins, ends=ends)
    announce(
        kind="workflow.deputy",
        to=[deputy.pk],
        params={"person": person.name, "begins": begins, "ends": ends, "note": absence.note},
        url="/workflow/absences/",
        about=absence.pk,
        actor=actor,
    )
    if moves and begins <= now:
        _move(absence, now, at_most=PORTION)
    return absence


@transaction.atomic
def absence_end(*, actor: Actor, absence: Absence) -> Absence:
    """End an absence before its time, or call off one that lies ahead. One that has ended stays as it is."""
    row = (
        Absence.objects.select_for_update(of=("self",)).select_related("account", "deputy").get(pk=absence.pk)
    )
    if row.ended_at is None:
        _end(row, timezone.now())
        _record(actor, "absence_ended", row, deputy=row.deputy.name)
    return row


# --- the clock's part


def absences_waiting(now: datetime.datetime) -> QuerySet[Absence]:
    """What the clock has to do: absences that are over, and those whose open items have to go over."""
    begun = Q(moves=True, moved_at=None, begins__lte=now)
    return Absence.objects.filter(Q(ended_at=None) & (Q(ends__lte=now) | begun))


def absences_follow(*, now: datetime.datetime | None = None) -> int:
    """Begin and end what is due, each in its own transaction; return how many were followed.

    Whatever is killed, the rows say what is left to do.
    """
    moment = now or timezone.now()
    done = 0
    for key in list(absences_waiting(moment).order_by("id").values_list("pk", flat=True)):
        with transaction.atomic():
            found = absences_waiting(moment).select_for_update(skip_locked=True, of=("self",))
            row = found.select_related("account", "deputy").filter(pk=key).first()
            if row is None:
                continue
            if row.ends <= moment:
                _end(row, moment)
            else:
                _move(row, moment)
            done += 1
    return done


def _move(absence: Absence, now: datetime.datetime, *, at_most: int | None = None) -> None:
    """Give the open items of somebody to who stands in. With `at_most`, the clock does what is more than that.

    What somebody is working on at this moment is left to the clock's next turn, too.
    """
    items = _items(absence, account_id=absence.account_id, kind__in=(ItemKind.DO, ItemKind.SIGN))
    keys = list(items.order_by("id").values_list("pk", flat=True))
    stand_ins = StandIns.at(now)
    left = at_most is not None and len(keys) > at_most
    for start in range(0, len(keys[:at_most]), PORTION):
        left |= _move_portion(absence, stand_ins, keys[:at_most][start : start + PORTION], now)
    if not left:
        absence.moved_at = now
        absence.save(update_fields=["moved_at"])


def _move_portion(
    absence: Absence, stand_ins: StandIns, keys: Collection[uuid.UUID], now: datetime.datetime
) -> bool:
    """Return whether some could not be had, because somebody is working on them."""
    items, missed = _locked(_items(absence, account_id=absence.account_id, pk__in=keys))
    steps = {each.step_id for each in items if each.step_id}
    others = WorkItem.objects.filter(step_id__in=steps, state__in=LIVE, kind=ItemKind.DO)
    taken: set[tuple[uuid.UUID | None, uuid.UUID]] = set(others.values_list("step_id", "account_id"))
    moved = []
    for item in items:
        assert item.instance is not None
        assert item.step is not None
        deputy = stand_ins.deputy_of(absence.account_id, item.instance.process_id)
        # Where one answer is enough, somebody who is asked already is not asked twice.
        if deputy is None or (item.step.rule == "one" and (item.step_id, deputy.pk) in taken):
            continue
        taken.add((item.step_id, deputy.pk))
        _give(item, deputy, item.for_account_id if item.why == WHY else absence.account_id)
        moved.append(_event("stood_in", item, absence.account, deputy, now))
    _store(items, moved, [absence.account_id])
    return missed


def _end(absence: Absence, now: datetime.datetime) -> None:
    """What the deputy has not read goes back to who is there again."""
    back = Q(for_account_id=absence.account_id, why=WHY, read_at=None)
    # Nothing goes back to somebody who has left meanwhile.
    there = _works(absence.account)
    keys = list(_items(absence, back).order_by("id").values_list("pk", flat=True)) if there else []
    missed = False
    for start in range(0, len(keys), PORTION):
        items, busy = _locked(_items(absence, back, pk__in=keys[start : start + PORTION]))
        missed |= busy
        formers = {each.account_id for each in items}
        events = [_event("came_back", each, each.account, absence.account, now) for each in items]
        for item in items:
            _give(item, absence.account, None)
        _store(items, events, formers | {absence.account_id})
    absence.ends = min(absence.ends, max(now, absence.begins + SHORTEST))
    if not missed:
        absence.ended_at = now
    absence.save(update_fields=["ends", "ended_at"])


SHORTEST = datetime.timedelta(microseconds=1)  # an absence that is called off before it began keeps a span


def _items(absence: Absence, *conditions: Q, **more: Any) -> QuerySet[WorkItem]:
    """Open items of steps, of the processes that an absence is for."""
    found = WorkItem.objects.filter(
        *conditions,
        state__in=LIVE,
        step__state=StepState.OPEN,
        instance__state__in=OPEN_STATES,
        **more,
    )
    return found.filter(instance__process_id__in=absence.processes) if absence.processes else found


def _locked(items: QuerySet[WorkItem]) -> tuple[list[WorkItem], bool]:
    """The items whose instances nobody else works on now, locked; and whether there were others.

    Never waits: acts of people lock one instance and then others, in any order.
    """
    wanted = set(items.order_by().values_list("instance_id", flat=True))
    rows = Instance.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk__in=wanted)
    locked = set(rows.order_by("id").values_list("pk", flat=True))
    found = items.filter(instance_id__in=locked).select_related("instance", "step", "account")
    return list(found.order_by("id")), locked != wanted


def _give(item: WorkItem, to: Account, meant_for: uuid.UUID | None) -> None:
    item.account = to
    item.read_at = None
    item.for_account_id = meant_for if meant_for != to.pk else None
    item.why = WHY if item.for_account_id else ""


def _event(kind: str, item: WorkItem, person: Account, to: Account, now: datetime.datetime) -> Event:
    return Event(
        instance=item.instance,
        step=item.step,
        kind=kind,
        node=item.step.node if item.step else "",
        for_id=person.pk,
        for_name=person.name,
        params={"to": [to.name]},
        occurred_at=now,
    )


def _store(items: list[WorkItem], events: list[Event], account_ids: Collection[uuid.UUID]) -> None:
    if not events:
        return
    rows_update(items, ["account", "for_account", "why", "read_at"])
    Event.objects.bulk_create(events)
    concerned = {each.account_id for each in items} | set(account_ids)
    publish(kind=TODO_LIST, to={audiences.account(each) for each in concerned})


def _works(account: Account) -> bool:
    return account.kind == AccountKind.STAFF and account.state == AccountState.ACTIVE


def _record(actor: Actor, act: str, absence: Absence, **params: object) -> None:
    record(
        actor=actor,
        action=f"workflow.{act}",
        target_kind="accounts.account",
        target_id=absence.account_id,
        target_name=absence.account.name,
        params=params,
    )
