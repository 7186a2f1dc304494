"""Doing one's part of a step."""

import threading

import pytest
from django.db import connection

from asp.audit.actor import Actor
from office.workflow import errors
from office.workflow import services as workflow
from office.workflow.models import Event, InstanceState, ItemState, WorkItem
from tenants.context import bureau_context
from tests.office.workflow.running.world import AGREE, DISAGREE, World, number, step, text


def three(world: World) -> list[tuple[str, str]]:
    return [("account", str(each.pk)) for each in world.extra[:3]]


def test_it_goes_on_and_ends(world: World) -> None:
    process = world.publish(
        step("a", ("head", "starter"), outcomes=[AGREE, DISAGREE]),
        step("b", ("account", str(world.cast.outsider.pk))),
    )
    instance = world.start(process)
    world.do(instance, world.cast.head, "agree", opinion=" 同意。 ")
    assert world.holders(instance) == ["outsider"]
    ended = world.do(instance, world.cast.outsider)
    assert (ended.state, ended.next_due) == (InstanceState.COMPLETED, None)
    assert world.events(instance) == ["started", "arrived", "done", "arrived", "done", "completed"]
    said = Event.objects.filter(instance=instance, kind="done").order_by("id").first()
    assert said is not None
    assert (said.opinion, said.outcome, said.actor_name) == ("同意。", "agree", world.cast.head.name)


def test_whoever_disagrees_ends_it(world: World) -> None:
    instance = world.start(
        world.publish(step("a", ("head", "starter"), outcomes=[AGREE, DISAGREE]), step("b", "starter"))
    )
    ended = world.do(instance, world.cast.head, "disagree")
    assert (ended.state, ended.outcome) == (InstanceState.COMPLETED, "disagree")


def test_an_outcome_is_needed_and_must_be_one_of_the_step(world: World) -> None:
    instance = world.start(world.publish(step("a", ("head", "starter"), outcomes=[AGREE, DISAGREE])))
    for wrong in ("", "maybe"):
        with pytest.raises(errors.UnknownOutcome):
            world.do(instance, world.cast.head, wrong)
    assert world.holders(instance) == ["head"]


def test_nobody_else_can_do_it_and_nobody_twice(world: World) -> None:
    instance = world.start(world.publish(step("a", ("head", "starter"))))
    item = world.open_item(instance, world.cast.head)
    with pytest.raises(errors.NotYours):
        workflow.complete(actor=Actor.of_account(world.cast.outsider), item=item, account=world.cast.outsider)
    workflow.complete(actor=Actor.of_account(world.cast.head), item=item, account=world.cast.head)
    with pytest.raises((errors.AlreadyDone, errors.NotRunning)):
        workflow.complete(actor=Actor.of_account(world.cast.head), item=item, account=world.cast.head)
    assert world.events(instance).count("done") == 1


def test_two_at_once_have_one_effect(world: World) -> None:
    people = three(world)
    instance = world.start(
        world.publish(step("a", *people, outcomes=[AGREE, DISAGREE]), step("b", "starter"))
    )
    outcomes: list[str] = []

    def act(account: object, item: WorkItem) -> None:
        try:
            with bureau_context(world.bureau):
                workflow.complete(
                    actor=Actor.of_account(account), item=item, account=account, outcome="agree"
                )  # type: ignore[arg-type]
            outcomes.append("done")
        except errors.AlreadyDone:
            outcomes.append("late")
        finally:
            connection.close()

    pairs = [(each, world.open_item(instance, each)) for each in world.extra[:3]]
    threads = [threading.Thread(target=act, args=pair) for pair in pairs]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(outcomes) == ["done", "late", "late"]
    assert world.at(instance) == ["b"]
    assert world.events(instance).count("done") == 1


def test_all_sign_side_by_side(world: World) -> None:
    sign = {"rule": "all", "order": "parallel"}
    instance = world.start(world.publish(step("a", *three(world), sign=sign, outcomes=[AGREE, DISAGREE])))
    for each in world.extra[:2]:
        world.do(instance, each, "agree")
    assert world.holders(instance) == ["extra2"]
    assert world.do(instance, world.extra[2], "disagree").outcome == "disagree"


def test_all_sign_one_after_the_other(world: World) -> None:
    sign = {"rule": "all", "order": "sequence"}
    instance = world.start(world.publish(step("a", *three(world), sign=sign, outcomes=[AGREE, DISAGREE])))
    seen = []
    for _ in range(3):
        (holder,) = world.holders(instance)
        seen.append(holder)
        account = next(each for each in world.extra if each.login == holder)
        world.do(instance, account, "agree")
    assert sorted(seen) == ["extra0", "extra1", "extra2"]
    assert world.at(instance) == []


