"""Processes of the bureau of the isolation tests: one in every state that has an address, all of it marked."""

import datetime

from django.utils import timezone

from asp.accounts.models import Account
from asp.audit.actor import Actor
from asp.blobs.services import blob_write
from office.workflow import services as workflow
from office.workflow.models import FormFile, Instance, Process, WorkItem
from tests.support.people import Cast


def furnish_processes(cast: Cast, mark: str) -> None:
    """The head draws, starts, has it in hand, is absent in a while; the clerk has something to read."""
    head, clerk = cast.head, cast.clerk
    process = _process(head, clerk, mark, "step")
    for _version in range(2):
        workflow.draft_steps_save(
            actor=Actor.of_account(head), process=process, steps=_steps(head, clerk, mark, "step")
        )
    first = _start(process, head, mark)
    _start(process, clerk, mark)
    blob = blob_write(
        actor=Actor.of_account(head), data=mark.encode(), filename="a.txt", media_type="text/plain"
    )
    FormFile.objects.create(
        instance=first,
        account=head,
        account_name=head.name,
        blob_id=blob.pk,
        name=f"{mark}附件.txt",
        size=blob.size,
    )
    item = WorkItem.objects.get(instance=first, account=head, state="open")
    workflow.complete(actor=Actor.of_account(head), item=item, account=head, opinion=f"{mark}意见")
    workflow.follow(account=head, instance=first)
    suspended = _start(process, head, mark)
    workflow.suspend(actor=Actor.of_account(head), instance=suspended, reason=f"{mark}理由")
    _start(process, head, mark)
    begins = timezone.now() + datetime.timedelta(days=30)
    workflow.absence_set(
        actor=Actor.of_account(head),
        account=head,
        deputy=clerk,
        begins=begins,
        ends=begins + datetime.timedelta(days=1),
    )


def _process(head: Account, clerk: Account, mark: str, step: str) -> Process:
    actor = Actor.of_account(head)
    process = workflow.process_create(actor=actor, name=f"{mark}流程", code="marked")
    workflow.draft_form_save(actor=actor, process=process, form=_form(mark))
    process.refresh_from_db()
    workflow.draft_steps_save(actor=actor, process=process, steps=_steps(head, clerk, mark, step))
    process.refresh_from_db()
    workflow.version_publish(actor=actor, process=process)
    process.refresh_from_db()
    return process


def _form(mark: str) -> dict[str, object]:
    field = {"name": "reason", "kind": "text", "label": {"zh": f"{mark}事由", "en": f"{mark} reason"}}
    return {
        "format": 1,
        "title": {"zh": f"{mark}申请", "en": f"{mark} request"},
        "sections": [{"name": "main", "title": {"zh": mark}, "fields": [field]}],
    }


def _steps(head: Account, clerk: Account, mark: str, step: str) -> dict[str, object]:
    return {
        "id": "marked",
        "name": f"{mark}流程",
        "steps": [
            {
                "id": step,
                "name": f"{mark}环节",
                "performers": [{"kind": "account", "ref": str(head.pk)}],
                "deadline": {"amount": 3, "unit": "workdays"},
                "copies": [{"kind": "account", "ref": str(clerk.pk)}],
            },
            {"id": "second", "name": f"{mark}后续", "performers": [{"kind": "account", "ref": str(head.pk)}]},
        ],
    }


def _start(process: Process, starter: Account, mark: str) -> Instance:
    return workflow.start(
        actor=Actor.of_account(starter),
        process=process,
        starter=starter,
        values={"reason": f"{mark}事由"},
        title=f"{mark}请示",
    )
