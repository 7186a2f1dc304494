"""Who heads a department, and that nobody goes on heading one whom they have left.

The callers hold the lock of the tree, or of the departments that somebody is put into; either keeps a new head and
a move of the same person apart.
"""

import uuid
from collections.abc import Collection
from typing import Final

from asp.accounts.models import Account, AccountKind, AccountState
from asp.audit.actor import Actor
from asp.audit.services import Act, record_many
from office.organization import errors
from office.organization.models import Appointment, Department
from office.organization.tree import Tree


class Keep:
    """The head stays whoever it is."""


KEEP: Final = Keep()
HeadChoice = uuid.UUID | None | Keep


def head_checked(*, line: Collection[uuid.UUID], head_id: uuid.UUID) -> Account:
    """The account that may head a department; `line`: the departments in which they may work. Raises HeadUnfit."""
    found = Account.objects.filter(pk=head_id, kind=AccountKind.STAFF).exclude(state=AccountState.DISABLED)
    account = found.first()
    held = Appointment.objects.filter(member__account_id=head_id, department_id__in=line)
    if account is None or not held.exists():
        raise errors.HeadUnfit(params={"name": account.name if account else "–"})
    return account


def around(tree: Tree, department_id: uuid.UUID) -> set[uuid.UUID]:
    """A department, those above and those below: whoever works there may head it."""
    return tree.below(department_id) | {each.id for each in tree.lineage(department_id)}


def heads_settle(
    *, actor: Actor, tree: Tree, account_ids: Collection[uuid.UUID] | None = None
) -> list[Department]:
    """Departments whose head (one of `account_ids`; None: any) works nowhere around them have none any more.

    At most three statements, none if nobody of these heads anything. Return the departments.
    """
    headed = [
        each
        for each in tree.by_id.values()
        if each.head_id and (account_ids is None or each.head_id in account_ids)
    ]
    if not headed:
        return []
    held = Appointment.objects.filter(member__account_id__in={each.head_id for each in headed}).order_by()
    places: dict[uuid.UUID, set[uuid.UUID]] = {}
    for account_id, department_id in held.values_list("member__account_id", "department_id"):
        places.setdefault(account_id, set()).add(department_id)
    left = [
        each
        for each in headed
        if each.head_id and not places.get(each.head_id, set()) & around(tree, each.id)
    ]
    if left:
        names = dict(Account.objects.filter(pk__in={each.head_id for each in left}).values_list("pk", "name"))
        Department.objects.filter(pk__in=[each.id for each in left]).update(head=None)
        record_many([head_act(actor, each, former=names.get(each.head_id, "")) for each in left])
        for each in left:
            each.head = None
    return left


def head_act(actor: Actor, department: Department, *, head: str = "", former: str = "") -> Act:
    """What the audit log says about a new head, or that there is none any more."""
    return Act(
        actor=actor,
        action=f"organization.department_head_{'set' if head else 'cleared'}",
        target_kind="organization.department",
        target_id=department.id,
        target_name=department.name,
        params={"head": head or former},
    )
