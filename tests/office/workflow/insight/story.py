"""Four instances of a process in March 2026, whose figures anybody can work out by hand.

Hours of the office are 9–12 and 13–17; 2 March 2026 is a Monday.
"""

import datetime
from dataclasses import dataclass
from typing import Any

import time_machine

from asp.accounts.models import Account
from asp.accounts.services import role_create, role_grant
from asp.accounts.subjects import Subject
from asp.audit.actor import Actor
from asp.workdays.arithmetic.hours import SHANGHAI
from office.workflow import services as workflow
from office.workflow.models import Instance, Process
from office.workflow.permissions import DESIGN, OVERSEE
from tenants.context import bureau_context
from tenants.site import BureauRef
from tests.office.workflow.running.world import AGREE, DISAGREE, World, number, open_world, step
from tests.support.people import TESTER

HOUR = 3600
FIELDS = (number("amount"),)


def at(day: int, hour: int, minute: int = 0) -> datetime.datetime:
    """A moment in March 2026."""
    return datetime.datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI)


NOW = at(16, 12)


@dataclass
class Story:
    """`overseer` (extra0) may see everything, `designer` (extra1) makes processes."""

    world: World
    overseer: Account
    designer: Account
    process: Process
    instances: list[Instance]

    @property
    def bureau(self) -> BureauRef:
        return self.world.bureau

    @property
    def cast(self) -> Any:
        return self.world.cast

    def do(
        self, moment: datetime.datetime, instance: Instance, by: Account, outcome: str = "agree", **more: Any
    ) -> None:
        """Somebody opens their part an hour before they do it, if there is so much time."""
        item = self.world.open_item(instance, by)
        with time_machine.travel(max(item.arrived_at, moment - datetime.timedelta(hours=1)), tick=False):
            workflow.item_read(item=item, account=by)
        with time_machine.travel(moment, tick=False):
            self.world.do(instance, by, outcome, **more)

    def start(self, moment: datetime.datetime, process: Process | None = None, **values: Any) -> Instance:
        with time_machine.travel(moment, tick=False):
            return self.world.start(process or self.process, self.cast.outsider, values=values)


def steps_of(world: World) -> list[dict[str, Any]]:
    """First the head of the office, then the clerk, each within a working day."""
    day = {"amount": 1, "unit": "workdays"}
    head, clerk = (("account", str(each.pk)) for each in (world.cast.head, world.cast.clerk))
    return [
        step("first", head, deadline=day, outcomes=[AGREE, DISAGREE]),
        step("second", clerk, deadline=day, outcomes=[AGREE, DISAGREE]),
    ]


def open_story(bureau: BureauRef) -> Story:
    """Fill a bureau."""
    world = open_world(bureau)
    overseer, designer = world.extra[:2]
    with bureau_context(bureau):
        for account, codes in ((overseer, [OVERSEE]), (designer, [DESIGN])):
            role = role_create(actor=TESTER, name=codes[0], codes=codes)
            role_grant(actor=TESTER, role=role, subject=Subject.person(account))
        process = world.publish(*steps_of(world), fields=FIELDS, code="story")
        story = Story(world, overseer, designer, process, [])
        tell(story)
    return story


def tell(story: Story) -> None:
    """What happened."""
    head, clerk = story.cast.head, story.cast.clerk
    one = story.start(at(2, 9), amount="500")
    story.do(at(2, 11), one, head)
    story.do(at(4, 10), one, clerk)  # one working day: late
    two = story.start(at(6, 16), amount="5000")
    story.do(at(9, 10), two, head)
    story.do(at(9, 15), two, clerk, "disagree")
    three = story.start(at(10, 9), amount="800")
    story.do(at(10, 10), three, head)
    item = story.world.open_item(three, clerk)
    with time_machine.travel(at(10, 14), tick=False):
        workflow.send_back(
            actor=Actor.of_account(clerk), item=item, account=clerk, node="first", opinion="缺附件"
        )
    story.do(at(10, 15), three, head)
    story.do(at(10, 17), three, clerk)
    four = story.start(at(11, 9), amount="900")
    story.instances = [one, two, three, four]
