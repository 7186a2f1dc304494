"""What a draft would have changed for the instances of the story."""

import datetime

import pytest

from asp.audit.models import Entry
from asp.jobs.models import Job
from asp.jobs.runner import run_job
from office.workflow.bpmn.steps import steps_from_json, write_steps
from office.workflow.insight.drafts import SimulationImpossible
from office.workflow.insight.simulator import simulate
from office.workflow.models import Event, Instance, Process, Step, WorkItem
from tests.office.workflow.insight.story import FIELDS, HOUR, at, step, steps_of
from tests.office.workflow.running.world import AGREE, form
from tests.support.client import SiteClient

MARCH = (datetime.date(2026, 3, 1), datetime.date(2026, 3, 31))
DRAFT_PERIOD = {"since": "2026-03-01", "until": "2026-03-31"}


def draft(world, *steps, fields=FIELDS, process=None) -> Process:
    """Put a list of steps into the draft."""
    process = Process.objects.select_related("current").get(pk=(process or world.process).pk)
    drawn = {"id": "drawn", "name": "流程", "steps": list(steps)}
    process.draft_bpmn = write_steps(steps_from_json(drawn)).decode()
    process.draft_form = form(*fields)
    process.draft_revision += 1
    process.save()
    return process


def changed_draft(world) -> Process:
    """The second step only for large amounts; a third that is new, two working days."""
    first, second = steps_of(world.world)
    third = step(
        "third",
        ("account", str(world.cast.outsider.pk)),
        deadline={"amount": 2, "unit": "workdays"},
        outcomes=[AGREE],
    )
    return draft(world, first, {**second, "skip": "amount < 1000"}, third)


def by_number(world, result):
    numbers = {
        str(each.pk): name
        for name, each in zip(("one", "two", "three", "four"), world.instances, strict=True)
    }
    return {numbers[each["id"]]: each for each in result["instances"]}


def test_the_same_draft_changes_nothing(world):
    result = simulate(draft(world, *steps_of(world.world)), *MARCH)
    assert (result["total"], result["played"], result["changed"]) == (4, 4, 0)
    assert result["before"] == result["after"]
    # One: 2, two: 2, three: 2 (what was sent back does not count), four: 2, of which both are assumed.
    assert result["before"]["steps"] == 8
    assert result["assumed"] == 1
    assert result["slower"] == result["faster"] == 0


def test_steps_that_fall_away_and_new_ones(world):
    result = simulate(changed_draft(world), *MARCH)
    found = by_number(world, result)
    assert result["played"] == 4
    # Two was refused at the second step, whose large amount still leads there: nothing changes for it.
    assert set(found) == {"one", "three", "four"}
    assert (found["one"]["gone"], found["one"]["new"]) == ([("second", 1)], [("third", 1)])
    assert found["one"]["acts"] == [2, 2]
    assert found["one"]["assumed"] == ["third"]
    # The first took two hours, then the new step until its deadline: Monday 11:00, two working days, Wednesday 24:00.
    assert found["one"]["seconds"] == [49 * HOUR, round((at(5, 0) - at(2, 9)).total_seconds())]
    steps = {each["place"]: (each["before"], each["after"]) for each in result["steps"]}
    assert steps == {"first": (4, 4), "second": (4, 1), "third": (0, 3)}
    assert result["names"]["third"] == ["环节third", ""]


def test_a_field_that_the_published_process_never_asked_about(world):
    """The published version knows nothing of amounts; what was filled in decides all the same."""
    from office.workflow.insight.simulator import version_of

    assert "amount" not in version_of(world.process.current_id).names
    result = simulate(changed_draft(world), *MARCH)
    assert "two" not in by_number(world, result)


def test_other_ends(world):
    first, second = steps_of(world.world)
    refused = {**second, "outcomes": [AGREE, {"value": "disagree", "label": "不同意", "goto": "back"}]}
    result = simulate(draft(world, first, refused), *MARCH)
    found = by_number(world, result)["two"]
    # Instead of ending, it goes back to the first, where nothing was recorded: the usual is assumed.
    assert found["new"] == [("first", 1), ("second", 1)]
    assert set(found["assumed"]) == {"first", "second"}


