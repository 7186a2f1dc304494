"""Urged, suspended, resumed, cancelled, moved; services and timers."""

import datetime
import uuid

import pytest
from django.utils import timezone

from asp.audit.actor import Actor
from asp.audit.models import Entry
from asp.jobs.models import Job
from asp.notify.models import Notification
from asp.ui.moments import today
from office.workflow import errors, hooks
from office.workflow import services as workflow
from office.workflow.bpmn.engine.faults import NotWaiting
from office.workflow.insight import figures
from office.workflow.insight.scope import Scope
from office.workflow.models import Instance, InstanceState, Process, Step, WorkItem
from office.workflow.services.calling import service_call, service_failed
from tests.office.workflow.running.world import AGREE, CALLS, DISAGREE, World, number, step, text
from tests.support.bpmn import bpmn as drawing

OVER = "监管"


def test_it_is_urged_but_not_twice(world: World) -> None:
    instance = world.start(world.publish(step("a", ("head", "starter"))))
    clerk = world.cast.clerk
    assert workflow.urge(actor=Actor.of_account(clerk), instance=instance, account=clerk, words="请尽快") == 1
    assert world.open_item(instance, world.cast.head).urgent
    with pytest.raises(errors.UrgedAlready):
        workflow.urge(actor=Actor.of_account(clerk), instance=instance, account=clerk)


def test_clocks_stand_still_while_it_is_suspended(world: World) -> None:
    process = world.publish(step("a", ("head", "starter"), deadline={"amount": 3, "unit": "workdays"}))
    instance = world.start(process)
    before = Step.objects.get(instance=instance)
    assert before.due_at is not None
    actor = Actor.of_account(world.cast.outsider)
    workflow.suspend(actor=actor, instance=instance, reason="等待鉴定")
    held = Step.objects.get(instance=instance)
    assert (held.due_at, held.next_at, held.yellow_at) == (None, None, None)
    with pytest.raises(errors.NotRunning):
        world.do(instance, world.cast.head)
    Instance.objects.filter(pk=instance.pk).update(
        pauses=[[(timezone.now() - datetime.timedelta(days=14)).isoformat(), None]]
    )
    workflow.resume(actor=actor, instance=instance)
    after = Step.objects.get(instance=instance)
    assert after.due_at is not None
    assert after.due_at >= before.due_at
    item = WorkItem.objects.get(instance=instance)
    assert item.due_at == after.due_at
    assert world.do(instance, world.cast.head).state == InstanceState.COMPLETED
    with pytest.raises(errors.NotSuspended):
        workflow.resume(actor=actor, instance=instance)


def test_it_is_cancelled_with_a_reason(world: World) -> None:
    instance = world.start(world.publish(step("a", ("head", "starter"))))
    actor = Actor.of_account(world.cast.clerk)
    with pytest.raises(errors.OpinionMissing):
        workflow.cancel(actor=actor, instance=instance, reason=" ")
    ended = workflow.cancel(actor=actor, instance=instance, reason="不办了")
    assert (ended.state, ended.reason) == (InstanceState.CANCELLED, "不办了")
    assert world.holders(instance) == []
    with pytest.raises(errors.NotRunning):
        workflow.cancel(actor=actor, instance=instance, reason="再来")


def rejecting(world: World, **more: object) -> Process:
    return world.publish(step("a", ("head", "starter"), granted=["reject"], **more), step("b", "starter"))


