"""One bureau with something in every function, all of it marked, so that a leak is seen anywhere."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone
from django_otp.util import random_hex

from asp.accounts.services import link_issue, role_create, role_grant
from asp.accounts.services.factors import device_store
from asp.accounts.subjects import PERSON, Subject
from asp.accounts.testing import sign_in
from asp.assurance.runner import Result
from asp.assurance.services import run_store
from asp.audit.actor import Actor
from asp.audit.tasks import verify_log
from asp.blobs.services import blob_write
from asp.jobs import job_start
from asp.notify.services import announce
from asp.ui.moments import today
from asp.workdays import calendar_for_site
from asp.workdays.models import DeadlineChange
from asp.workdays.services import local_day_add
from office.documents import services as documents
from office.library import services as library
from office.library.models import Level
from office.notices.models import HostNotice
from office.offers.models import RoleOffer
from office.organization.services import import_begin
from office.workflow import services as workflow
from office.workflow.bpmn import gate
from office.workflow.bpmn.spec import compile_definition
from office.workflow.bpmn.steps import steps_from_json, write_steps
from office.workflow.models import FormFile, Process, ProcessVersion
from tenants.context import bureau_context
from tenants.isolation.registry import find, held
from tenants.keys import uuid7
from tenants.site import BureauRef
from tests.support.people import TESTER, Cast, people

MARK = "泄漏甲"


def processes(cast: Cast) -> None:
    """A process, something that runs and waits for the head, an attachment, an absence."""
    review = {
        "id": "review",
        "name": f"{MARK}审核",
        "performers": [{"kind": "account", "ref": str(cast.head.pk)}],
        "outcomes": [{"value": "agree", "label": "同意", "goto": "next"}],
    }
    drawn = write_steps(steps_from_json({"id": "drawn", "name": f"{MARK}流程", "steps": [review]}))
    report = gate.check(drawn)
    assert report.definition is not None
    field = {"name": "reason", "kind": "text", "label": {"zh": f"{MARK}事由"}}
    section = {"name": "main", "title": {"zh": f"{MARK}内容"}, "fields": [field]}
    process = Process.objects.create(code="marked", name=f"{MARK}流程", draft_bpmn=drawn.decode())
    process.current = ProcessVersion.objects.create(
        process=process,
        number=1,
        name=process.name,
        bpmn=drawn.decode(),
        spec=compile_definition(report.definition),
        form={"format": 1, "title": {"zh": f"{MARK}申请"}, "sections": [section]},
        engine="test",
    )
    process.save()
    clerk = Actor.of_account(cast.clerk)
    instance = workflow.start(
        actor=clerk, process=process, starter=cast.clerk, values={"reason": MARK}, title=f"{MARK}事项"
    )
    blob = blob_write(actor=clerk, data=MARK.encode(), filename="a.txt", media_type="text/plain")
    FormFile.objects.create(
        instance=instance,
        account=cast.clerk,
        account_name=MARK,
        blob_id=blob.pk,
        name=f"{MARK}附件.txt",
        size=9,
    )
    begins = timezone.now() + timedelta(days=90)
    workflow.absence_set(
        actor=clerk,
        account=cast.clerk,
        deputy=cast.head,
        begins=begins,
        ends=begins + timedelta(days=2),
        note=MARK,
    )


def numbers(cast: Cast) -> None:
    """A code with its register: a number in use, one that is reserved."""
    head = Actor.of_account(cast.head)
    code = documents.code_create(actor=head, code=f"{MARK}发", style="yearly", use=MARK)
    entry = documents.Entry(
        title=f"{MARK}通知", kind="notice", signed_on=today(), addressee=MARK, signer=MARK
    )
    documents.number_take(actor=head, account=cast.head, code=code, entry=entry)
    documents.numbers_reserve(actor=head, account=cast.head, code=code, title=f"{MARK}预留", until=today())


def furnish(bureau: BureauRef) -> Cast:
    """Fill `bureau` and return its cast; every name and text in it carries MARK."""
    cast = people(bureau, mark=MARK)
    with bureau_context(bureau):
        head = Actor.of_account(cast.head)
        role = role_create(
            actor=Actor.of_account(cast.security),
            name=f"{MARK}角色",
            codes=[
                "library.use",
                "workflow.process.design",
                "workflow.instance.oversee",
                "documents.number.register",
                "documents.number.manage",
            ],
        )
        role_grant(actor=Actor.of_account(cast.security), role=role, subject=Subject(PERSON, cast.head.pk))
        cabinet = library.cabinet_open_personal(actor=head, account=cast.head)
        top = library.folder_get_for(account=cast.head, node_id=cabinet.pk)
        folder = library.folder_create(actor=head, parent=top, name=f"{MARK}文件夹")
        for number in range(2):
            blob = blob_write(
                actor=head, data=f"{MARK} {number}".encode(), filename="a.txt", media_type="text/plain"
            )
            file, _version = library.file_store(actor=head, place=folder, name=f"{MARK}文件.txt", blob=blob)
        gone = library.folder_create(actor=head, parent=top, name=f"{MARK}已删")
        library.nodes_trash(actor=head, nodes=[gone])
        library.access_grant(
            actor=head, node=folder, subject=Subject(PERSON, cast.clerk.pk), level=Level.VIEW
        )
        link_issue(actor=TESTER, account=cast.clerk, purpose="reset", channel="slip")
        sign_in(Client(), cast.head)
        device_store(cast.head, random_hex(20), None)
        import_begin(actor=Actor.of_account(cast.system), blob=blob, filename=f"{MARK}.xlsx")
        HostNotice.objects.create(
            id=uuid7(), title=f"{MARK}公告", text=f"{MARK}", published_at=timezone.now()
        )
        RoleOffer.objects.create(
            id=uuid7(),
            revision=1,
            version=1,
            name=f"{MARK}模板",
            published_at=timezone.now(),
            codes=["library.use"],
        )
        announce(
            kind="library.shared",
            to=[each.pk for each in (*cast.staff, *cast.administrators)],
            params={"name": MARK},
        )
        local_day_add(
            actor=Actor.of_account(cast.system),
            day=calendar_for_site().nth_after(today(), 30),
            works=False,
            reason=f"{MARK}县庆",
        )
        DeadlineChange.objects.create(kind="library.file", object_id=folder.pk, reasons=[])
        probe = find("cache.keys")
        assert probe is not None
        run_store(
            actor=Actor.of_account(cast.audit),
            run_id=uuid7(),
            started_at=timezone.now(),
            results=[Result(probe, held(MARK))],
        )
        processes(cast)
        numbers(cast)
        job_start(
            actor=Actor.of_account(cast.system),
            job=verify_log,
            title_params={"name": MARK},
        )
    return cast
