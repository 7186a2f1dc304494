"""The page of an instance: for whom, and what is on it."""

import re
import uuid

import pytest

from office.workflow import services as workflow
from office.workflow.bpmn.gate import check
from office.workflow.bpmn.spec import compile_definition
from office.workflow.bpmn.steps import steps_from_json, write_steps
from office.workflow.models import ItemKind, ProcessVersion, WorkItem
from tests.office.workflow.pages.world import AGREE, DISAGREE, Pages, said, step, text
from tests.support.bpmn import END, START, bpmn, chain, part, user
from tests.support.client import SiteClient

PARTS = ("", "print/")
ACTS = (
    "return/", "reject/", "withdraw/", "hand-over/", "signers/", "urge/", "cancel/", "suspend/", "resume/", "reassign/", "move/",
)  # fmt: skip
POSTS = ("complete/", "follow/", "ask/", "next/")


def test_it_shows_form_path_diagram_opinions_and_acts(world: Pages) -> None:
    process = world.publish(
        step("first", ("account", str(world.cast.head.pk)), outcomes=[AGREE, DISAGREE]),
        step("second", ("account", str(world.extra[0].pk)), outcomes=[AGREE, DISAGREE]),
    )
    instance, item = world.waiting(process, values={"reason": "家事要紧"})
    page = said(world.client(world.cast.head).get(f"/workflow/{instance.pk}/"))
    for words in (
        "家事要紧",
        "环节first",
        "环节second",
        "may follow",
        "同意",
        "Hand over",
        "Follow",
        "Print",
    ):
        assert words in page, words
    assert "is-current" in world.client(world.cast.head).get(f"/workflow/{instance.pk}/").content.decode()
    world.completes(item, opinion="按规定办")
    page = said(world.client(world.cast.clerk).get(f"/workflow/{instance.pk}/"))
    assert "按规定办" in page
    assert "甲主任" in page
    assert "not read yet" in page
    # The starter reads; nothing waits for them.
    assert "Save for later" not in page


def test_it_shows_the_processes_that_it_calls(world: Pages) -> None:
    drawn = {"id": "inner", "name": "内层流程", "steps": [step("x", ("head", "starter"))]}
    inner = check(write_steps(steps_from_json(drawn)))
    assert inner.definition is not None
    content = bpmn(
        START,
        user("a"),
        part("callActivity", "c", calledElement="inner"),
        END,
        chain("start", "a", "c", "end"),
    )
    outer = check(content, processes={"inner": inner.definition})
    assert outer.definition is not None
    process = world.approval()
    process.current = ProcessVersion.objects.create(
        process=process,
        number=2,
        name=process.name,
        bpmn=content.decode(),
        spec=compile_definition(outer.definition, processes={"inner": inner.definition}),
        form=process.current.form,  # type: ignore[union-attr]
        engine="test",
    )
    process.save()
    instance = world.start(process)
    clerk = world.client(world.cast.clerk)
    drawings = clerk.get(f"/workflow/{instance.pk}/").context["drawings"]
    assert [(each.name, each.now, each.passed) for each in drawings.called] == [("内层流程", False, False)]
    world.do(instance, world.cast.clerk, "agree")
    answer = world.client(world.cast.head).get(f"/workflow/{instance.pk}/")
    (called,) = answer.context["drawings"].called
    assert (called.now, "is-current" in called.drawing) == (True, True)
    page = said(answer)
    assert "Called process “内层流程” now" in page
    assert "环节x 内层流程" in page, "the path says to which process its step belongs"
    # Each drawing has ids of its own, and none that another part of the page has.
    ids = re.findall(r'\sid="([^"]+)"', answer.content.decode())
    assert len(ids) == len(set(ids))
    world.do(instance, world.cast.head)
    (called,) = clerk.get(f"/workflow/{instance.pk}/").context["drawings"].called
    assert (called.now, called.passed) == (False, True)


def test_it_shows_no_called_process_where_there_is_none(world: Pages) -> None:
    instance, _item = world.waiting()
    assert "Called process" not in said(world.client(world.cast.clerk).get(f"/workflow/{instance.pk}/"))


def test_it_notes_that_it_was_read(world: Pages) -> None:
    instance, item = world.waiting()
    world.client(world.cast.clerk).get(f"/workflow/{instance.pk}/")
    item.refresh_from_db()
    assert item.read_at is None
    world.client(world.cast.head).head(f"/workflow/{instance.pk}/")
    item.refresh_from_db()
    assert item.read_at is None
    world.client(world.cast.head).get(f"/workflow/{instance.pk}/")
    item.refresh_from_db()
    assert item.read_at is not None


@pytest.mark.parametrize("part", PARTS)
def test_it_is_for_those_who_have_a_part_in_it(world: Pages, part: str) -> None:
    instance, _item = world.waiting()
    path = f"/workflow/{instance.pk}/{part}"
    assert world.overseer is not None
    for account in (world.cast.clerk, world.cast.head, world.overseer):
        assert world.client(account).get(path).status_code == 200, account.login
    assert world.client(world.cast.outsider).get(path).status_code == 404
    assert "/sign-in/" in SiteClient(world.bureau).get(path)["Location"]
    for administrator in world.cast.administrators:
        assert world.client(administrator).get(path).status_code == 403