def test_nothing_is_written(world):
    process = changed_draft(world)
    tables = (Instance, Step, Event, WorkItem, Entry, Job)
    before = [model.objects.count() for model in tables]
    simulate(process, *MARCH)
    assert [model.objects.count() for model in tables] == before


def test_what_was_started_at_another_time_is_not_played(world):
    process = changed_draft(world)
    assert simulate(process, datetime.date(2026, 3, 6), datetime.date(2026, 3, 6))["total"] == 1
    nothing = simulate(process, datetime.date(2025, 1, 1), datetime.date(2025, 1, 2))
    assert (nothing["total"], nothing["instances"]) == (0, [])


def test_no_names_of_people_and_no_titles_stay_with_the_job(world):
    text = repr(simulate(changed_draft(world), *MARCH))
    for each in (*world.cast.staff, world.overseer):
        assert each.name not in text
    assert world.instances[0].title not in text


def test_a_draft_with_faults_cannot_be_played(world):
    process = draft(world, *steps_of(world.world))
    process.draft_bpmn = "<definitions/>"
    process.save()
    with pytest.raises(SimulationImpossible):
        simulate(process, *MARCH)


def test_what_the_draft_cannot_bring_to_an_end_is_said(world):
    first, _second = steps_of(world.world)
    again = {
        **first,
        "id": "again",
        "outcomes": [{"value": "more", "label": "再来", "goto": "step:again"}, AGREE],
    }
    result = simulate(draft(world, first, again), *MARCH)
    assert result["played"] < result["total"]
    assert result["problems"][0]["code"] == "too_long"
    assert result["failed"][0]["problem"] == "too_long"


# ----- the page


def address(world) -> str:
    return f"/workflow/processes/{world.process.pk}/simulate/"


def test_on_its_page(world):
    changed_draft(world)
    client = SiteClient(world.bureau).login_as(world.designer)
    assert "At most 2000" in client.get(address(world)).content.decode()
    assert client.post(address(world), DRAFT_PERIOD).status_code == 302
    job = Job.objects.filter(name="workflow.simulate").latest("id")
    assert 'hx-trigger="tb-live"' in client.get(address(world)).content.decode()
    # While it is under way there is no second one.
    client.post(address(world), DRAFT_PERIOD)
    assert Job.objects.filter(name="workflow.simulate", state="queued").count() == 1
    run_job(job.id)
    text = client.get(address(world)).content.decode()
    assert "falls away" in text or "less often" in text
    assert "环节third" in text
    assert world.instances[0].title not in text  # a designer sees numbers only
    assert Entry.objects.filter(action="workflow.simulated").exists()
    part = client.get(address(world), HTTP_HX_REQUEST="true").content.decode()
    assert part.lstrip().startswith('<div id="simulation"')
    draft(world, *steps_of(world.world))
    assert "has been changed since" in client.get(address(world)).content.decode()


def test_bad_dates_are_said(world):
    changed_draft(world)
    client = SiteClient(world.bureau).login_as(world.designer)
    before = Job.objects.count()
    for data in ({}, {"since": "x", "until": "y"}, {"since": "2026-03-05", "until": "2026-03-01"}):
        assert client.post(address(world), data).status_code == 422
    assert Job.objects.count() == before


def test_a_faulty_draft_is_said(world):
    process = draft(world, *steps_of(world.world))
    Process.objects.filter(pk=process.pk).update(draft_bpmn="<definitions/>")
    client = SiteClient(world.bureau).login_as(world.designer)
    page = client.get(address(world))
    assert "See what is wrong" in page.content.decode()
    assert client.post(address(world), DRAFT_PERIOD).status_code == 422


def test_only_for_designers(world):
    assert SiteClient(world.bureau).get(address(world)).status_code == 302
    for each in (world.cast.clerk, world.overseer, world.cast.system):
        client = SiteClient(world.bureau).login_as(each)
        assert client.get(address(world)).status_code == 403
        assert client.post(address(world), DRAFT_PERIOD).status_code == 403
