"""The to-do page of somebody for whom five thousand things wait. `make bench AREA=workflow_todo`."""

import datetime
import time

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from asp.accounts.models import Account
from bench.results import Results, median, percentile
from office.workflow import services as workflow
from office.workflow.models import Instance, Process, ProcessVersion, WorkItem
from tenants.context import bureau_context
from tenants.keys import uuid7
from tenants.site import BureauRef
from tests.support.bureaus import open_bureau
from tests.support.client import SiteClient
from tests.support.people import people

OPEN = 5_000
DONE = 20_000
PROCESSES = 12
ROUNDS = 60
STATEMENTS = 12


def run(results: Results) -> None:
    """Measure the area; takes about half a minute."""
    bureau = open_bureau()
    cast = people(bureau)
    with bureau_context(bureau):
        fill(cast.head, cast.clerk)
        client, quiet = SiteClient(bureau).login_as(cast.head), SiteClient(bureau).login_as(cast.outsider)
        pages(results, bureau, client, quiet, cast.head)


def fill(person: Account, starter: Account) -> None:
    """Twelve processes with instances, and everything that waits for or was done by one person."""
    now = timezone.now()
    processes = [
        Process(id=uuid7(), code=f"bench{number}", name=f"流程{number}", name_en=f"Process {number}")
        for number in range(PROCESSES)
    ]
    Process.objects.bulk_create(processes)
    versions = [
        ProcessVersion(
            id=uuid7(),
            process=each,
            number=1,
            name=each.name,
            bpmn="",
            spec={"digest": ""},
            form={},
            engine="",
        )
        for each in processes
    ]
    ProcessVersion.objects.bulk_create(versions)
    # As heavy as those of real life, so that reading too much would show.
    state, values = {"state": "x" * 4000}, {"text": "内容" * 400}
    instances = [
        Instance(
            id=uuid7(),
            process=processes[number % PROCESSES],
            version=versions[number % PROCESSES],
            number=number,
            title=f"关于第{number}号事项的申请",
            starter=starter,
            starter_name=starter.name,
            values=values,
            state_data=state,
        )
        for number in range(OPEN)
    ]
    Instance.objects.bulk_create(instances, batch_size=500)
    items = [
        WorkItem(
            id=uuid7(),
            instance=instances[number % OPEN],
            source="workflow",
            about=instances[number % OPEN].pk,
            title=instances[number % OPEN].title,
            step_name="审核",
            step_name_en="Review",
            from_name=starter.name,
            account=person,
            state="open" if number < OPEN else "done",
            arrived_at=now,
            due_at=now + datetime.timedelta(hours=number - 200),
            yellow_at=now + datetime.timedelta(hours=number - 230),
            done_at=None if number < OPEN else now - datetime.timedelta(minutes=number),
        )
        for number in range(OPEN + DONE)
    ]
    WorkItem.objects.bulk_create(items, batch_size=1000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def pages(
    results: Results, bureau: BureauRef, client: SiteClient, quiet: SiteClient, person: Account
) -> None:
    """The list, filtered, far behind, what was done; the number in the rail; the block of the workbench."""
    del bureau
    bare = [_took(quiet, "/workflow/") for _round in range(ROUNDS)]
    results.add("to-do page, nothing waits, p50", median(bare) * 1000, "ms")
    for name, path in (
        (f"to-do page, {OPEN} open", "/workflow/"),
        ("filtered by words", "/workflow/?q=第77"),
        ("overdue only", "/workflow/?light=red"),
        ("page 60", "/workflow/?page=60"),
        (f"{DONE} done", "/workflow/done/"),
        (f"{OPEN} started", "/workflow/started/"),
        ("the workbench", "/"),
        ("the number in the rail", "/workflow/count/"),
    ):
        taken = [_took(client, path) for _round in range(ROUNDS)]
        results.at_most(
            f"{name}, p95", percentile(taken, 0.95) * 1000, "ms", 200,
            baseline="nothing waits, p50", ratio=median(taken) / median(bare),
        )  # fmt: skip
    for name, whose in (("nothing waits", quiet), (f"{OPEN} open", client)):
        began = time.process_time()
        for _round in range(ROUNDS):
            whose.get("/workflow/")
        spent = (time.process_time() - began) / ROUNDS * 1000
        results.add(f"processor time of a to-do page without PostgreSQL's, {name}", spent, "ms")
    with CaptureQueriesContext(connection) as queries:
        client.get("/workflow/")
    results.at_most("statements of the to-do page", len(queries), "", STATEMENTS)
    began = time.perf_counter()
    brief = workflow.todo_brief(account=Account.objects.get(pk=person.pk))
    results.add("the block of the workbench alone", (time.perf_counter() - began) * 1000, "ms")
    assert brief is not None
    assert brief.counts.open == OPEN


def _took(client: SiteClient, path: str) -> float:
    began = time.perf_counter()
    response = client.get(path)
    assert response.status_code == 200, (path, response.status_code)
    return time.perf_counter() - began