def test_a_share_decides_early(world: World) -> None:
    sign = {"rule": "share", "share": 60, "order": "parallel"}
    instance = world.start(
        world.publish(step("a", *three(world), sign=sign, outcomes=[AGREE, DISAGREE]), step("b", "starter"))
    )
    world.do(instance, world.extra[0], "agree")
    world.do(instance, world.extra[2], "agree")
    assert world.at(instance) == ["b"]
    dropped = WorkItem.objects.get(instance=instance, account=world.extra[1])
    assert dropped.state == ItemState.DROPPED


def test_side_by_side_and_joined(world: World) -> None:
    group = {
        "id": "g",
        "name": "并联",
        "parallel": [
            step("x", ("account", str(world.extra[0].pk))),
            step("y", ("account", str(world.extra[1].pk))),
        ],
    }
    instance = world.start(world.publish(group, step("z", "starter")))
    assert world.at(instance) == ["x", "y"]
    world.do(instance, world.extra[1])
    assert world.at(instance) == ["x"]
    world.do(instance, world.extra[0])
    assert world.at(instance) == ["z"]


def test_the_form_is_kept_and_decides(world: World) -> None:
    process = world.publish(
        step("a", ("head", "starter"), fields={"amount": "edit"}),
        step("b", "starter", skip="amount < 10"),
        fields=(number("amount"), text("reason")),
    )
    instance = world.start(process, values={"amount": "5", "reason": "原"})
    moved = world.do(instance, world.cast.head, values={"amount": "50", "reason": "原"})
    assert moved.values == {"amount": "50", "reason": "原"}
    assert world.at(instance) == ["b"]


def test_somebody_else_saved_the_form(world: World) -> None:
    instance = world.start(
        world.publish(step("a", *three(world), fields={"reason": "edit"})), values={"reason": "一"}
    )
    mine, theirs = world.open_item(instance, world.extra[0]), world.open_item(instance, world.extra[1])
    seen = instance.revision
    workflow.values_save(
        actor=Actor.of_account(world.extra[1]),
        item=theirs,
        account=world.extra[1],
        values={"reason": "二"},
        revision=seen,
    )
    with pytest.raises(errors.ValuesChanged):
        workflow.complete(
            actor=Actor.of_account(world.extra[0]),
            item=mine,
            account=world.extra[0],
            values={"reason": "三"},
            revision=seen,
        )
    instance.refresh_from_db()
    assert instance.values == {"reason": "二"}


def test_an_open_flow_goes_where_its_holder_says(world: World) -> None:
    again = [
        {"value": "next", "label": "转下一人", "goto": "step:handle"},
        {"value": "end", "label": "办结", "goto": "end"},
    ]
    instance = world.start(
        world.publish(step("handle", "chosen", outcomes=again)), chosen={"handle": [world.extra[0].pk]}
    )
    with pytest.raises(errors.PeopleMissing):
        world.do(instance, world.extra[0], "next")
    world.do(instance, world.extra[0], "next", chosen={"handle": [world.extra[1].pk, world.extra[2].pk]})
    assert world.holders(instance) == ["extra1", "extra2"]
    ended = world.do(instance, world.extra[2], "end")
    assert ended.state == InstanceState.COMPLETED


def test_copies_are_to_read(world: World) -> None:
    instance = world.start(
        world.publish(
            step("a", ("head", "starter"), copies=[{"kind": "account", "ref": str(world.extra[0].pk)}]),
            step("b", "starter"),
        )
    )
    world.do(instance, world.cast.head)
    copy = world.open_item(instance, world.extra[0])
    assert copy.kind == "read"
    workflow.complete(actor=Actor.of_account(world.extra[0]), item=copy, account=world.extra[0])
    assert world.holders(instance) == ["clerk"]


def test_a_preview_says_who_is_next(world: World) -> None:
    instance = world.start(
        world.publish(step("a", ("head", "starter"), outcomes=[AGREE, DISAGREE]), step("b", "chosen"))
    )
    item = world.open_item(instance, world.cast.head)
    (following,) = workflow.preview(item=item, account=world.cast.head, outcome="agree")
    assert (following.node, following.to_choose, following.people) == ("b", True, ())
    (end,) = workflow.preview(item=item, account=world.cast.head, outcome="disagree")
    assert end.ends
    assert world.holders(instance) == ["head"]
    assert world.events(instance) == ["started", "arrived"]
