"""What those do who oversee processes."""

import pytest

from asp.audit.actor import Actor
from office.workflow.models import Step, WorkItem
from office.workflow.services.calling import service_failed
from tests.office.workflow.pages.world import AGREE, DISAGREE, Pages, said, step, text
from tests.office.workflow.running.test_acts import SERVICE
from tests.support.bpmn import bpmn

FORMS = ("suspend/", "resume/", "reassign/", "move/")


@pytest.mark.parametrize("part", FORMS)
def test_it_is_for_those_who_oversee(world: Pages, part: str) -> None:
    instance, _item = world.waiting()
    path = f"/workflow/{instance.pk}/{part}"
    assert world.client(world.overseer).get(path).status_code == 200
    for account in (*world.cast.staff, *world.cast.administrators):
        assert world.client(account).get(path).status_code == 403, account.login
        assert world.asks(account, path, reason="x").status_code == 403


def test_it_suspends_and_resumes(world: Pages) -> None:
    instance, _item = world.waiting()
    path = f"/workflow/{instance.pk}/suspend/"
    assert world.asks(world.overseer, path, reason="").status_code == 422
    assert world.asks(world.overseer, path, reason="等候上级").status_code == 302
    instance.refresh_from_db()
    assert instance.state == "suspended"
    assert world.asks(world.overseer, path, reason="又").status_code == 409
    page = said(world.client(world.overseer).get(f"/workflow/{instance.pk}/"))
    assert "等候上级" in page
    assert "Resume" in page
    assert world.asks(world.overseer, f"/workflow/{instance.pk}/resume/").status_code == 302
    instance.refresh_from_db()
    assert instance.state == "running"
    assert world.asks(world.overseer, f"/workflow/{instance.pk}/resume/").status_code == 409


def test_it_gives_a_part_to_somebody_else(world: Pages) -> None:
    instance, item = world.waiting()
    path = f"/workflow/{instance.pk}/reassign/"
    assert "甲主任" in said(world.client(world.overseer).get(path))
    assert world.asks(world.overseer, path, part=str(item.pk), reason="请假", to="").status_code == 422
    assert (
        world.asks(
            world.overseer, path, part=str(instance.pk), reason="x", to=str(world.extra[0].pk)
        ).status_code
        == 404
    )
    response = world.asks(world.overseer, path, part=str(item.pk), reason="请假", to=str(world.extra[0].pk))
    assert response.status_code == 302
    assert world.holders(instance) == ["extra0"]


def test_it_asks_whose_part_where_there_are_several(world: Pages) -> None:
    both = [("account", str(world.cast.head.pk)), ("account", str(world.extra[0].pk))]
    instance = world.start(world.publish(step("all", *both, sign={"rule": "all", "order": "parallel"})))
    path = f"/workflow/{instance.pk}/reassign/"
    response = world.asks(world.overseer, path, reason="x", to=str(world.extra[1].pk))
    assert response.status_code == 422
    assert "Choose whose part" in said(response)
    part = world.open_item(instance, world.extra[0])
    assert (
        world.asks(world.overseer, path, part=str(part.pk), reason="x", to=str(world.extra[1].pk)).status_code
        == 302
    )
    assert world.holders(instance) == ["extra1", "head"]


def test_it_finds_somebody_for_a_step_without_anybody(world: Pages) -> None:
    nobody = world.role()
    instance = world.start(world.publish(step("a", ("role", str(nobody.pk)))))
    assert world.holders(instance) == []
    page = said(world.client(world.overseer).get(f"/workflow/{instance.pk}/"))
    assert "Nobody was found" in page
    path = f"/workflow/{instance.pk}/reassign/"
    people = [str(world.extra[0].pk), str(world.extra[1].pk)]
    assert world.asks(world.overseer, path, reason="没有人", to=people).status_code == 302
    assert world.holders(instance) == ["extra0", "extra1"]


def test_it_moves_to_another_version_after_a_look(world: Pages) -> None:
    process = world.approval()
    instance, _item = world.waiting(process)
    path = f"/workflow/{instance.pk}/move/"
    assert "no other version" in said(world.client(world.overseer).get(path))
    review = step("review", ("account", str(world.cast.head.pk)), outcomes=[AGREE, DISAGREE])
    world.publish(
        review, step("more", ("account", str(world.extra[0].pk))), fields=(text("reason"),), process=process
    )
    page = said(world.client(world.overseer).get(path))
    assert "On version 2" in page
    assert "nothing is lost" in page
    assert world.asks(world.overseer, path, version=str(process.current_id), reason="").status_code == 422
    assert world.asks(world.overseer, path, version=str(instance.version_id), reason="x").status_code == 422
    assert world.asks(world.overseer, path, version=str(process.current_id), reason="改版").status_code == 302
    instance.refresh_from_db()
    assert instance.version_id == process.current_id
    assert WorkItem.objects.filter(instance=instance, state="open").count() == 1


def test_it_cancels_anything_that_runs(world: Pages) -> None:
    instance, _item = world.waiting()
    path = f"/workflow/{instance.pk}/cancel/"
    assert "cannot be continued" in said(world.client(world.overseer).get(path))
    assert world.asks(world.overseer, path, reason="作废").status_code == 302
    assert world.asks(world.overseer, path, reason="作废").status_code == 409
    instance.refresh_from_db()
    assert instance.state == "cancelled"


def test_it_lets_a_service_try_again(world: Pages) -> None:
    instance = world.start(world.publish_bpmn(bpmn(SERVICE)), values={"reason": "ok"})
    path = f"/workflow/{instance.pk}/retry/"
    assert world.asks(world.overseer, path).status_code == 409
    waiting = Step.objects.get(instance=instance, state="open")
    service_failed(actor=Actor.system("worker"), step_id=waiting.pk, code="workflow.service_failed")
    assert "Let the service try again" in said(world.client(world.overseer).get(f"/workflow/{instance.pk}/"))
    assert world.asks(world.cast.clerk, path).status_code == 403
    assert world.asks(world.overseer, path).status_code == 302
    assert Step.objects.get(pk=waiting.pk).state == "open"
