"""A bureau with a head, and processes whose steps wait for people; moments of a known week."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from asp.accounts.models import Account
from asp.audit.actor import Actor
from asp.workdays import Calendar, calendar_for_site
from office.organization import services as organization
from office.workflow import deadlines, services
from office.workflow.bpmn import spec
from office.workflow.bpmn.steps import steps_from_json, write_steps
from office.workflow.models import Instance, Process, ProcessVersion, Step, WorkItem
from tenants.context import bureau_context
from tenants.site import BureauRef
from tests.support.people import TESTER, Cast, activate, people

SHANGHAI = ZoneInfo("Asia/Shanghai")
FORM = {
    "format": 1,
    "title": {"zh": "申请"},
    "sections": [
        {
            "name": "main",
            "title": {"zh": "内容"},
            "fields": [{"name": "reason", "kind": "text", "label": {"zh": "事由"}}],
        }
    ],
}
AGREE = {"value": "agree", "label": "同意", "label_en": "Agree", "goto": "next"}


def at(day: int, hour: int = 0, minute: int = 0, *, month: int = 3) -> datetime.datetime:
    """A moment of 2026 in China; 2 March is a Monday, and no holiday is near."""
    return datetime.datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


@dataclass
class World:
    """The cast, of whom the head heads the office in which the clerk's section lies; and some more clerks."""

    bureau: BureauRef
    cast: Cast
    more: list[Account]
    made: int = 0

    def process(self, *performers: Account, **step: Any) -> Process:
        """A published process of one step for these people: two working days, then the head is told."""
        self.made += 1
        listed = {
            "id": "handle",
            "name": "办理",
            "name_en": "Handle",
            "performers": [{"kind": "account", "ref": str(each.pk)} for each in performers],
            "deadline": {"amount": 2, "unit": "workdays"},
            "escalation": {"after": 1, "unit": "workdays", "to": "head"},
            "outcomes": [AGREE],
            **step,
        }
        drawn = {"id": "p", "name": "流程", "name_en": "Process", "steps": [listed]}
        xml = write_steps(steps_from_json(drawn))
        process = Process.objects.create(code=f"p{self.made}", name=f"流程{self.made}")
        version = ProcessVersion.objects.create(
            process=process,
            number=1,
            name=process.name,
            bpmn=xml.decode(),
            spec=spec.compile(xml),
            form=FORM,
            engine="test",
        )
        process.current = version
        process.save(update_fields=["current"])
        return process

    def start(self, process: Process, starter: Account | None = None) -> Instance:
        """Begin it, by the outsider unless somebody else is named."""
        person = starter or self.cast.outsider
        return services.start(actor=Actor.of_account(person), process=process, starter=person)

    def began(self, instance: Instance, moment: datetime.datetime) -> Step:
        """Let its open step have begun at a moment."""
        step = instance.steps.get(state="open")
        step.began_at = moment
        deadlines.put(step, calendar(), instance.pauses)
        step.save()
        WorkItem.objects.filter(step=step).update(due_at=step.due_at, yellow_at=step.yellow_at)
        return step


def calendar() -> Calendar:
    """The working days of the bureau."""
    return calendar_for_site()


def open_world(bureau: BureauRef) -> World:
    """Fill a bureau."""
    cast = people(bureau)
    with bureau_context(bureau):
        names = ("周一", "吴二", "郑三", "王四")
        more = [
            activate(
                organization.member_create(
                    actor=TESTER,
                    name=name,
                    login=f"more{number}",
                    places=[organization.Place(cast.section.pk, cast.post.pk)],
                ).account
            )
            for number, name in enumerate(names)
        ]
        organization.department_update(
            actor=TESTER, department=cast.office, name=cast.office.name, head=cast.head.pk
        )
    return World(bureau, cast, more)


def holders(instance: Instance) -> Sequence[tuple[str, str]]:
    """Who has it now, and for whom."""
    rows = WorkItem.objects.filter(instance=instance, state__in=("open", "waiting"), kind="do")
    return [
        (each.account.name, each.for_account.name if each.for_account else "") for each in rows.order_by("id")
    ]
