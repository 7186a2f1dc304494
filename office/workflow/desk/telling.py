"""Who is told of what a transaction did: notifications, live pages, the functions that own an instance."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from asp.accounts.models import Account, RolePermission
from asp.accounts.subjects import ROLE, Subject, members_of
from asp.audit.actor import Actor
from asp.live import audiences
from asp.live.services import publish
from asp.notify.services import Word, announce_many
from office.workflow import hooks, permissions
from office.workflow.live import TODO_LIST
from office.workflow.models import Follow, Instance, Step

if TYPE_CHECKING:
    from office.workflow.desk.case import Case


def address(instance: Instance) -> str:
    """The page of an instance."""
    return f"/workflow/{instance.pk}/"


class Telling:
    """Collects while acts happen; sends when the rows are written, in the same transaction."""

    def __init__(self, *, actor: Actor) -> None:
        self.actor = actor
        self._people: dict[tuple[str, uuid.UUID, tuple[tuple[str, Any], ...]], set[uuid.UUID]] = defaultdict(
            set
        )
        self._lists: set[uuid.UUID] = set()
        self._happenings: list[hooks.Happening] = []

    def tell(self, kind: str, instance: Instance, to: Iterable[uuid.UUID], **params: Any) -> None:
        """A notification `workflow.<kind>`; those with the same words are sent as one."""
        key = (kind, instance.pk, tuple(sorted({"title": instance.title, **params}.items())))
        self._people[key].update(to)

    def stranded(self, instance: Instance, step: Step) -> None:
        """Nobody was found for a step: those who oversee processes have to say who does it."""
        self.tell(
            "stranded", instance, [each.pk for each in overseers()], step=step.name, step_en=step.name_en
        )

    def changed(self, account_id: uuid.UUID) -> None:
        """Somebody's to-do list is another one now."""
        self._lists.add(account_id)

    def happened(self, happening: hooks.Happening) -> None:
        """For the function that the instance belongs to."""
        if happening.instance.owner:
            self._happenings.append(happening)

    def send(self, cases: Iterable["Case"]) -> None:
        """Send everything; the transaction's end lets it out."""
        self._followers(cases)
        words = [
            Word(
                kind=f"workflow.{kind}",
                to=people,
                params=dict(params),
                url=f"/workflow/{instance_id}/",
                about=instance_id,
            )
            for (kind, instance_id, params), people in self._people.items()
        ]
        announce_many(words, actor=self.actor)
        publish(kind=TODO_LIST, to=[audiences.account(each) for each in self._lists])
        for happening in self._happenings:
            hooks.tell(happening)

    def _followers(self, cases: Iterable["Case"]) -> None:
        moved = {each.instance.pk: each for each in cases if each.news}
        if not moved:
            return
        for follow in Follow.objects.filter(instance_id__in=moved):
            case = moved[follow.instance_id]
            self.tell("followed", case.instance, [follow.account_id], news=case.news[-1])


def overseers() -> list[Account]:
    """The staff who may intervene in every process."""
    roles = RolePermission.objects.filter(code=permissions.OVERSEE).values_list("role_id", flat=True)
    return list(members_of([Subject(ROLE, each) for each in roles]))
