"""Who heads a department by a file (负责人): what the column asks of each row, and putting it into force."""

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING

from asp.accounts.models import Account, AccountState
from asp.audit.actor import Actor
from asp.audit.services import record_many
from office.organization.importing.columns import NO, YES
from office.organization.models import Department
from office.organization.services.heads import head_act
from office.organization.tree import Tree

if TYPE_CHECKING:
    from office.organization.importing.plan import PlannedRow


class Headship:
    """What a file says about heads, beside those that there are."""

    def __init__(self, rows: "list[PlannedRow]", tree: Tree) -> None:
        self.rows = [row for row in rows if "head" in row.values]
        self.tree = tree
        keys = {each.head_id for each in tree.by_id.values() if each.head_id} if self.rows else set()
        self.names = dict(Account.objects.filter(pk__in=keys).values_list("pk", "name")) if keys else {}

    def judge(self) -> None:
        """Say what is wrong with rows that make somebody a head."""
        chosen: dict[uuid.UUID | tuple[str, ...], PlannedRow] = {}
        for row in self.rows:
            if row.values["head"] != YES:
                continue
            where = row.department_id or tuple(part.casefold() for part in row.new_department) or row.main
            if not where:
                # A department that is missing is said beside its own column.
                if not any(column == "department" for column, *_rest in row.problems):
                    row.problems.append(["head", "head_nowhere", {}])
                continue
            if row.account is not None and row.account.state == AccountState.DISABLED:
                row.problems.append(["head", "head_disabled", {}])
            other = chosen.setdefault(where, row)
            if other is not row:
                row.problems.append(["head", "head_twice", {"row": other.number}])
                if not any(code == "head_twice" for _column, code, _params in other.problems):
                    other.problems.append(["head", "head_twice", {"row": row.number}])

    def change(self, row: "PlannedRow") -> dict[str, tuple[str, str]]:
        """Who heads the department of a row before and after, if that changes; the row knows its department."""
        department = self.tree.by_id.get(row.department_id) if row.department_id else None
        head = department.head_id if department is not None else None
        own = row.account is not None and head == row.account.pk
        before = self.names.get(head, "") if head else ""
        if row.values.get("head") == YES and not own:
            return {"head": (before, row.values["name"])}
        if row.values.get("head") == NO and own:
            return {"head": (before, "–")}
        return {}


def heads_put(*, actor: Actor, tree: Tree, rows: "Iterable[PlannedRow]") -> None:
    """Make people heads, or take them off, as their rows say; at most two statements."""
    changed: dict[uuid.UUID, Department] = {}
    acts = []
    for row in rows:
        department = tree.by_id.get(row.department_id) if row.department_id else None
        account, wanted = row.account, row.values.get("head")
        if department is None or account is None:
            continue
        if wanted == YES and department.head_id != account.pk:
            department.head = account
            acts.append(head_act(actor, department, head=account.name))
        elif wanted == NO and department.head_id == account.pk:
            department.head = None
            acts.append(head_act(actor, department, former=account.name))
        else:
            continue
        changed[department.pk] = department
    if changed:
        Department.objects.bulk_update(changed.values(), ["head"])
        record_many(acts)
