"""Sending back, withdrawing, handing over, countersigning, urging, cancelling."""

import pytest

from office.workflow.models import Event, WorkItem
from tests.office.workflow.pages.world import AGREE, DISAGREE, Pages, said, step


def two_steps(world: Pages):
    return world.publish(
        step("first", ("account", str(world.cast.head.pk)), outcomes=[AGREE, DISAGREE]),
        step("second", ("account", str(world.extra[0].pk)), outcomes=[AGREE, DISAGREE]),
    )


@pytest.mark.parametrize("part", ["return/", "hand-over/", "signers/", "urge/"])
def test_it_asks_on_a_page_and_in_a_dialog(world: Pages, part: str) -> None:
    instance, item = world.waiting(two_steps(world))
    client = world.client(world.cast.head)
    path = f"/workflow/{instance.pk}/{part}?item={item.pk}"
    if part == "urge/":
        client = world.client(world.cast.clerk)
    page = client.get(path)
    dialog = client.get(path, HTTP_HX_REQUEST="true")
    assert page.status_code == dialog.status_code == 200
    assert b"<!doctype" in page.content
    assert b"<!doctype" not in dialog.content
    assert b"workflow-dialog-title" in dialog.content


def test_it_sends_back_with_a_reason(world: Pages) -> None:
    instance, item = world.waiting(two_steps(world))
    world.completes(item)
    second = world.open_item(instance, world.extra[0])
    path = f"/workflow/{instance.pk}/return/?item={second.pk}"
    page = said(world.client(world.extra[0]).get(path))
    assert "环节first" in page
    assert world.asks(world.extra[0], path, node="first", opinion="").status_code == 422
    assert world.asks(world.extra[0], path, node="elsewhere", opinion="材料不全").status_code == 422
    assert world.holders(instance) == ["extra0"]
    response = world.asks(world.extra[0], path, node="first", opinion="材料不全")
    assert response.status_code == 302
    assert world.holders(instance) == ["head"]
    assert "材料不全" in said(world.client(world.cast.head).get(f"/workflow/{instance.pk}/"))


def test_what_lies_with_the_starter_goes_back_to_nobody(world: Pages) -> None:
    instance, _item = world.waiting()
    world.asks(world.cast.clerk, f"/workflow/{instance.pk}/withdraw/")
    path = f"/workflow/{instance.pk}/return/"
    assert "no earlier step" in said(world.client(world.cast.clerk).get(path))
    assert world.asks(world.cast.clerk, path, node="@start", opinion="退").status_code == 422
    assert world.holders(instance) == ["clerk"]


def test_it_rejects_for_good_where_the_step_allows_it(world: Pages) -> None:
    instance, item = world.waiting(world.approval(granted=["reject"]))
    path = f"/workflow/{instance.pk}/reject/?item={item.pk}"
    assert (
        f"/workflow/{instance.pk}/reject/"
        in world.client(world.cast.head).get(f"/workflow/{instance.pk}/").content.decode()
    )
    assert "Whoever started it is told why" in said(world.client(world.cast.head).get(path))
    # Whoever has no part in it, and whoever only sees it, cannot.
    assert world.asks(world.extra[0], path, opinion="不批").status_code == 404
    assert world.asks(world.cast.clerk, path, opinion="不批").status_code == 404
    assert world.asks(world.cast.head, path, opinion=" ").status_code == 422
    assert world.holders(instance) == ["head"]
    assert world.asks(world.cast.head, path, opinion="不符合规定").status_code == 302
    again = world.asks(world.cast.head, path, opinion="不符合规定")
    assert (again.status_code, "already done" in said(again)) == (409, True)
    assert Event.objects.filter(instance=instance, kind="rejected").count() == 1
    page = said(world.client(world.cast.clerk).get(f"/workflow/{instance.pk}/"))
    assert page.count("不符合规定") == 2, "above, and among the opinions"
    assert "It was rejected." in page
    assert instance.title not in said(world.client(world.cast.head).get("/workflow/"))
    assert "Rejected" in said(world.client(world.cast.clerk).get("/workflow/started/"))


def test_a_step_that_does_not_say_so_cannot_be_rejected(world: Pages) -> None:
    instance, item = world.waiting()
    page = world.client(world.cast.head).get(f"/workflow/{instance.pk}/").content.decode()
    assert f"/workflow/{instance.pk}/reject/" not in page
    path = f"/workflow/{instance.pk}/reject/?item={item.pk}"
    assert world.asks(world.cast.head, path, opinion="不批").status_code == 403
    assert world.holders(instance) == ["head"]


def test_another_bureau_does_not_reject(world: Pages, make_bureau) -> None:
    instance, item = world.waiting(world.approval(granted=["reject"]))
    there = world.elsewhere(make_bureau)
    assert there.post(f"/workflow/{instance.pk}/reject/?item={item.pk}", {"opinion": "x"}).status_code == 404
    assert world.holders(instance) == ["head"]


def test_it_withdraws_while_nobody_has_read_it(world: Pages) -> None:
    instance, _item = world.waiting()
    path = f"/workflow/{instance.pk}/withdraw/"
    page = said(world.client(world.cast.clerk).get(f"/workflow/{instance.pk}/"))
    assert "Withdraw" in page
    assert world.asks(world.cast.clerk, path).status_code == 302
    assert world.holders(instance) == ["clerk"]
    # It lies with the starter: they amend it and send it again, or give it up.
    page = said(world.client(world.cast.clerk).get(f"/workflow/{instance.pk}/"))
    assert "Send again" in page
    assert "Cancel for good" in page
    again = world.open_item(instance, world.cast.clerk)
    assert world.completes(again, world.cast.clerk, outcome="", **{"f.reason": "改了"}).status_code == 302
    instance.refresh_from_db()
    assert (instance.values, world.holders(instance)) == ({"reason": "改了"}, ["head"])