@pytest.mark.parametrize("part", [*PARTS, *ACTS])
def test_another_bureau_and_strangers_find_nothing(world: Pages, make_bureau, part: str) -> None:
    instance, item = world.waiting()
    path = f"/workflow/{instance.pk}/{part}?item={item.pk}"
    assert world.elsewhere(make_bureau).get(path).status_code == 404
    stranger = world.client(world.cast.outsider).get(path)
    assert stranger.status_code in (403, 404)
    assert world.client(world.cast.head).get(f"/workflow/{uuid.uuid1()}/{part}").status_code in (403, 404)


@pytest.mark.parametrize("part", [*POSTS, *ACTS])
def test_another_bureau_and_strangers_change_nothing(world: Pages, make_bureau, part: str) -> None:
    instance, item = world.waiting()
    data = {
        "item": str(item.pk),
        "outcome": "agree",
        "reason": "x",
        "opinion": "x",
        "to": str(world.extra[0].pk),
    }
    path = f"/workflow/{instance.pk}/{part}?item={item.pk}"
    assert world.elsewhere(make_bureau).post(path, data).status_code == 404
    assert world.client(world.cast.outsider).post(path, data).status_code in (403, 404)
    before = instance.revision
    instance.refresh_from_db()
    assert (instance.revision, instance.state) == (before, "running")


def test_it_hides_what_the_step_hides(world: Pages) -> None:
    process = world.publish(
        step("first", ("account", str(world.cast.head.pk)), fields={"reason": "hidden"}),
        step("second", ("account", str(world.extra[0].pk))),
    )
    instance, item = world.waiting(process, values={"reason": "秘而不宣"})
    head = world.client(world.cast.head)
    assert "秘而不宣" not in head.get(f"/workflow/{instance.pk}/").content.decode()
    assert "秘而不宣" not in head.get(f"/workflow/{instance.pk}/print/").content.decode()
    world.completes(item, outcome="")
    # Afterwards as well; whoever has it now, and whoever oversees, reads it.
    assert "秘而不宣" not in head.get(f"/workflow/{instance.pk}/").content.decode()
    assert "秘而不宣" in world.client(world.extra[0]).get(f"/workflow/{instance.pk}/").content.decode()
    assert "秘而不宣" in world.client(world.overseer).get(f"/workflow/{instance.pk}/").content.decode()


def test_it_escapes_what_people_wrote(world: Pages) -> None:
    bad = '<img src=x onerror="alert(1)">'
    instance, item = world.waiting(values={"reason": bad}, title=bad)
    world.completes(item, opinion=bad)
    for path in (f"/workflow/{instance.pk}/", f"/workflow/{instance.pk}/print/", "/workflow/started/"):
        page = world.client(world.cast.clerk).get(path).content.decode()
        assert "<img src=x" not in page
        assert "&lt;img" in page


def test_a_copy_is_read_and_then_gone_from_the_list(world: Pages) -> None:
    copied = step(
        "a", ("account", str(world.cast.head.pk)), copies=[{"kind": "account", "ref": str(world.extra[0].pk)}]
    )
    instance, item = world.waiting(world.publish(copied))
    world.completes(item, outcome="")
    client = world.client(world.extra[0])
    assert instance.title in said(client.get("/workflow/read/"))
    assert "Mark as read" in said(client.get(f"/workflow/{instance.pk}/"))
    copy = WorkItem.objects.get(instance=instance, kind=ItemKind.READ)
    response = client.post(f"/workflow/{instance.pk}/complete/", {"item": str(copy.pk)})
    assert response.status_code == 302
    assert instance.title not in said(client.get("/workflow/read/")).split("To read")[-1]
    assert client.get(f"/workflow/{instance.pk}/").status_code == 200


def test_it_prints_form_and_decisions(world: Pages) -> None:
    instance, item = world.waiting(values={"reason": "打印"})
    world.completes(item, opinion="请照办")
    page = said(world.client(world.cast.clerk).get(f"/workflow/{instance.pk}/print/"))
    for words in ("打印", "请照办", "同意", "环节review", "甲主任"):
        assert words in page, words


def test_following_is_a_switch(world: Pages) -> None:
    instance, _item = world.waiting()
    client = world.client(world.cast.clerk)
    client.post(f"/workflow/{instance.pk}/follow/")
    assert instance.title in said(client.get("/workflow/followed/"))
    client.post(f"/workflow/{instance.pk}/follow/", {"off": "1"})
    assert instance.title not in said(client.get("/workflow/followed/"))


def test_it_shows_an_instance_that_has_ended_or_stands_still(world: Pages) -> None:
    instance, _item = world.waiting()
    from tests.support.people import TESTER

    workflow.suspend(actor=TESTER, instance=instance, reason="等候")
    page = said(world.client(world.cast.head).get(f"/workflow/{instance.pk}/"))
    assert "It is suspended" in page
    assert "等候" in page
    workflow.cancel(actor=TESTER, instance=instance, reason="不办了")
    page = said(world.client(world.cast.head).get(f"/workflow/{instance.pk}/"))
    assert "It was cancelled" in page
    assert "不办了" in page


def test_a_form_without_any_field_is_no_error(world: Pages) -> None:
    process = world.publish(
        step("a", ("account", str(world.cast.head.pk))), fields=(text("reason", when="1 == 2"),)
    )
    instance, item = world.waiting(process)
    assert world.client(world.cast.head).get(f"/workflow/{instance.pk}/").status_code == 200
    assert world.completes(item, outcome="").status_code == 302
