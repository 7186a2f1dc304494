"""Beginning a process."""

import threading

import pytest
from django.db import connection

from asp.accounts.models import AccountState
from asp.audit.actor import Actor
from asp.audit.models import Entry
from office.organization.services import Place, member_create, post_create
from office.workflow import errors
from office.workflow import services as workflow
from office.workflow.models import Instance, InstanceState, Process, Step, WorkItem
from tenants.context import bureau_context
from tests.office.workflow.running.world import AGREE, DISAGREE, World, number, person, step
from tests.support.people import TESTER, activate


def test_it_waits_for_the_head_of_the_starters_department(world: World) -> None:
    instance = world.start(world.publish(step("a", ("head", "starter"))), values={"reason": "探亲"})
    assert world.holders(instance) == ["head"]
    assert world.events(instance) == ["started", "arrived"]
    assert (instance.number, instance.starter_name) == (1, world.cast.clerk.name)
    item = WorkItem.objects.get(instance=instance)
    assert (item.step_name, item.source, item.url) == ("环节a", "workflow", f"/workflow/{instance.pk}/")
    assert Entry.objects.filter(action="workflow.started", target_id=instance.pk).count() == 1


def test_the_head_asks_the_one_above(world: World) -> None:
    """Whoever leads a department does not decide about themselves; without anybody above, nobody is found."""
    instance = world.start(world.publish(step("a", ("head", "starter"))), by=world.cast.head)
    assert world.holders(instance) == []
    assert Step.objects.get(instance=instance).stranded


def test_it_waits_for_the_head_of_the_department_above(world: World) -> None:
    """The clerk works in the section; its own head has nothing to do with it, the office's head has."""
    section, deputy = world.cast.section, world.extra[0]
    section.head_id = deputy.pk
    section.save(update_fields=["head_id"])
    process = world.publish(step("a", ("head", "starter")), step("b", ("head", "parent")))
    instance = world.start(process)
    assert world.holders(instance) == ["extra0"]
    world.do(instance, deputy)
    assert world.holders(instance) == ["head"]
    # The head of the office has none above: the step waits for those who oversee to say who does it.
    alone = world.start(world.publish(step("a", ("head", "parent"))), by=world.cast.head)
    assert world.holders(alone) == []
    assert Step.objects.get(instance=alone).stranded
    section.head_id = None
    section.save(update_fields=["head_id"])


def test_the_head_of_a_department_without_one_above_asks_the_highest_leader(world: World) -> None:
    highest = post_create(actor=TESTER, name="县长", rank=1)
    leader = member_create(
        actor=TESTER, name="丁局长", login="leader", places=[Place(world.cast.section.pk, highest.pk)]
    ).account
    activate(leader)
    instance = world.start(world.publish(step("a", ("head", "starter"))), by=world.cast.head)
    assert world.holders(instance) == ["leader"]
    alone = world.start(world.publish(step("a", ("head", "starter"))), by=world.cast.clerk)
    assert world.holders(alone) == ["head"], "only for whoever leads themselves"
    leader.state = AccountState.DISABLED
    leader.save(update_fields=["state"])


def test_performers_of_every_kind(world: World) -> None:
    cast = world.cast
    role = world.role(cast.outsider)
    kinds = {
        ("account", str(cast.outsider.pk)): ["outsider"],
        ("post", str(cast.post.pk)): sorted(
            ["head", "clerk", "outsider", *(each.login for each in world.extra)]
        ),
        ("department", str(cast.office.pk)): ["head"],
        ("role", str(role.pk)): ["outsider"],
        ("field", "who"): ["extra1"],
    }
    for performer, expected in kinds.items():
        process = world.publish(step("a", performer), fields=(person("who"),))
        instance = world.start(process, values={"who": str(world.extra[1].pk)})
        assert world.holders(instance) == expected, performer
    instance = world.start(world.publish(step("a", "starter")))
    assert world.holders(instance) == ["clerk"]


def test_somebody_who_left_gets_nothing(world: World) -> None:
    gone = world.extra[3]
    process = world.publish(step("a", ("account", str(gone.pk))))
    gone.state = AccountState.DISABLED
    gone.save(update_fields=["state"])
    try:
        instance = world.start(process)
        assert world.holders(instance) == []
        assert world.events(instance) == ["started", "stranded"]
    finally:
        gone.state = AccountState.ACTIVE
        gone.save(update_fields=["state"])


def test_people_are_chosen(world: World) -> None:
    process = world.publish(step("a", "chosen"))
    with pytest.raises(errors.PeopleMissing):
        world.start(process)
    assert not Instance.objects.filter(process=process).exists()
    instance = world.start(process, chosen={"a": [world.extra[0].pk]})
    assert world.holders(instance) == ["extra0"]
    with pytest.raises(errors.PeopleUnfit):
        world.start(process, chosen={"a": [world.cast.audit.pk]})


def test_conditions_look_at_the_form(world: World) -> None:
    process = world.publish(
        step("small", ("head", "starter"), outcomes=[AGREE, DISAGREE]),
        step("large", ("account", str(world.cast.outsider.pk)), skip="amount <= 1000"),
        fields=(number("amount"),),
    )
    little = world.start(process, values={"amount": "500"})
    assert world.do(little, world.cast.head, "agree").state == InstanceState.COMPLETED
    much = world.start(process, values={"amount": "1500"})
    assert world.do(much, world.cast.head, "agree").state == InstanceState.RUNNING
    assert world.at(much) == ["large"]


def test_a_stopped_or_unpublished_process_cannot_be_started(world: World) -> None:
    bare = Process.objects.create(code="bare", name="无版本")
    for process in (bare, "no-such-code"):
        with pytest.raises(errors.NotStartable):
            world.start(process)


def test_a_preview_changes_nothing(world: World) -> None:
    process = world.publish(step("a", ("head", "starter")))
    found = workflow.preview_start(process=process, starter=world.cast.clerk, values={})
    assert [(each.name, [one.login for one in each.people], each.to_choose) for each in found] == [
        ("环节a", ["head"], False)
    ]
    assert not Instance.objects.filter(process=process).exists()


def test_numbers_are_in_line_when_many_start_at_once(world: World) -> None:
    process = world.publish(step("a", ("head", "starter")))
    clerk, faults = world.cast.clerk, []

    def begin() -> None:
        try:
            with bureau_context(world.bureau):
                workflow.start(actor=Actor.of_account(clerk), process=process, starter=clerk)
        except Exception as error:  # noqa: BLE001 - told by the test
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=begin) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not faults
    numbers = sorted(Instance.objects.filter(process=process).values_list("number", flat=True))
    assert numbers == [1, 2, 3, 4, 5, 6]