def test_it_is_rejected_with_a_reason(world: World) -> None:
    head = world.cast.head
    instance = world.start(rejecting(world))
    item = world.open_item(instance, head)
    actor = Actor.of_account(head)
    with pytest.raises(errors.OpinionMissing):
        workflow.reject(actor=actor, item=item, account=head, opinion=" ")
    with pytest.raises(errors.NotYours):
        workflow.reject(
            actor=Actor.of_account(world.cast.clerk), item=item, account=world.cast.clerk, opinion="不行"
        )
    assert world.holders(instance) == ["head"]
    ended = workflow.reject(actor=actor, item=item, account=head, opinion="不符合规定")
    assert (ended.state, ended.outcome, ended.reason) == (InstanceState.REJECTED, "reject", "不符合规定")
    assert ended.ended_at is not None
    assert ended.next_due is None
    assert world.holders(instance) == []
    assert Step.objects.get(instance=instance).outcome == "reject"
    item.refresh_from_db()
    assert (item.state, item.outcome, item.opinion) == ("done", "reject", "不符合规定")
    assert world.events(instance) == ["started", "arrived", "rejected"]
    told = Notification.objects.get(kind="workflow.rejected", account=world.cast.clerk, about=instance.pk)
    assert told.params["opinion"] == "不符合规定"
    assert Entry.objects.filter(action="workflow.rejected", target_id=instance.pk).count() == 1
    scope = Scope(today(), today(), instance.process_id)
    (counts,) = figures.counts(figures.Reading.begin(scope)).values()
    assert (counts.rejected, counts.cancelled, counts.completed, counts.running) == (1, 0, 0, 0)
    # The second press finds it over; nothing else can be done with it either.
    with pytest.raises(errors.NotRunning):
        workflow.reject(actor=actor, item=item, account=head, opinion="不符合规定")
    with pytest.raises(errors.NotRunning):
        workflow.cancel(actor=actor, instance=instance, reason="再来")


def test_rejecting_ends_what_waits_beside_it(world: World) -> None:
    both = [("account", str(world.cast.head.pk)), ("account", str(world.extra[0].pk))]
    made = step("a", *both, granted=["reject"], sign={"rule": "all", "order": "parallel"})
    instance = world.start(world.publish(made, step("b", "starter")))
    head = world.cast.head
    workflow.reject(
        actor=Actor.of_account(head), item=world.open_item(instance, head), account=head, opinion="不批"
    )
    assert world.holders(instance) == []
    assert WorkItem.objects.get(instance=instance, account=world.extra[0]).state == "dropped"
    told = Notification.objects.filter(kind="workflow.rejected", about=instance.pk)
    assert {each.account_id for each in told} == {world.cast.clerk.pk, world.extra[0].pk}


def test_nobody_rejects_where_the_step_does_not_say_so(world: World) -> None:
    instance = world.start(world.publish(step("a", ("head", "starter"), outcomes=[AGREE, DISAGREE])))
    head, clerk = world.cast.head, world.cast.clerk
    item = world.open_item(instance, head)
    with pytest.raises(errors.ActionDenied):
        workflow.reject(actor=Actor.of_account(head), item=item, account=head, opinion="不批")
    # Neither does whoever was only asked to countersign, nor the starter with the form.
    instance = world.start(rejecting(world))
    item = world.open_item(instance, head)
    workflow.add_signers(actor=Actor.of_account(head), item=item, account=head, people=[world.extra[0]])
    signer = world.extra[0]
    with pytest.raises(errors.ActionDenied):
        workflow.reject(
            actor=Actor.of_account(signer),
            item=world.open_item(instance, signer),
            account=signer,
            opinion="不批",
        )
    instance = world.start(rejecting(world))
    workflow.withdraw(actor=Actor.of_account(clerk), instance=instance, account=clerk)
    with pytest.raises(errors.ActionDenied):
        workflow.reject(
            actor=Actor.of_account(clerk),
            item=world.open_item(instance, clerk),
            account=clerk,
            opinion="不批",
        )


def test_a_function_hears_that_its_own_was_rejected(world: World) -> None:
    heard: list[tuple[str, str, str]] = []
    hooks.listen("tests_reject", lambda each: heard.append((each.kind, each.node, each.outcome)))
    instance = world.start(rejecting(world), owner="tests_reject", owner_id=uuid.UUID(int=9))
    head = world.cast.head
    workflow.reject(
        actor=Actor.of_account(head), item=world.open_item(instance, head), account=head, opinion="不批"
    )
    assert heard == [("started", "", ""), ("step_done", "a", "reject"), ("cancelled", "", "reject")]


