"""What the insight costs with 20,000 instances in a bureau. `make bench AREA=workflow_insight`.

The baseline is counting the rows of the steps: what any figure over them costs at least.
"""

import datetime
import random
import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.utils import timezone

from asp.accounts.models import Account
from asp.accounts.services import role_create, role_grant
from asp.accounts.subjects import Subject
from asp.forms import blank
from bench.results import Results, median, percentile
from office.workflow.bpmn import spec
from office.workflow.bpmn.gate import check
from office.workflow.bpmn.steps import steps_from_json, write_steps
from office.workflow.insight import simulator
from office.workflow.models import Event, Instance, Process, ProcessVersion, Step, WorkItem
from office.workflow.permissions import OVERSEE
from tenants.context import bureau_context
from tenants.keys import uuid7
from tests.support.bureaus import open_bureau
from tests.support.client import SiteClient
from tests.support.people import TESTER, Cast, people

INSTANCES = 20_000
RUNNING = 1_000
STEPS = 5
ROUNDS = 20
PORTION = 2_000
DAYS = 85
AGREE = {"value": "agree", "label": "同意", "goto": "next"}
HOUR = datetime.timedelta(hours=1)


def run(results: Results) -> None:
    """Fill a bureau (a minute or two), then ask for the pages; wall time of the whole request."""
    bureau = open_bureau()
    cast = people(bureau)
    with bureau_context(bureau):
        role = role_create(actor=TESTER, name="督办", codes=[OVERSEE])
        role_grant(actor=TESTER, role=role, subject=Subject.person(cast.head))
        process = _process(cast)
        _fill(process, cast)
        with connection.cursor() as cursor:
            for table in ("instance", "step", "workitem", "event"):
                cursor.execute(f"ANALYZE workflow_{table}")
        counting = [
            _timed(lambda: Step.objects.filter(ended_at__isnull=False).count()) for _ in range(ROUNDS)
        ]
    base = median(counting)
    results.add("counting the rows of the steps", base, "ms")
    client = SiteClient(bureau).login_as(cast.head)
    pages = {
        "all processes": "/workflow/insight/",
        "one process, 90 days": f"/workflow/insight/{process.pk}/",
        "one process, 30 days": f"/workflow/insight/{process.pk}/?since={_ago(29)}",
        "all instances": "/workflow/insight/instances/",
        "all instances, late only": "/workflow/insight/instances/?late=1",
    }
    for name, address in pages.items():
        times = [_timed(lambda address=address: _page(client, address)) for _ in range(ROUNDS)]
        results.add(f"{name}, median", median(times), "ms", baseline="counting", ratio=median(times) / base)
        results.at_most(f"{name}, p95", percentile(times, 0.95), "ms", 500)
    with bureau_context(bureau):
        process = Process.objects.select_related("current").get(pk=process.pk)
        today = timezone.now().date()
        spent = _timed(lambda: simulator.simulate(process, today - datetime.timedelta(days=DAYS), today))
    results.at_most(f"simulating {simulator.MOST} instances", spent / 1000, "s", 120)


def _page(client: SiteClient, address: str) -> None:
    answer = client.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address}: {answer.status_code}")


def _timed(act: Callable[[], Any]) -> float:
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1000


def _ago(days: int) -> str:
    return (timezone.now() - datetime.timedelta(days=days)).date().isoformat()


def _process(cast: Cast) -> Process:
    steps = [
        {
            "id": f"step{number}",
            "name": f"环节{number}",
            "performers": [{"kind": "account", "ref": str(cast.staff[number % 3].pk)}],
            "deadline": {"amount": 2, "unit": "workdays"},
            "outcomes": [AGREE, {"value": "disagree", "label": "不同意", "goto": "end"}],
        }
        for number in range(STEPS)
    ]
    content = write_steps(steps_from_json({"id": "bench", "name": "流程", "steps": steps}))
    definition = check(content).definition
    assert definition is not None
    # The draft has one step more.
    added = {**steps[0], "id": "added", "name": "新环节"}
    draft = write_steps(steps_from_json({"id": "bench", "name": "流程", "steps": [*steps, added]}))
    process = Process.objects.create(
        code="bench", name="流程", draft_bpmn=draft.decode(), draft_form=blank("流程", "")
    )
    process.current = ProcessVersion.objects.create(
        process=process, number=1, name="流程", bpmn=content.decode(),
        spec=spec.compile_definition(definition), form=blank("流程", ""), engine="bench",
    )  # fmt: skip
    process.save()
    return process


def _fill(process: Process, cast: Cast) -> None:
    chance = random.Random(20)
    now = timezone.now()
    for first in range(0, INSTANCES, PORTION):
        rows: dict[type, list[Any]] = {Instance: [], Step: [], WorkItem: [], Event: []}
        for number in range(first, first + PORTION):
            _instance(rows, process, cast, number, now, chance)
        for model, made in rows.items():
            model._default_manager.bulk_create(made, batch_size=1000)  # type: ignore[attr-defined]
        Instance.objects.bulk_update(rows[Instance], ["created_at"], batch_size=500)


def _instance(
    rows: dict[type, list[Any]], process: Process, cast: Cast, number: int, now: datetime.datetime, chance: random.Random
) -> None:  # fmt: skip
    begins = now - datetime.timedelta(minutes=chance.randrange(60, DAYS * 24 * 60))
    ends = number >= RUNNING
    starter: Account = cast.staff[number % 3]
    instance = Instance(
        process=process, version_id=process.current_id, number=number + 1, title=f"申请 {number}", starter=starter,
        starter_name=starter.name, department_id=cast.section.pk, department_name=cast.section.name, created_at=begins,
    )  # fmt: skip
    rows[Instance].append(instance)
    rows[Event].append(_event(instance, None, "started", begins))
    at = begins
    # A few go back, a few are refused early: some hundred different ways.
    path = [f"step{each}" for each in range(STEPS)]
    while chance.random() < 0.15:
        back = chance.randrange(1, len(path))
        path[back:back] = path[max(0, back - 2) : back]
    for place, node in enumerate(path):
        span = HOUR * chance.expovariate(1 / 12)
        is_last = place == len(path) - 1
        is_open = not ends and is_last
        step = Step(
            instance=instance, task_id=uuid7(), node=node, name=f"环节{node[4:]}", began_at=at, due_at=at + 48 * HOUR,
            amount=2, unit="workdays", round=path[: place + 1].count(node),
        )  # fmt: skip
        person = cast.staff[int(node[4:]) % 3]
        item = WorkItem(
            step=step, instance=instance, source="workflow", title=instance.title, account=person, arrived_at=at,
            due_at=step.due_at,
        )  # fmt: skip
        rows[Event].append(_event(instance, step, "arrived", at))
        if not is_open:
            returned = not is_last and path[place + 1] <= node
            step.state, step.ended_at, step.outcome = "returned" if returned else "done", at + span, "agree"
            item.state, item.done_at, item.done_by, item.read_at = "done", at + span, person, at + span / 2
            rows[Event].append(_event(instance, step, "returned" if returned else "done", at + span))
            at += span
        rows[Step].append(step)
        rows[WorkItem].append(item)
    if ends:
        instance.state, instance.ended_at = "completed", at
        rows[Event].append(_event(instance, None, "completed", at))


def _event(instance: Instance, step: Step | None, kind: str, at: datetime.datetime) -> Event:
    return Event(instance=instance, step=step, node=step.node if step else "", kind=kind, occurred_at=at)
