"""A bureau with people in two departments, and short ways to publish and run processes in it."""

import secrets
from dataclasses import dataclass, field
from typing import Any

from asp.accounts.models import Account, Role
from asp.accounts.services import role_create, role_grant
from asp.accounts.subjects import Subject
from asp.audit.actor import Actor
from office.organization.services import Place, member_create
from office.workflow import hooks
from office.workflow import services as workflow
from office.workflow.bpmn import gate
from office.workflow.bpmn.spec import compile_definition
from office.workflow.bpmn.steps import steps_from_json, write_steps
from office.workflow.models import Event, Instance, ItemState, Process, ProcessVersion, Step, WorkItem
from tenants.site import BureauRef
from tests.support.people import TESTER, Cast, activate, people

Json = dict[str, Any]
AGREE: Json = {"value": "agree", "label": "同意", "goto": "next"}
DISAGREE: Json = {"value": "disagree", "label": "不同意", "goto": "end"}


def form(*fields: Json) -> Json:
    """A form with one section."""
    return {
        "format": 1,
        "title": {"zh": "申请", "en": "Request"},
        "sections": [{"name": "main", "title": {"zh": "内容"}, "fields": list(fields)}],
    }


def text(name: str, **more: Any) -> Json:
    return {"name": name, "kind": "text", "label": {"zh": name}, **more}


def number(name: str, **more: Any) -> Json:
    return {"name": name, "kind": "number", "label": {"zh": name}, **more}


def person(name: str, **more: Any) -> Json:
    return {"name": name, "kind": "person", "label": {"zh": name}, **more}


def step(name: str, *performers: tuple[str, str] | str, **more: Any) -> Json:
    """A step; a performer is a kind, or a kind and what it refers to."""
    pairs = [(each, "") if isinstance(each, str) else each for each in performers]
    made = [{"kind": kind, "ref": ref} if ref else {"kind": kind} for kind, ref in pairs]
    return {"id": name, "name": f"环节{name}", "performers": made, **more}


@dataclass
class World:
    """`head` leads the office, `clerk` and `outsider` work in the section below it, `extra` are four more."""

    bureau: BureauRef
    cast: Cast
    extra: list[Account] = field(default_factory=list)

    def publish(
        self,
        *steps: Json,
        fields: tuple[Json, ...] = (text("reason"),),
        code: str = "",
        process: Process | None = None,
    ) -> Process:
        """Publish a list of steps; a new version, if the process is given."""
        drawn = {"id": "drawn", "name": "流程", "steps": list(steps)}
        return self.publish_bpmn(
            write_steps(steps_from_json(drawn)), fields=fields, code=code, process=process
        )

    def publish_bpmn(
        self,
        bpmn: bytes,
        *,
        fields: tuple[Json, ...] = (text("reason"),),
        code: str = "",
        process: Process | None = None,
    ) -> Process:
        report = gate.check(bpmn)
        assert report.definition is not None, [each.text for each in report.errors]
        if process is None:
            process = Process.objects.create(code=code or f"p{secrets.token_hex(4)}", name="流程")
        process.current = ProcessVersion.objects.create(
            process=process,
            number=process.versions.count() + 1,
            name=process.name,
            bpmn=bpmn.decode(),
            spec=compile_definition(report.definition),
            form=form(*fields),
            engine="test",
        )
        process.save()
        return process

    def start(self, process: Process, by: Account | None = None, **more: Any) -> Instance:
        by = by or self.cast.clerk
        return workflow.start(actor=Actor.of_account(by), process=process, starter=by, **more)

    def open_item(self, instance: Instance, account: Account) -> WorkItem:
        return WorkItem.objects.get(instance=instance, account=account, state=ItemState.OPEN)

    def do(self, instance: Instance, account: Account, outcome: str = "", **more: Any) -> Instance:
        item = self.open_item(instance, account)
        return workflow.complete(
            actor=Actor.of_account(account), item=item, account=account, outcome=outcome, **more
        )

    def role(self, *holders: Account) -> Role:
        role = role_create(actor=TESTER, name=f"角色{secrets.token_hex(4)}", codes=[])
        for each in holders:
            role_grant(actor=TESTER, role=role, subject=Subject.person(each))
        return role

    def holders(self, instance: Instance) -> list[str]:
        """Who has it now, by login."""
        items = WorkItem.objects.filter(instance=instance, state=ItemState.OPEN)
        return sorted(items.values_list("account__login", flat=True))

    def at(self, instance: Instance) -> list[str]:
        """The steps at which it waits."""
        return sorted(Step.objects.filter(instance=instance, state="open").values_list("node", flat=True))

    def events(self, instance: Instance) -> list[str]:
        return list(Event.objects.filter(instance=instance).order_by("id").values_list("kind", flat=True))


def open_world(bureau: BureauRef) -> World:
    """Fill a bureau."""
    from tenants.context import bureau_context

    cast = people(bureau)
    with bureau_context(bureau):
        extra = [
            activate(
                member_create(
                    actor=TESTER,
                    name=f"人员{number}",
                    login=f"extra{number}",
                    places=[Place(cast.section.pk, cast.post.pk)],
                ).account
            )
            for number in range(4)
        ]
        cast.office.head_id = cast.head.pk
        cast.office.save(update_fields=["head_id"])
    return World(bureau, cast, extra)


CALLS: list[hooks.Call] = []


def noted(call: hooks.Call) -> hooks.Result:
    """A service for tests: notes that it was called; a form that says so makes it fail."""
    if call.values.get("reason") == "broken":
        raise RuntimeError("the service is broken")
    CALLS.append(call)
    return hooks.Result({"paid": True}, outcome="done")


if hooks.service_find("tests.noted") is None:
    hooks.service_register(hooks.Service("tests.noted", "Note", noted))