def test_it_moves_to_another_version(world: World) -> None:
    process = world.publish(
        step("a", ("head", "starter")), step("b", "starter"), fields=(text("reason"), number("amount"))
    )
    instance = world.start(process, values={"reason": "甲", "amount": "3"})
    world.publish(
        step("a", ("head", "starter")),
        step("new", ("account", str(world.extra[0].pk))),
        fields=(text("reason"),),
        process=process,
    )
    assert process.current is not None
    migration, carrying = workflow.move_preview(instance=instance, version=process.current)
    assert migration.possible
    assert carrying.values == {"reason": "甲"}
    assert Instance.objects.get(pk=instance.pk).version_id != process.current_id
    moved = workflow.move(
        actor=Actor.of_account(world.cast.outsider), instance=instance, version=process.current, reason="改版"
    )
    assert (moved.version_id, moved.values) == (process.current_id, {"reason": "甲"})
    assert world.holders(instance) == ["head"]
    world.do(instance, world.cast.head)
    assert world.holders(instance) == ["extra0"]
    with pytest.raises(errors.VersionSame):
        workflow.move(
            actor=Actor.of_account(world.cast.outsider),
            instance=instance,
            version=process.current,
            reason="再改",
        )


SERVICE = """
  <startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="pay"/>
  <serviceTask id="pay" name="付款"><extensionElements><tb:service name="tests.noted"/></extensionElements></serviceTask>
  <sequenceFlow id="f2" sourceRef="pay" targetRef="after"/>
  <userTask id="after" name="确认"><extensionElements><tb:performers><tb:performer kind="starter"/></tb:performers></extensionElements></userTask>
  <sequenceFlow id="f3" sourceRef="after" targetRef="e"/><endEvent id="e"/>
"""


def test_a_service_does_its_step_once(world: World) -> None:
    instance = world.start(world.publish_bpmn(drawing(SERVICE)), values={"reason": "ok"})
    waiting = Step.objects.get(instance=instance, state="open")
    assert waiting.kind == "service"
    assert Job.objects.filter(name="workflow.service", about=instance.pk).count() == 1
    CALLS.clear()
    actor = Actor.system("worker")
    assert service_call(actor=actor, step_id=waiting.pk)
    assert not service_call(actor=actor, step_id=waiting.pk)
    assert len(CALLS) == 1
    assert world.at(instance) == ["after"]


def test_a_service_that_fails_is_noted_and_tried_again(world: World) -> None:
    instance = world.start(world.publish_bpmn(drawing(SERVICE)), values={"reason": "broken"})
    waiting = Step.objects.get(instance=instance, state="open")
    actor = Actor.system("worker")
    with pytest.raises(RuntimeError):
        service_call(actor=actor, step_id=waiting.pk)
    assert world.at(instance) == ["pay"]
    service_failed(actor=actor, step_id=waiting.pk, code="workflow.service_failed")
    assert Step.objects.get(pk=waiting.pk).state == "failed"
    Instance.objects.filter(pk=instance.pk).update(values={"reason": "mended"})
    workflow.service_retry(actor=actor, step=Step.objects.get(pk=waiting.pk))
    assert service_call(actor=actor, step_id=waiting.pk)
    assert world.at(instance) == ["after"]


TIMER = """
  <startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="a"/>
  <userTask id="a" name="办理"><extensionElements><tb:performers><tb:performer kind="starter"/></tb:performers></extensionElements></userTask>
  <boundaryEvent id="late" attachedToRef="a" cancelActivity="true"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>
  <sequenceFlow id="f2" sourceRef="a" targetRef="e"/><sequenceFlow id="f3" sourceRef="late" targetRef="b"/>
  <userTask id="b" name="补办"><extensionElements><tb:performers><tb:performer kind="head" ref="starter"/></tb:performers></extensionElements></userTask>
  <sequenceFlow id="f4" sourceRef="b" targetRef="e"/><endEvent id="e"/>
"""


