"""The world of running processes, as browsers meet it."""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse

from asp.accounts.models import Account
from asp.accounts.services import role_create, role_grant
from asp.accounts.subjects import Subject
from office.workflow.models import Instance, Process, WorkItem
from office.workflow.permissions import OVERSEE
from tenants.context import bureau_context
from tenants.site import BureauRef
from tests.office.workflow.running.world import AGREE, DISAGREE, World, open_world, step, text
from tests.support.client import SiteClient
from tests.support.people import TESTER

__all__ = ["AGREE", "DISAGREE", "Pages", "open_pages", "said", "step", "text"]


@dataclass
class Pages(World):
    """`world` with clients, and one overseer."""

    overseer: Account | None = None

    def client(self, account: Account) -> SiteClient:
        """A browser in which `account` is signed in."""
        return SiteClient(self.bureau).login_as(account)

    def approval(self, **more: Any) -> Process:
        """One step of the head's, who agrees or not."""
        return self.publish(
            step("review", ("account", str(self.cast.head.pk)), outcomes=[AGREE, DISAGREE], **more)
        )

    def waiting(
        self, process: Process | None = None, *, title: str = "", **more: Any
    ) -> tuple[Instance, WorkItem]:
        """Something that the clerk started and that waits for the head."""
        process = process or self.approval()
        instance = self.start(process, title=title or f"事项{secrets.token_hex(4)}", **more)
        return instance, self.open_item(instance, self.cast.head)

    def completes(self, item: WorkItem, by: Account | None = None, **fields: Any) -> HttpResponse:
        """What a browser sends with the buttons of a step."""
        data = {"item": str(item.pk), "outcome": "agree", "opinion": "", **fields}
        return self.client(by or self.cast.head).post(f"/workflow/{item.instance_id}/complete/", data)

    def asks(self, account: Account, path: str, **data: Any) -> HttpResponse:
        """A POST as a browser sends it."""
        return self.client(account).post(path, data)

    def elsewhere(self, make_bureau: Callable[..., BureauRef]) -> SiteClient:
        """Somebody who may do everything, in another bureau."""
        other = make_bureau()
        with bureau_context(other):
            world = open_pages(other)
        assert world.overseer is not None
        return SiteClient(other).login_as(world.overseer)


def open_pages(bureau: BureauRef) -> Pages:
    """Fill a bureau; the last of the four more oversees processes."""
    world = open_world(bureau)
    with bureau_context(bureau):
        overseer = world.extra[-1]
        role = role_create(actor=TESTER, name=f"监督{secrets.token_hex(4)}", codes=[OVERSEE])
        role_grant(actor=TESTER, role=role, subject=Subject.person(overseer))
    return Pages(world.bureau, world.cast, world.extra, overseer)


def said(response: HttpResponse) -> str:
    """The text of a page, without tags, on one line."""
    plain = re.sub(r"<(script|style|template)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", plain))
