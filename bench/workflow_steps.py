"""Steps that arrive whatever happens, and ten thousand timers of one minute. Part of `make bench AREA=workflow`.

Steps are done as browsers do them: over HTTP through the front proxy, with the two web processes of the product, and
with everything that belongs to them: the form, the engine, to-do items, notifications, the audit log. An open arrival
does not wait for the step before, so what a step waits for its turn counts as well. The timers are worked off by a
process of its own, as the worker does it. All of it shares the processors, the browsers included.
"""

import multiprocessing
import os
import queue
import secrets
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from asp.accounts.models import Account
from bench.results import Results, median, percentile
from bench.stalls import SERVERS
from bench.waking import wake_all
from office.workflow.models import Instance, ItemState, Step, WorkItem
from tenants.context import bureau_context
from tenants.keys import uuid7
from tests.faults.browser import Browser
from tests.office.workflow.running.world import AGREE, World, open_world, step, text
from tests.support.bpmn import bpmn
from tests.support.bureaus import open_bureau
from tests.support.client import SiteClient
from tests.support.stack import await_ready, site_of

RUNNING = 1_000
RATE = 10.0  # steps a second
SECONDS = 60
TIMERS = 10_000
BROWSERS = 8  # that do steps at the same time; more wait for one that is free
WEB = {"WEB_WORKERS": "2", "WEB_THREADS": "4"}

TIMER = """
  <startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="a"/>
  <userTask id="a" name="办理"><extensionElements><tb:performers><tb:performer kind="starter"/></tb:performers></extensionElements></userTask>
  <boundaryEvent id="late" attachedToRef="a" cancelActivity="true"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>
  <sequenceFlow id="f2" sourceRef="a" targetRef="e"/><sequenceFlow id="f3" sourceRef="late" targetRef="b"/>
  <userTask id="b" name="补办"><extensionElements><tb:performers><tb:performer kind="head" ref="starter"/></tb:performers></extensionElements></userTask>
  <sequenceFlow id="f4" sourceRef="b" targetRef="e"/><endEvent id="e"/>
"""


def run(results: Results) -> None:
    """Measure both; takes about four minutes."""
    world = open_world(open_bureau())
    given = {name: os.environ[name] for name in SERVERS if name in os.environ}
    with tempfile.TemporaryDirectory() as folder, site_of({**given, **WEB}, folder=Path(folder)) as site:
        site.supervisor.start(site.programs.answering())
        await_ready(site, 60)
        with bureau_context(world.bureau):
            people = [world.cast.head, *world.extra]
            office = Office(world, people, _running(world, people), site.programs.port)
            office.arrive(3)  # each process has served a step once
            alone = office.arrive(SECONDS)
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
            _timers(results, office)


def _running(world: World, people: Sequence[Account]) -> list[Instance]:
    """A thousand instances of a process with enough steps for both measurements."""
    process = world.publish(
        *(
            step(
                name,
                ("account", str(people[at % len(people)].pk)),
                outcomes=[AGREE],
                deadline={"amount": 3, "unit": "workdays"},
            )
            for at, name in enumerate("abcdefgh")
        ),
        fields=(text("reason"), text("opinion")),
    )
    return [world.start(process, values={"reason": "测量" * 20}) for _ in range(RUNNING)]


@dataclass
class Course:
    """How the steps went: seconds from the moment they were wanted, and how many a second."""

    seconds: list[float] = field(default_factory=list)
    rate: float = 0.0
    failures: list[str] = field(default_factory=list)


class Office:
    """The people of one bureau at their browsers, and the work that waits for them."""

    def __init__(self, world: World, people: Sequence[Account], made: Sequence[Instance], port: int) -> None:
        self.world = world
        self._made = made
        self._browsers = {each.pk: self._signed_in(each, port) for each in people}
        self._work: list[tuple[str, str, Browser]] = []
        self._taken: set[str] = set()
        self._mutex = threading.Lock()

    def _signed_in(self, account: Account, port: int) -> Browser:
        found = Browser(port=port, host=f"{self.world.bureau.slug}.{settings.ASP.base_domain}")
        client = SiteClient(self.world.bureau).login_as(account)
        found.cookies = {name: morsel.value for name, morsel in client.cookies.items()}
        assert found.get("/accounts/profile/").status == 200  # and the token for forms
        return found

    def _next(self) -> tuple[str, str, Browser]:
        """The address of something that waits, its item, and the browser of whoever has it."""
        with self._mutex:
            if not self._work:
                with bureau_context(self.world.bureau):
                    rows = WorkItem.objects.filter(instance__in=self._made, state=ItemState.OPEN)
                    found = list(rows.order_by("id").values_list("pk", "instance_id", "account_id"))
                for item, instance, account in found:
                    if str(item) not in self._taken:
                        address = f"/workflow/{instance}/complete/"
                        self._work.append((address, str(item), self._browsers[account]))
                self._work.reverse()
            address, item, browser = self._work.pop()
            self._taken.add(item)
            return address, item, browser

    def arrive(self, seconds: float, while_true: Callable[[], bool] = lambda: True) -> Course:
        """Let steps arrive at the rate, whether or not those before are done."""
        course, due = Course(), queue.SimpleQueue[float | None]()
        begun = time.monotonic()

        def handle() -> None:
            while (wanted := due.get()) is not None:
                address, item, browser = self._next()
                values = {"item": item, "outcome": "agree", "opinion": "同意"}
                answer = browser.post(address, values, key=secrets.token_urlsafe(12))
                if answer.status != 302:
                    course.failures.append(answer.words)
                course.seconds.append(time.monotonic() - wanted)

        threads = [threading.Thread(target=handle) for _ in range(BROWSERS)]
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
        assert not course.failures, course.failures[:3]
        course.rate = len(course.seconds) / (time.monotonic() - begun)
        return course


def _timers(results: Results, office: Office) -> None:
    """Ten thousand timers of the same minute, while people go on with their steps."""
    world = office.world
    process = world.publish_bpmn(bpmn(TIMER))
    _copies(world.start(process))
    Instance.objects.filter(process=process).update(next_due=timezone.now())
    context = multiprocessing.get_context("spawn")
    woken = context.Value("d", 0.0)
    worker = context.Process(target=wake_all, args=(world.bureau.id, woken))
    worker.start()
    course = office.arrive(300, while_true=worker.is_alive)
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
