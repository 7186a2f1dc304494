"""A bureau with somebody who makes processes (the head), a clerk who does not, and short ways to a draft."""

import secrets
from dataclasses import dataclass
from typing import Any

from asp.accounts.services import role_create, role_grant
from asp.accounts.subjects import Subject
from asp.audit.actor import Actor
from office.organization.services import department_update
from office.workflow import services
from office.workflow.models import Process
from office.workflow.permissions import DESIGN
from tenants.context import bureau_context
from tenants.site import BureauRef
from tests.support.client import SiteClient
from tests.support.people import TESTER, Cast, people

Json = dict[str, Any]
AGREE: Json = {"value": "agree", "label": "同意", "label_en": "Agree", "goto": "next"}
DISAGREE: Json = {"value": "disagree", "label": "不同意", "label_en": "Disagree", "goto": "end"}


def step(name: str, *performers: str, **more: Any) -> Json:
    """A step; a performer is `kind` or `kind:ref`."""
    made = []
    for each in performers or ("starter",):
        kind, _colon, ref = each.partition(":")
        made.append({"kind": kind, "ref": ref} if ref else {"kind": kind})
    return {"id": name, "name": f"环节{name}", "performers": made, **more}


def listed(*steps: Json, name: str = "流程") -> Json:
    return {"id": "p", "name": name, "steps": list(steps)}


def form(*fields: Json) -> Json:
    return {
        "format": 1,
        "title": {"zh": "申请", "en": "Request"},
        "sections": [{"name": "main", "title": {"zh": "内容", "en": "Content"}, "fields": list(fields)}],
    }


def field(name: str, kind: str = "text", **more: Any) -> Json:
    return {"name": name, "kind": kind, "label": {"zh": f"{name}栏", "en": f"The {name}"}, **more}


@dataclass
class Office:
    """`head` may make processes; `clerk` may not."""

    bureau: BureauRef
    cast: Cast

    @property
    def actor(self) -> Actor:
        return Actor.of_account(self.cast.head)

    @property
    def other(self) -> Actor:
        return Actor.of_account(self.cast.clerk)

    def client(self, who: str = "head") -> SiteClient:
        return SiteClient(self.bureau).login_as(getattr(self.cast, who))

    def process(self, *steps: Json, fields: tuple[Json, ...] = (), **more: Any) -> Process:
        """A process with a draft."""
        process = services.process_create(
            actor=self.actor, name=f"流程{secrets.token_hex(3)}", code=f"p{secrets.token_hex(4)}", **more
        )
        if fields:
            process = services.draft_form_save(actor=self.actor, process=process, form=form(*fields))
        if steps:
            process = services.draft_steps_save(actor=self.actor, process=process, steps=listed(*steps))
        return process

    def published(self, *steps: Json, **more: Any) -> Process:
        """A process with a version."""
        process = self.process(*(steps or (step("a", outcomes=[AGREE, DISAGREE]),)), **more)
        services.version_publish(actor=self.actor, process=process)
        process.refresh_from_db()
        return process


def open_office(bureau: BureauRef) -> Office:
    """Fill a bureau."""
    cast = people(bureau)
    with bureau_context(bureau):
        role = role_create(actor=TESTER, name="流程管理员", codes=[DESIGN])
        role_grant(actor=TESTER, role=role, subject=Subject.person(cast.head))
        department_update(actor=TESTER, department=cast.office, name=cast.office.name, head=cast.head.pk)
    return Office(bureau, cast)
