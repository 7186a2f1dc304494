"""The jobs behind the clocks, and that nothing is started where nothing is to do."""

import datetime

import pytest
from django.utils import timezone

from asp.jobs.models import Job
from asp.jobs.registry import find
from asp.jobs.runner import run_job
from asp.jobs.services import job_start
from office.workflow.models import Instance, Step, WorkItem
from office.workflow.services import waking
from office.workflow.services.absences import absence_set
from tests.office.workflow.clock.world import World, at, holders
from tests.support.people import TESTER


def ran(name: str) -> Job:
    made = job_start(actor=TESTER, job=find(name))
    run_job(made.id)
    return Job.objects.get(pk=made.pk)


def test_waking_goes_on_until_nothing_is_due(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    left = [100, 100, 7, 0]
    monkeypatch.setattr(waking, "wake_due", lambda limit: left.pop(0))
    found = ran("workflow.wake")
    assert (found.state, found.result) == ("done", {"woken": 207})


def test_waking_ends_even_if_something_is_always_due(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waking, "wake_due", lambda limit: limit)
    assert ran("workflow.wake").result == {"woken": 20_000}


def test_reminding_follows_absences_first(world: World) -> None:
    a, b = world.more[:2]
    instance = world.start(world.process(a))
    step = world.began(instance, at(2, 10))
    now = timezone.now()
    absence = absence_set(
        actor=TESTER,
        account=a,
        deputy=b,
        begins=now + datetime.timedelta(hours=1),
        ends=now + datetime.timedelta(days=1),
        moves=True,
    )
    type(absence).objects.filter(pk=absence.pk).update(begins=now - datetime.timedelta(hours=1))
    assert ran("workflow.remind").result == {"absences": 1, "steps": 1}
    assert holders(instance) == [(b.name, a.name)]
    step.refresh_from_db()
    assert "late" in step.told


def test_it_is_wanted_only_when_something_is_due(world: World) -> None:
    remind, wake = find("workflow.remind").wanted, find("workflow.wake").wanted
    assert remind is not None
    assert wake is not None
    Instance.objects.update(next_due=None)
    assert not remind()
    assert not wake()
    instance = world.start(world.process(world.more[0]))
    Step.objects.filter(instance=instance).update(next_at=timezone.now())
    assert remind()
    Instance.objects.filter(pk=instance.pk).update(next_due=timezone.now())
    assert wake()
    assert WorkItem.objects.filter(instance=instance).exists()
