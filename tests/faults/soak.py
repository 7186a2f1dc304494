"""`make soak`: hours of bad luck in one (长时间故障演练). Everything is killed again and again while people work.

Runs on a stack of its own until so many kills were survived and so many acts were acknowledged, or the time is
over; then everything comes to rest and the checkers look. Writes `.data/soak.json` as `make bench` writes its file.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import shutil
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bench.results import Results, median, percentile
from infra.tools import ROOT

if TYPE_CHECKING:
    from tests.faults.soak_end import Rest
    from tests.faults.storm import World

DATA = ROOT / ".data" / "soak"
CLIENTS = 12
AHEAD = 5  # kills before the work that they are meant for
# Not more at once than a county has: they wait for a database that recovers, and press again together.
HEAVY = {"openings": 1, "large files": 2, "imports": 2, "applications": 2, "checks of the log": 1}


@dataclass
class Course:
    """How one run goes."""

    world: World
    kills_wanted: int
    acts_wanted: int
    ends_at: float
    random: random.Random = field(default_factory=lambda: random.Random(20261127))
    recoveries: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failures: list[str] = field(default_factory=list)
    told: Counter[str] = field(default_factory=Counter)
    stopped: threading.Event = field(default_factory=threading.Event)
    last_kill: float = 0.0

    @property
    def kills(self) -> int:
        return sum(map(len, self.recoveries.values()))

    def is_ahead(self) -> bool:
        """Whether more was killed than its share: kills are spread over all of the work."""
        share = self.world.ledger.acts / self.acts_wanted
        return self.kills > self.kills_wanted * share + AHEAD

    def is_over(self) -> bool:
        enough = self.kills >= self.kills_wanted and self.world.ledger.acts >= self.acts_wanted
        return self.stopped.is_set() or enough or time.monotonic() > self.ends_at


def victims(world: World) -> dict[str, Callable[[], int]]:
    """What can be killed, by name; each gives the former pid (0: nothing that the supervisor would restart)."""
    stack = world.stack

    def unnamed(kill: Callable[[], int]) -> Callable[[], int]:
        def wrapped() -> int:
            kill()
            return 0

        return wrapped

    def named(name: str) -> Callable[[], int]:
        return lambda: stack.kill(name)

    def wiped() -> int:
        stack.wipe_valkey()
        return stack.kill("valkey")

    running = set(stack.status()) - {"postgres", "valkey", "catcher"}
    return {
        **{name: named(name) for name in sorted(running)},
        "postgres": named("postgres"),
        "valkey": wiped,
        "one process of web": unnamed(lambda: stack.kill_child("web")),
        "a backend of PostgreSQL": unnamed(stack.kill_backend),
    }


def hurt(course: Course) -> None:
    """Kill one part after the other, each at its own moment, as long as anybody works."""
    from tests.faults.stack import Late, until

    stack = course.world.stack
    kinds, order = victims(course.world), list[str]()
    while not course.is_over():
        if not order:
            order = course.random.sample(sorted(kinds), len(kinds))
        name = order.pop()
        while course.is_ahead() and not course.is_over():
            time.sleep(0.1)
        time.sleep(course.random.uniform(0.2, 2.0))  # the moment is meant to be any
        began = time.monotonic()
        try:
            former = kinds[name]()
            if former:
                stack.recovered(name, former)
            else:
                until(stack.is_ready, within=45, what=f"/readyz says 200 after kill -9 of {name}")
        except (Late, IndexError, KeyError, ProcessLookupError, FileNotFoundError) as error:
            if isinstance(error, Late):
                course.failures.append(f"{name} did not come back: {str(error).splitlines()[0]}")
                course.stopped.set()
            continue
        course.recoveries[name].append(time.monotonic() - began)
        course.last_kill = began  # the time that it takes to come back counts as well


def work(course: Course, number: int, permits: dict[str, threading.Semaphore]) -> None:
    """One client: story after story."""
    from tests.faults.stories import STORIES

    dice = random.Random(number)
    names = [each for each in STORIES for _ in range(each.share)]
    while not course.is_over():
        story = dice.choice(names)
        permit = permits.get(story.name)
        if permit and not permit.acquire(blocking=False):
            continue
        try:
            story.tell(course.world)
            course.told[story.name] += 1
        except Exception as error:  # noqa: BLE001 - whatever a client meets is a finding, not the end of the run
            course.failures.append(finding := f"{story.name}: {type(error).__name__}: {str(error)[:300]}")
            print(f"  finding: {finding}", flush=True)
        finally:
            if permit:
                permit.release()


@contextlib.contextmanager
def running(port: int) -> Iterator[World]:
    """A stack of its own, with people in it."""
    from tests.faults.stack import RunningStack

    shutil.rmtree(DATA, ignore_errors=True)
    DATA.mkdir(parents=True)
    stack = RunningStack(DATA, port=port)
    stack.start()
    try:
        os.environ.update(
            stack.environment(), ASP_DB_LOGIN="app", DJANGO_SETTINGS_MODULE="asp.config.settings"
        )
        import django

        django.setup()
        from tests.faults.storm import enter

        yield enter(stack)
    finally:
        stack.stop()


def report(course: Course, results: Results, *, minutes: float, rest: Rest, problems: list[str]) -> None:
    """The figures, each against what was wanted."""
    ledger = course.world.ledger
    lost = [text for text in problems if "acknowledged" in text]
    results.add(
        "kills", course.kills, "", target=f"≥ {course.kills_wanted}", met=course.kills >= course.kills_wanted
    )
    results.add(
        "acknowledged acts",
        ledger.acts,
        "",
        target=f"≥ {course.acts_wanted}",
        met=ledger.acts >= course.acts_wanted,
    )
    results.add("lost, twice or half done", len(problems), "", target="0", met=not problems)
    results.add("of these lost or doubled", len(lost), "")
    results.add(
        "clients that gave up or met a wrong answer",
        len(course.failures),
        "",
        target="0",
        met=not course.failures,
    )
    results.at_most("from the last kill until the relay is drained", rest.relay, "s", 30)
    results.add("from the last kill until everything is at rest", rest.everything, "s")
    results.add("the whole run", minutes, "min", target="≤ 60 min", met=minutes <= 60)
    results.add("answers that asked to try again", len(ledger.troubles), "")
    results.add("uploads resumed", ledger.resumed, "")
    for name, times in sorted(course.recoveries.items()):
        results.add(
            f"recovery of {name}, p50",
            median(times),
            "s",
            baseline=f"{len(times)} kills, p95 {percentile(times, 0.95):.1f} s",
        )
    for name, count in sorted(course.told.items()):
        results.add(f"story: {name}", count, "times")


def main(arguments: list[str] | None = None) -> int:
    """Run one course; 1 if a figure missed its target: anything lost, doubled or half done, too few kills or acts."""
    parser = argparse.ArgumentParser(prog="make soak")
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--acts", type=int, default=20_000)
    parser.add_argument("--minutes", type=float, default=57)
    options = parser.parse_args(arguments)
    began = time.monotonic()
    from tests.faults.stack import free_port

    with running(free_port()) as world:
        from tests.faults import soak_end

        course = Course(world, options.kills, options.acts, began + options.minutes * 60)
        permits = {name: threading.Semaphore(count) for name, count in HEAVY.items()}
        threads = [threading.Thread(target=hurt, args=[course], daemon=True)]
        threads += [
            threading.Thread(target=work, args=[course, number, permits], daemon=True)
            for number in range(CLIENTS)
        ]
        for each in threads:
            each.start()
        while any(each.is_alive() for each in threads):
            _tell(course, began)
            threads[0].join(timeout=20)
            if not threads[0].is_alive():
                for each in threads[1:]:
                    each.join(timeout=20)
        rest, problems = soak_end.rest_and_judge(world, course.last_kill)
        planted, unseen = soak_end.controls(world)
        problems += [f"the checkers are blind for {fault}" for fault in unseen]
        results = Results("soak")
        results.add(
            "planted faults that were found", planted - len(unseen), "", target=f"{planted}", met=not unseen
        )
        report(course, results, minutes=(time.monotonic() - began) / 60, rest=rest, problems=problems)
        results.write(ROOT / ".data" / "soak.json")
    for text in (problems + course.failures)[:200]:
        print(f"  {text}", flush=True)
    if missed := results.missed:
        print(f"make soak: MISSED {', '.join(missed)}", flush=True)
    return 1 if missed else 0


def _tell(course: Course, began: float) -> None:
    minutes = (time.monotonic() - began) / 60
    ledger = course.world.ledger
    print(
        f"{minutes:5.1f} min  {course.kills} kills  {ledger.acts} acts  {len(ledger.troubles)} troubles  "
        f"{len(course.failures) + len(ledger.wrong)} findings  {ledger.wrong[-1][:200] if ledger.wrong else ''}".rstrip(),
        flush=True,
    )


if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), str(Path(ROOT) / "platform")]
    sys.exit(main())
