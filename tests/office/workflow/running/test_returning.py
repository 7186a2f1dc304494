"""Back to an earlier step, and what was sent on taken back."""

import pytest

from asp.audit.actor import Actor
from office.workflow import errors
from office.workflow import services as workflow
from office.workflow.bpmn.engine.faults import NotReturnable
from office.workflow.desk.versions import START
from office.workflow.models import Instance, InstanceState, Process, Step
from tests.office.workflow.running.world import AGREE, DISAGREE, World, step


@pytest.fixture
def process(world: World) -> Process:
    first, second = world.extra[0], world.extra[1]
    return world.publish(
        step("a", ("account", str(first.pk)), ("account", str(second.pk)), outcomes=[AGREE, DISAGREE]),
        step("b", ("account", str(second.pk)), outcomes=[AGREE, DISAGREE]),
        step("c", ("account", str(world.extra[2].pk)), outcomes=[AGREE, DISAGREE]),
    )


def back(world: World, instance: Instance, by: object, node: str, opinion: str = "请补充") -> Instance:
    item = world.open_item(instance, by)  # type: ignore[arg-type]
    return workflow.send_back(actor=Actor.of_account(by), item=item, account=by, node=node, opinion=opinion)  # type: ignore[arg-type]


def test_it_goes_back_to_who_did_it(world: World, process: Process) -> None:
    instance = world.start(process)
    world.do(instance, world.extra[0], "agree")
    world.do(instance, world.extra[1], "agree")
    item = world.open_item(instance, world.extra[2])
    assert [each.node for each in workflow.returnable(item=item)] == ["b", "a", START]
    back(world, instance, world.extra[2], "a")
    assert world.holders(instance) == ["extra0"], "not everybody who might have done it"
    assert Step.objects.get(instance=instance, node="a", state="open").round == 2
    assert Step.objects.get(instance=instance, node="c").state == "returned"
    world.do(instance, world.extra[0], "agree")
    assert world.at(instance) == ["b"]


def test_it_goes_back_to_the_starter_and_begins_again(world: World, process: Process) -> None:
    instance = world.start(process, values={"reason": "旧"})
    world.do(instance, world.extra[0], "agree")
    back(world, instance, world.extra[1], START)
    assert (world.holders(instance), world.at(instance)) == (["clerk"], [START])
    world.do(instance, world.cast.clerk, values={"reason": "新"})
    instance.refresh_from_db()
    assert (world.at(instance), instance.values) == (["a"], {"reason": "新"})
    for number in range(3):
        instance = world.do(instance, world.extra[number], "agree")
    assert instance.state == InstanceState.COMPLETED


def test_a_reason_is_needed_and_a_way_back(world: World, process: Process) -> None:
    instance = world.start(process)
    with pytest.raises(errors.OpinionMissing):
        back(world, instance, world.extra[0], START, " ")
    with pytest.raises(NotReturnable):
        back(world, instance, world.extra[0], "c")
    assert world.at(instance) == ["a"]


def test_a_step_may_forbid_it(world: World) -> None:
    instance = world.start(world.publish(step("a", ("head", "starter"), denied=["return"])))
    with pytest.raises(errors.ActionDenied):
        back(world, instance, world.cast.head, START)


def test_the_last_one_takes_back_what_nobody_has_read(world: World, process: Process) -> None:
    instance = world.start(process)
    world.do(instance, world.extra[0], "agree")
    assert workflow.withdrawable(instance=instance, account=world.extra[0])
    assert not workflow.withdrawable(instance=instance, account=world.cast.clerk)
    workflow.withdraw(actor=Actor.of_account(world.extra[0]), instance=instance, account=world.extra[0])
    assert world.holders(instance) == ["extra0"]
    world.do(instance, world.extra[0], "disagree")


def test_what_was_read_stays(world: World, process: Process) -> None:
    instance = world.start(process)
    world.do(instance, world.extra[0], "agree")
    workflow.item_read(item=world.open_item(instance, world.extra[1]), account=world.extra[1])
    with pytest.raises(errors.NotWithdrawable):
        workflow.withdraw(actor=Actor.of_account(world.extra[0]), instance=instance, account=world.extra[0])


def test_a_starter_gets_the_form_again(world: World, process: Process) -> None:
    instance = world.start(process)
    workflow.withdraw(actor=Actor.of_account(world.cast.clerk), instance=instance, account=world.cast.clerk)
    assert (world.holders(instance), world.at(instance)) == (["clerk"], [START])
    with pytest.raises(errors.NotWithdrawable):
        workflow.withdraw(
            actor=Actor.of_account(world.cast.clerk), instance=instance, account=world.cast.clerk
        )
    world.do(instance, world.cast.clerk)
    assert world.at(instance) == ["a"]
    assert workflow.withdrawable(instance=instance, account=world.cast.clerk)


def test_a_branch_beside_is_nobodys_to_take_back(world: World) -> None:
    group = {
        "id": "g",
        "name": "并联",
        "parallel": [
            step("x", ("account", str(world.extra[0].pk))),
            step("y", ("account", str(world.extra[1].pk))),
        ],
    }
    instance = world.start(world.publish(group, step("z", "starter")))
    world.do(instance, world.extra[0])
    assert not workflow.withdrawable(instance=instance, account=world.extra[0])
