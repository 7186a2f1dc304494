"""Handed over, added, assigned; absences."""

import datetime

import pytest
from django.utils import timezone

from asp.audit.actor import Actor
from office.workflow import errors
from office.workflow import services as workflow
from office.workflow.models import Absence, Event, InstanceState, Step, WorkItem
from tests.office.workflow.running.world import AGREE, DISAGREE, World, step


def test_it_is_handed_over(world: World) -> None:
    head, other = world.cast.head, world.extra[0]
    instance = world.start(world.publish(step("a", ("head", "starter"), outcomes=[AGREE, DISAGREE])))
    item = world.open_item(instance, head)
    workflow.hand_over(actor=Actor.of_account(head), item=item, account=head, to=other, opinion="请办")
    assert world.holders(instance) == ["extra0"]
    mine = world.open_item(instance, other)
    assert (mine.for_account, mine.why) == (head, "handed")
    with pytest.raises(errors.AlreadyDone):
        workflow.hand_over(actor=Actor.of_account(head), item=item, account=head, to=other)
    assert world.do(instance, other, "agree").state == InstanceState.COMPLETED
    said = Event.objects.get(instance=instance, kind="done")
    assert (said.actor_name, said.for_name) == (other.name, ""), "handed over is no absence"


def test_it_is_not_handed_to_oneself_or_to_administrators(world: World) -> None:
    head = world.cast.head
    instance = world.start(world.publish(step("a", ("head", "starter"))))
    item = world.open_item(instance, head)
    for wrong in (head, world.cast.audit):
        with pytest.raises(errors.PeopleUnfit):
            workflow.hand_over(actor=Actor.of_account(head), item=item, account=head, to=wrong)


def test_signers_are_asked_first(world: World) -> None:
    head = world.cast.head
    instance = world.start(world.publish(step("a", ("head", "starter"), outcomes=[AGREE, DISAGREE])))
    item = world.open_item(instance, head)
    workflow.add_signers(
        actor=Actor.of_account(head), item=item, account=head, people=world.extra[:2], opinion="请阅"
    )
    assert world.holders(instance) == ["extra0", "extra1"]
    world.do(instance, world.extra[0], opinion="无意见")
    world.do(instance, world.extra[1], opinion="建议缓办")
    assert world.holders(instance) == ["head"]
    assert world.do(instance, head, "agree").state == InstanceState.COMPLETED


def test_signers_in_order(world: World) -> None:
    head = world.cast.head
    instance = world.start(world.publish(step("a", ("head", "starter"))))
    item = world.open_item(instance, head)
    workflow.add_signers(
        actor=Actor.of_account(head), item=item, account=head, people=world.extra[:2], order="sequence"
    )
    assert world.holders(instance) == ["extra0"]
    world.do(instance, world.extra[0])
    assert world.holders(instance) == ["extra1"]
    world.do(instance, world.extra[1])
    assert world.holders(instance) == ["head"]


def test_who_was_added_only_signs(world: World) -> None:
    head, other = world.cast.head, world.extra[0]
    instance = world.start(world.publish(step("a", ("head", "starter"))))
    workflow.add_signers(
        actor=Actor.of_account(head), item=world.open_item(instance, head), account=head, people=[other]
    )
    item = world.open_item(instance, other)
    with pytest.raises(errors.ActionDenied):
        workflow.send_back(
            actor=Actor.of_account(other), item=item, account=other, node="@start", opinion="不"
        )


def test_an_overseer_says_who_does_it(world: World) -> None:
    overseer = world.cast.outsider
    instance = world.start(world.publish(step("a", ("head", "starter"))), by=world.cast.head)
    stranded = Step.objects.get(instance=instance)
    workflow.assign(actor=Actor.of_account(overseer), step=stranded, people=[world.extra[0]], reason="无人")
    assert world.holders(instance) == ["extra0"]
    assert not Step.objects.get(instance=instance).stranded
    item = world.open_item(instance, world.extra[0])
    workflow.reassign(actor=Actor.of_account(overseer), item=item, to=world.extra[1], reason="出差")
    assert world.holders(instance) == ["extra1"]
    with pytest.raises(errors.OpinionMissing):
        workflow.reassign(actor=Actor.of_account(overseer), item=item, to=world.extra[1], reason="")


def test_who_is_absent_is_stood_in_for_with_both_names(world: World) -> None:
    head, deputy = world.cast.head, world.extra[2]
    now = timezone.now()
    absence = Absence.objects.create(
        account=head,
        deputy=deputy,
        begins=now - datetime.timedelta(hours=1),
        ends=now + datetime.timedelta(days=1),
    )
    try:
        instance = world.start(world.publish(step("a", ("head", "starter"), outcomes=[AGREE, DISAGREE])))
        item = WorkItem.objects.get(instance=instance)
        assert (item.account, item.for_account, item.why) == (deputy, head, "absence")
        world.do(instance, deputy, "agree")
        said = Event.objects.get(instance=instance, kind="done")
        assert (said.actor_name, said.for_name) == (deputy.name, head.name)
    finally:
        absence.delete()
