"""Who does a step (办理人): performers of a drawing become accounts that work here."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from asp.accounts.models import Account, AccountState, Role
from asp.accounts.subjects import DEPARTMENT, POST, ROLE, Subject, members_of
from office.organization import services as organization
from office.workflow.bpmn.elements import Node, Performer

if TYPE_CHECKING:
    from office.workflow.desk.case import Case


class People:
    """Looks people up, each thing once for a desk."""

    def __init__(self) -> None:
        self._members: dict[tuple[str, str], list[Account]] = {}
        self._heads: dict[uuid.UUID, Account | None] = {}
        self._above: dict[uuid.UUID, Account | None] = {}
        self._accounts: dict[uuid.UUID, Account | None] = {}

    def active(self, ids: Iterable[Any]) -> list[Account]:
        """The accounts with these keys that are staff and work, in the order given; others are left out."""
        keys = list(dict.fromkeys(key for each in ids if (key := _key(each)) is not None))
        missing = [each for each in keys if each not in self._accounts]
        if missing:
            rows = Account.objects.staff().filter(pk__in=missing, state=AccountState.ACTIVE)
            found = {each.pk: each for each in rows}
            self._accounts.update({each: found.get(each) for each in missing})
        return [account for each in keys if (account := self._accounts[each]) is not None]

    def performers(self, case: "Case", node: Node, item: Any, chosen: Sequence[uuid.UUID]) -> list[Account]:
        """Everybody who may do `node`, once each."""
        step = node.step
        assert step is not None
        found: list[Account] = []
        for each in step.performers:
            found += self._one(case, node, each, item, chosen)
        return list({each.pk: each for each in found}.values())

    def copies(self, case: "Case", node: Node) -> list[Account]:
        """Who is told when `node` is done (抄送)."""
        step = node.step
        found = [
            one for each in (step.copies if step else ()) for one in self._one(case, node, each, None, ())
        ]
        return list({each.pk: each for each in found}.values())

    def head(self, account_id: uuid.UUID) -> Account | None:
        """The head of somebody's department; for heads the one above, at last the bureau's highest leader."""
        if account_id not in self._heads:
            account = Account.objects.filter(pk=account_id).first()
            found = None
            if account is not None:
                found = organization.head_of(account) or organization.leader_above(account)
            self._heads[account_id] = found
        return self._heads[account_id]

    def head_above(self, account_id: uuid.UUID) -> Account | None:
        """The head of the department above somebody's own (上级部门负责人)."""
        if account_id not in self._above:
            account = Account.objects.filter(pk=account_id).first()
            self._above[account_id] = organization.head_above(account) if account is not None else None
        return self._above[account_id]

    def _one(
        self, case: "Case", node: Node, performer: Performer, item: Any, chosen: Sequence[uuid.UUID]
    ) -> list[Account]:
        ref = performer.ref
        match performer.kind:
            case "starter":
                return self.active([case.instance.starter_id])
            case "account":
                return self.active([ref])
            case "chosen":
                return self.active(chosen)
            case "former":
                return self.active(case.former(ref))
            case "field":
                if node.loop is not None and node.loop.collection == ref:
                    return self.active([item])
                return self.active(_values(case.values.get(ref)))
            case "head":
                return self._heads_for(case, ref)
            case "post" | "department" | "role" as kind:
                return self._group(kind, ref)
        return []

    def _heads_for(self, case: "Case", ref: str) -> list[Account]:
        if ref == "parent":
            above = self.head_above(case.instance.starter_id)
            return self.active([above.pk]) if above is not None else []
        if ref == "starter":
            people = [case.instance.starter_id]
        elif formers := case.former(ref):
            people = list(formers)
        else:
            people = [each.pk for each in self.active(_values(case.values.get(ref)))]
            if not people:
                keys = [key for each in (*_values(case.values.get(ref)), ref) if (key := _key(each))]
                heads = [organization.department_head(each) for each in keys]
                return self.active([each.pk for each in heads if each is not None])
        return self.active([head.pk for each in people if (head := self.head(each)) is not None])

    def _group(self, kind: str, ref: str) -> list[Account]:
        if (kind, ref) not in self._members:
            key = _key(ref)
            if kind == "role" and key is None:
                key = Role.objects.filter(code=ref).values_list("pk", flat=True).first() if ref else None
            subjects = {"post": POST, "department": DEPARTMENT, "role": ROLE}
            people = list(members_of([Subject(subjects[kind], key)])) if key is not None else []
            self._accounts.update({each.pk: each for each in people})
            self._members[kind, ref] = people
        return self._members[kind, ref]


def by_rank(people: Sequence[Account]) -> list[Account]:
    """Who signs before whom, where people sign one after the other: the higher post first."""
    return organization.seniority(people)


def _key(value: Any) -> uuid.UUID | None:
    if isinstance(value, uuid.UUID):
        return value
    try:
        return uuid.UUID(str(value))
    except ValueError:
        return None


def _values(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def starter_variables(names: frozenset[str], account: Account) -> dict[str, Any]:
    """What conditions may ask about the starter, as far as `names` are asked."""
    found: dict[str, Any] = {}
    if "starter" in names:
        found["starter"] = str(account.pk)
    if names & {"starter_department", "starter_post", "starter_rank"}:
        place = organization.main_place_of(account)
        department, post = place if place is not None else (None, None)
        facts: Mapping[str, Any] = {
            "starter_department": str(department.pk) if department is not None else None,
            "starter_post": str(post.pk) if post is not None else None,
            "starter_rank": post.rank if post is not None else None,
        }
        found |= {name: value for name, value in facts.items() if name in names}
    return found