def test_a_timer_ends_a_step(world: World) -> None:
    instance = world.start(world.publish_bpmn(drawing(TIMER)))
    assert instance.next_due is not None
    assert workflow.wake_due(now=timezone.now()) == 0
    assert workflow.wake_due(now=timezone.now() + datetime.timedelta(hours=2)) == 1
    assert world.at(instance) == ["b"]
    assert world.holders(instance) == ["head"]
    assert Step.objects.get(instance=instance, node="a").state == "dropped"
    assert Instance.objects.get(pk=instance.pk).next_due is None
    assert workflow.wake_due(now=timezone.now() + datetime.timedelta(hours=3)) == 0


def test_a_timer_does_not_go_off_while_it_is_suspended(world: World) -> None:
    instance = world.start(world.publish_bpmn(drawing(TIMER)))
    workflow.suspend(actor=Actor.of_account(world.cast.clerk), instance=instance, reason="停")
    assert workflow.wake_due(now=timezone.now() + datetime.timedelta(hours=2)) == 0
    workflow.resume(actor=Actor.of_account(world.cast.clerk), instance=instance)
    assert Instance.objects.get(pk=instance.pk).next_due is not None


MESSAGE = """
  <startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="m"/>
  <intermediateCatchEvent id="m"><messageEventDefinition messageRef="paid"/></intermediateCatchEvent>
  <sequenceFlow id="f2" sourceRef="m" targetRef="a"/>
  <userTask id="a" name="办理"><extensionElements><tb:performers><tb:performer kind="starter"/></tb:performers></extensionElements></userTask>
  <sequenceFlow id="f3" sourceRef="a" targetRef="e"/><endEvent id="e"/>
"""


def test_a_message_arrives(world: World) -> None:
    instance = world.start(world.publish_bpmn(drawing(MESSAGE, outside='<message id="paid" name="paid"/>')))
    assert world.at(instance) == []
    actor = Actor.system("worker")
    with pytest.raises(NotWaiting):
        workflow.signal(actor=actor, instance=instance, message="refunded")
    workflow.signal(actor=actor, instance=instance, message="paid")
    assert world.at(instance) == ["a"]


def test_a_function_hears_of_its_instances(world: World) -> None:
    heard: list[tuple[str, str]] = []
    hooks.listen("tests", lambda happening: heard.append((happening.kind, happening.outcome)))
    process = world.publish(step("a", ("head", "starter"), outcomes=[AGREE, DISAGREE]))
    instance = world.start(process, owner="tests", owner_id=uuid.UUID(int=7))
    world.do(instance, world.cast.head, "agree")
    assert heard == [("started", ""), ("step_done", "agree"), ("completed", "agree")]


def test_items_of_other_functions_stand_on_the_same_list(world: World) -> None:
    clerk, about = world.cast.clerk, uuid.UUID(int=8)
    made = workflow.todo_add(source="library", about=about, account=clerk, title="看文件", url="/library/")
    again = workflow.todo_add(source="library", about=about, account=clerk, title="看文件", url="/library/")
    assert made.pk == again.pk
    with pytest.raises(ValueError, match="not a path"):
        workflow.todo_add(source="library", about=about, account=clerk, title="x", url="https://example.org/")
    assert workflow.todo_done(source="library", about=about, by=clerk) == 1
    assert workflow.todo_done(source="library", about=about, by=clerk) == 0


def test_no_timer_goes_off_while_the_starter_amends(world: World) -> None:
    to_the_head = TIMER.replace('kind="starter"', 'kind="head" ref="starter"', 1)
    instance = world.start(world.publish_bpmn(drawing(to_the_head)))
    clerk = world.cast.clerk
    workflow.withdraw(actor=Actor.of_account(clerk), instance=instance, account=clerk)
    assert Instance.objects.get(pk=instance.pk).next_due is None
    workflow.wake_due(now=timezone.now() + datetime.timedelta(hours=2))
    assert world.at(instance) == ["@start"]
