"""Processes as an office feels them: steps that arrive whatever happens, and ten thousand timers of one minute.

`make bench AREA=workflow`. Steps are done through the page's own address, with everything that belongs to them: the
form, the engine, to-do items, notifications, the audit log. An open arrival does not wait for the step before, so what
a step waits for its turn counts as well. The timers are worked off by a process of its own, as the worker does it.
"""

import multiprocessing
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.db import connection
from django.utils import timezone

from asp.accounts.models import Account
from bench import workflow_engine, workflow_insight, workflow_todo
from bench.results import Results, median, percentile
from bench.waking import wake_all
from office.workflow.models import Instance, ItemState, Step, WorkItem
from tenants.context import bureau_context
from tenants.keys import uuid7
from tenants.site import BureauRef
from tests.office.workflow.running.world import AGREE, World, open_world, step, text
from tests.support.bpmn import bpmn
from tests.support.bureaus import open_bureau
from tests.support.client import SiteClient

RUNNING = 1_000
RATE = 10.0  # steps a second
SECONDS = 60
TIMERS = 10_000
THREADS = 8

TIMER = """
  <startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="a"/>
  <userTask id="a" name="办理"><extensionElements><tb:performers><tb:performer kind="starter"/></tb:performers></extensionElements></userTask>
  <boundaryEvent id="late" attachedToRef="a" cancelActivity="true"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>
  <sequenceFlow id="f2" sourceRef="a" targetRef="e"/><sequenceFlow id="f3" sourceRef="late" targetRef="b"/>
  <userTask id="b" name="补办"><extensionElements><tb:performers><tb:performer kind="head" ref="starter"/></tb:performers></extensionElements></userTask>
  <sequenceFlow id="f4" sourceRef="b" targetRef="e"/><endEvent id="e"/>
"""


def run(results: Results) -> None:
    """Measure the area; takes about four minutes."""
    for part in (workflow_engine, workflow_todo, workflow_insight):
        part.run(results)
    bureau = open_bureau()
    world = open_world(bureau)
    with bureau_context(bureau):
        people = [world.cast.head, *world.extra]
        work = _running(world, people)
        alone = _arrive(bureau, people, work, SECONDS)
        results.add(
            "steps a second that were done",
            alone.rate,
            "/s",
            target=f"≥ {RATE * 0.95:g} /s",
            met=alone.rate >= RATE * 0.95,
        )
        results.at_most(
            f"a step, {RUNNING:,} running, {RATE:g} a second: p95",
            percentile(alone.seconds, 0.95) * 1000,
            "ms",
            300,
        )
        results.add("a step, p50", median(alone.seconds) * 1000, "ms")
        _timers(results, world, people, work)


def _running(world: World, people: Sequence[Account]) -> "queue.SimpleQueue[tuple[Account, WorkItem]]":
    """A thousand instances of a process with enough steps for both measurements; what waits, in line."""
    names = "abcdefgh"
    process = world.publish(
        *(
            step(
                name,
                ("account", str(people[at % len(people)].pk)),
                outcomes=[AGREE],
                deadline={"amount": 3, "unit": "workdays"},
            )
            for at, name in enumerate(names)
        ),
        fields=(text("reason"), text("opinion")),
    )
    made = [world.start(process, values={"reason": "测量" * 20}) for _ in range(RUNNING)]
    work: queue.SimpleQueue[tuple[Account, WorkItem]] = queue.SimpleQueue()
    by_id = {each.pk: each for each in people}
    for item in WorkItem.objects.filter(instance__in=made, state=ItemState.OPEN).order_by("id"):
        work.put((by_id[item.account_id], item))
    return work


@dataclass
class Course:
    """How the steps went: seconds from the moment they were wanted, and how many a second."""

    seconds: list[float] = field(default_factory=list)
    rate: float = 0.0


def _arrive(
    bureau: BureauRef,
    people: Sequence[Account],
    work: "queue.SimpleQueue[tuple[Account, WorkItem]]",
    seconds: float,
    while_true: Callable[[], bool] = lambda: True,
) -> Course:
    """Let steps arrive at the rate, whether or not those before are done."""
    course, due = Course(), queue.SimpleQueue[float | None]()
    begun = time.monotonic()

    def handle() -> None:
        clients = {each.pk: SiteClient(bureau).login_as(each) for each in people}
        with bureau_context(bureau):
            while (wanted := due.get()) is not None:
                account, item = work.get()
                answer = clients[account.pk].post(
                    f"/workflow/{item.instance_id}/complete/",
                    {"item": str(item.pk), "outcome": "agree", "opinion": "同意"},
                )
                assert answer.status_code == 302, answer.content[:300]
                course.seconds.append(time.monotonic() - wanted)
                following = WorkItem.objects.filter(
                    instance_id=item.instance_id, state=ItemState.OPEN
                ).first()
                if following is not None:
                    work.put((next(each for each in people if each.pk == following.account_id), following))
            connection.close()

    threads = [threading.Thread(target=handle) for _ in range(THREADS)]
    for each in threads:
        each.start()
    number = 0
    while time.monotonic() - begun < seconds and while_true():
        wanted = begun + number / RATE
        time.sleep(max(0.0, wanted - time.monotonic()))
        due.put(wanted)
        number += 1
    for _ in threads:
        due.put(None)
    for each in threads:
        each.join()
    course.rate = len(course.seconds) / (time.monotonic() - begun)
    return course


def _timers(
    results: Results,
    world: World,
    people: Sequence[Account],
    work: "queue.SimpleQueue[tuple[Account, WorkItem]]",
) -> None:
    """Ten thousand timers of the same minute, while people go on with their steps."""
    process = world.publish_bpmn(bpmn(TIMER))
    _copies(world.start(process))
    Instance.objects.filter(process=process).update(next_due=timezone.now())
    context = multiprocessing.get_context("spawn")
    woken = context.Value("d", 0.0)
    worker = context.Process(target=wake_all, args=(world.bureau.id, woken))
    worker.start()
    course = _arrive(world.bureau, people, work, 300, while_true=worker.is_alive)
    worker.join()
    left = Instance.objects.filter(process=process, next_due__isnull=False).count()
    moved = Step.objects.filter(instance__process=process, node="b", state="open").count()
    assert (left, moved, worker.exitcode) == (0, TIMERS, 0), (left, moved, worker.exitcode)
    results.at_most(f"{TIMERS:,} timers of one minute", woken.value, "s", 60)
    results.at_most("a step beside them, p95", percentile(course.seconds, 0.95) * 1000, "ms", 500)


def _copies(model: Instance) -> None:
    """Nine thousand nine hundred ninety-nine more like it: their engine waits for the same hour."""
    (former,) = Step.objects.filter(instance=model)
    (item,) = WorkItem.objects.filter(instance=model)
    instances, steps, items = [], [], []
    for number in range(2, TIMERS + 1):
        instance = Instance.objects.model(
            **{each.attname: getattr(model, each.attname) for each in Instance._meta.concrete_fields}
        )
        instance.pk, instance.number = uuid7(), number
        instances.append(instance)
        mine = Step(**{each.attname: getattr(former, each.attname) for each in Step._meta.concrete_fields})
        mine.pk, mine.instance = uuid7(), instance
        steps.append(mine)
        part = WorkItem(
            **{each.attname: getattr(item, each.attname) for each in WorkItem._meta.concrete_fields}
        )
        part.pk, part.instance, part.step = uuid7(), instance, mine
        items.append(part)
    for rows in (instances, steps, items):
        type(rows[0]).objects.bulk_create(rows, batch_size=500)
