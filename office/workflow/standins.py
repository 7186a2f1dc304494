"""Who stands in for whom at a moment (代办人).

Deputies of deputies are followed: A → B while B → C gives C. A circle ends at the person themselves, who keeps what
comes; so does one whose deputy's account does not work. An absence for some processes counts for those alone, and
for what belongs to no process only an absence for all.
"""

import datetime
import uuid
from collections.abc import Collection, Iterable

from django.db.models import QuerySet

from asp.accounts.models import Account, AccountState
from office.workflow.models import Absence


def absences_at(at: datetime.datetime) -> QuerySet[Absence]:
    """The absences that hold at a moment."""
    return Absence.objects.filter(begins__lte=at, ends__gt=at, ended_at=None)


class StandIns:
    """The absences of one moment, to be asked about many people and processes."""

    def __init__(self, absences: Iterable[Absence]) -> None:
        self._deputies: dict[uuid.UUID, list[tuple[frozenset[str], Account]]] = {}
        for each in absences:
            entry = (frozenset(str(one) for one in each.processes), each.deputy)
            self._deputies.setdefault(each.account_id, []).append(entry)

    @classmethod
    def at(cls, moment: datetime.datetime, account_ids: Collection[uuid.UUID] | None = None) -> "StandIns":
        """Read them: one statement if none of `account_ids` is absent, otherwise two."""
        held = absences_at(moment).select_related("deputy").order_by("id")
        if account_ids is not None and not held.filter(account_id__in=account_ids).exists():
            return cls(())
        return cls(held)

    def deputy_of(self, account_id: uuid.UUID, process_id: uuid.UUID | None) -> Account | None:
        """Who gets what comes for somebody, at the end of all deputies; None: they themselves."""
        seen, found, at = {account_id}, None, account_id
        while (deputy := self._next(at, process_id)) is not None:
            if deputy.pk in seen:
                return None
            seen.add(deputy.pk)
            found, at = deputy, deputy.pk
        return found

    def _next(self, account_id: uuid.UUID, process_id: uuid.UUID | None) -> Account | None:
        for processes, deputy in self._deputies.get(account_id, ()):
            if (not processes or str(process_id) in processes) and deputy.state == AccountState.ACTIVE:
                return deputy
        return None


def stand_in_for(
    account_ids: Collection[uuid.UUID], *, at: datetime.datetime, process_id: uuid.UUID | None = None
) -> dict[uuid.UUID, Account]:
    """Who stands in now for those of `account_ids` who are absent, for one process; in one or two statements."""
    found = StandIns.at(at, account_ids)
    deputies = ((each, found.deputy_of(each, process_id)) for each in account_ids)
    return {account_id: deputy for account_id, deputy in deputies if deputy is not None}
