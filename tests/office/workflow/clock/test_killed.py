"""Killed again and again while it reminds: every step is told once, and none is left out."""

import os
import signal
import time

from django.db import connection

from asp.notify.models import Notification
from office.workflow.models import Event
from office.workflow.services.clock import remind
from tenants.context import bureau_context
from tests.office.workflow.clock.world import World, at

STEPS = 60
MOST_CHILDREN = 200


def in_a_child(world: World) -> int:
    """Begin to remind in a process of its own; return its number."""
    connection.close()
    number = os.fork()
    if number == 0:
        status = 1
        try:
            with bureau_context(world.bureau):
                remind(now=at(5, 9), portion=2)
            status = 0
        finally:
            os._exit(status)  # whatever happened: this is no process of the test's
    return number


def ended_by_itself(number: int, *, within: float) -> bool:
    """Whether the process came to its end in time; else it is killed."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        gone, status = os.waitpid(number, os.WNOHANG)
        if gone:
            return status == 0
        time.sleep(0.005)
    os.kill(number, signal.SIGKILL)
    os.waitpid(number, 0)
    return False


def test_it_bears_being_killed_at_any_moment(world: World) -> None:
    process = world.process(world.more[0])
    instances = [world.start(process) for _ in range(STEPS)]
    for each in instances:
        world.began(each, at(2, 10))
    late = Event.objects.filter(instance__in=instances, kind="late")
    in_between = False
    for turn in range(MOST_CHILDREN):
        if ended_by_itself(in_a_child(world), within=0.03 + 0.02 * (turn % 9)):
            break
        in_between |= 0 < late.count() < STEPS
    assert in_between, "no kill fell between the first and the last telling"
    remind(now=at(5, 9))
    assert late.count() == late.values("instance_id").distinct().count() == STEPS
    words = Notification.objects.filter(kind="workflow.late", about__in=[each.pk for each in instances])
    assert words.count() == words.values("about").distinct().count() == STEPS