def test_it_does_not_withdraw_what_was_read(world: Pages) -> None:
    instance, _item = world.waiting()
    world.client(world.cast.head).get(f"/workflow/{instance.pk}/")
    assert (
        "/withdraw/" not in world.client(world.cast.clerk).get(f"/workflow/{instance.pk}/").content.decode()
    )
    assert world.asks(world.cast.clerk, f"/workflow/{instance.pk}/withdraw/").status_code == 409
    assert world.holders(instance) == ["head"]


def test_it_hands_over_to_one_colleague(world: Pages) -> None:
    instance, item = world.waiting()
    path = f"/workflow/{instance.pk}/hand-over/?item={item.pk}"
    for wrong in (
        {},
        {"to": [str(world.extra[0].pk), str(world.extra[1].pk)]},
        {"to": str(world.cast.system.pk)},
        {"to": "x"},
    ):
        response = world.asks(world.cast.head, path, opinion="请你办", **wrong)
        assert response.status_code == 422, wrong
        assert "请你办" in response.content.decode()
        assert world.holders(instance) == ["head"]
    assert world.asks(world.cast.head, path, opinion="请你办", to=str(world.extra[0].pk)).status_code == 302
    assert world.holders(instance) == ["extra0"]
    # What was handed over can no longer be done by who had it.
    assert world.completes(item).status_code == 409
    assert instance.title in said(world.client(world.cast.head).get("/workflow/done/"))


def test_a_step_may_forbid_it(world: Pages) -> None:
    instance, item = world.waiting(world.approval(denied=["hand_over", "add_signers", "return"]))
    page = world.client(world.cast.head).get(f"/workflow/{instance.pk}/").content.decode()
    for part in ("hand-over/", "signers/", "return/"):
        assert part not in page
    path = f"/workflow/{instance.pk}/hand-over/?item={item.pk}"
    assert world.asks(world.cast.head, path, to=str(world.extra[0].pk)).status_code == 403
    assert world.holders(instance) == ["head"]


def test_it_asks_others_to_countersign_and_comes_back(world: Pages) -> None:
    instance, item = world.waiting()
    path = f"/workflow/{instance.pk}/signers/?item={item.pk}"
    people = [str(world.extra[0].pk), str(world.extra[1].pk)]
    assert world.asks(world.cast.head, path, order="sideways", to=people).status_code == 422
    assert world.asks(world.cast.head, path, order="parallel", opinion="请会签", to=people).status_code == 302
    assert world.holders(instance) == ["extra0", "extra1"]
    page = said(world.client(world.extra[0]).get(f"/workflow/{instance.pk}/"))
    assert "asks what you think of it" in page
    for account in (world.extra[0], world.extra[1]):
        theirs = world.open_item(instance, account)
        assert world.completes(theirs, account, outcome="", opinion="没有意见").status_code == 302
    assert world.holders(instance) == ["head"]
    assert said(world.client(world.cast.head).get(f"/workflow/{instance.pk}/")).count("没有意见") == 2


def test_it_urges_once_in_a_while(world: Pages) -> None:
    instance, item = world.waiting()
    path = f"/workflow/{instance.pk}/urge/"
    assert world.asks(world.cast.clerk, path, words="着急").status_code == 302
    item.refresh_from_db()
    assert item.urgent
    assert "urged" in said(world.client(world.cast.head).get("/workflow/"))
    # Who, whom, when and in which words stands in the path, for everybody who reads it.
    for account in (world.cast.head, world.cast.clerk):
        story = world.client(account).get(f"/workflow/{instance.pk}/").context["story"]
        (stop,) = [each for each in story.stops if each.words]
        assert stop.title == f"{world.cast.clerk.name} urged {world.cast.head.name}"
        assert (stop.words, stop.at) == (
            "着急",
            Event.objects.get(instance=instance, kind="urged").occurred_at,
        )
    page = world.client(world.cast.head).get(f"/workflow/{instance.pk}/").content.decode()
    assert "着急" in page.split('class="tb-path"')[1].split("</ol>")[0]
    again = world.asks(world.cast.clerk, path, words="很急")
    assert again.status_code == 429 or again.status_code == 422
    assert "a short while ago" in said(again)
    assert Event.objects.filter(instance=instance, kind="urged").count() == 1


def test_only_who_has_it_may_cancel_unless_they_oversee(world: Pages) -> None:
    instance, _item = world.waiting()
    path = f"/workflow/{instance.pk}/cancel/"
    for account in (world.cast.head, world.cast.clerk):
        assert world.asks(account, path, reason="不办").status_code == 404
    world.asks(world.cast.clerk, f"/workflow/{instance.pk}/withdraw/")
    assert world.asks(world.cast.clerk, path, reason="").status_code == 422
    assert world.asks(world.cast.clerk, path, reason="不办了").status_code == 302
    instance.refresh_from_db()
    assert (instance.state, instance.reason) == ("cancelled", "不办了")
    assert not WorkItem.objects.filter(instance=instance, state="open").exists()
