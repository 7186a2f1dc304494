"""Many at once: what can be, what cannot, and a report."""

import pytest
from django.db import transaction

from office.workflow import services as workflow
from office.workflow.models import WorkItem
from tenants.keys import uuid7
from tests.office.workflow.pages.world import AGREE, DISAGREE, Pages, said, step, text
from tests.support.client import SiteClient


def key_of(page: str) -> str:
    return page.split('name="key" value="')[1].split('"')[0]


def many(world: Pages, count: int = 3):
    process = world.approval()
    return process, [world.waiting(process)[1] for _number in range(count)]


def query(items) -> str:
    return "&".join(f"item={each.pk}" for each in items)


def test_it_does_many_of_one_step_with_one_answer(world: Pages) -> None:
    _process, items = many(world)
    client = world.client(world.cast.head)
    page = client.get(f"/workflow/batch/?{query(items)}").content.decode()
    assert "同意 (3)" in page
    keys = [str(each.pk) for each in items]
    data = {"key": key_of(page), "item": keys, "outcome": "agree", "opinion": "统一同意"}
    response = client.post("/workflow/batch/", data)
    assert response.status_code == 200
    assert "3 things are done" in said(response)
    rows = WorkItem.objects.filter(pk__in=keys)
    assert {(each.state, each.outcome, each.opinion) for each in rows} == {("done", "agree", "统一同意")}


def test_it_keeps_versions_and_steps_apart(world: Pages) -> None:
    process, items = many(world, 2)
    again = step("review", ("account", str(world.cast.head.pk)), outcomes=[AGREE, DISAGREE])
    process.refresh_from_db()
    world.publish(again, process=process)
    items.append(world.waiting(process)[1])
    page = world.client(world.cast.head).get(f"/workflow/batch/?{query(items)}").content.decode()
    assert page.count('name="key"') == 2
    assert "同意 (2)" in page
    assert "同意 (1)" in page


def test_it_leaves_out_what_has_to_be_looked_at(world: Pages) -> None:
    needs = world.publish(
        step(
            "a",
            ("account", str(world.cast.head.pk)),
            outcomes=[AGREE, DISAGREE],
            fields={"opinion": "required"},
        ),
        fields=(text("reason"), text("opinion")),
    )
    _instance, required = world.waiting(needs)
    foreign = workflow.todo_add(
        source="library", about=uuid7(), account=world.cast.head, title="别处的", url="/library/"
    )
    halted, suspended = world.waiting()
    from tests.support.people import TESTER

    workflow.suspend(actor=TESTER, instance=halted, reason="等")
    items = [required, foreign, suspended]
    page = said(world.client(world.cast.head).get(f"/workflow/batch/?{query(items)}"))
    for reason in ("fields that must be filled in", "another function", "not in progress"):
        assert reason in page
    assert "None of these can be handled together" in page


def test_one_that_fails_does_not_undo_the_others(world: Pages) -> None:
    _process, items = many(world)
    client = world.client(world.cast.head)
    page = client.get(f"/workflow/batch/?{query(items)}").content.decode()
    # While the page is open, one of them is handed over.
    from asp.audit.actor import Actor

    workflow.hand_over(
        actor=Actor.of_account(world.cast.head), item=items[1], account=world.cast.head, to=world.extra[0]
    )
    data = {"key": key_of(page), "item": [str(each.pk) for each in items], "outcome": "agree"}
    response = client.post("/workflow/batch/", data)
    text_of = said(response)
    assert "2 things are done" in text_of
    assert "1 could not be done" in text_of
    states = dict(WorkItem.objects.filter(pk__in=[each.pk for each in items]).values_list("pk", "state"))
    assert [states[each.pk] for each in items] == ["done", "passed", "done"]


def test_each_has_a_transaction_of_its_own(world: Pages, monkeypatch) -> None:
    _process, items = many(world)
    seen: list[bool] = []
    real = workflow.complete

    def watched(**given):
        seen.append(transaction.get_connection().in_atomic_block)
        return real(**given)

    monkeypatch.setattr("office.workflow.views.batch.services.complete", watched)
    client = world.client(world.cast.head)
    page = client.get(f"/workflow/batch/?{query(items)}").content.decode()
    client.post(
        "/workflow/batch/",
        {"key": key_of(page), "item": [str(each.pk) for each in items], "outcome": "agree"},
    )
    assert seen == [False, False, False]


def test_a_repeat_reports_the_same(world: Pages) -> None:
    _process, items = many(world, 2)
    client = world.client(world.cast.head)
    page = client.get(f"/workflow/batch/?{query(items)}").content.decode()
    data = {"key": key_of(page), "item": [str(each.pk) for each in items], "outcome": "agree"}
    for _time in range(2):
        assert "2 things are done" in said(client.post("/workflow/batch/", data))


def test_it_wants_a_decision(world: Pages) -> None:
    _process, items = many(world, 2)
    client = world.client(world.cast.head)
    page = client.get(f"/workflow/batch/?{query(items)}").content.decode()
    for outcome in ("", "whatever"):
        data = {
            "key": key_of(page),
            "item": [str(each.pk) for each in items],
            "outcome": outcome,
            "opinion": "留着",
        }
        response = client.post("/workflow/batch/", data)
        assert response.status_code == 422
        assert "留着" in response.content.decode()
    assert WorkItem.objects.filter(pk__in=[each.pk for each in items], state="open").count() == 2


def test_others_parts_and_nonsense_are_nothing(world: Pages) -> None:
    _process, items = many(world, 2)
    stranger = world.client(world.cast.outsider)
    page = said(stranger.get(f"/workflow/batch/?{query(items)}"))
    assert items[0].title not in page
    stranger.post(
        "/workflow/batch/", {"key": "x", "item": [str(each.pk) for each in items], "outcome": "agree"}
    )
    assert WorkItem.objects.filter(pk__in=[each.pk for each in items], state="open").count() == 2
    assert stranger.get("/workflow/batch/?item=x").status_code == 404
    assert stranger.get("/workflow/batch/").status_code == 302


@pytest.mark.parametrize("method", ["get", "post"])
def test_it_needs_sign_in_the_permission_and_its_own_bureau(world: Pages, make_bureau, method: str) -> None:
    _process, items = many(world, 1)
    data = {"item": [str(items[0].pk)], "outcome": "agree", "key": "x"}
    assert "/sign-in/" in getattr(SiteClient(world.bureau), method)("/workflow/batch/", data)["Location"]
    for administrator in world.cast.administrators:
        assert getattr(world.client(administrator), method)("/workflow/batch/", data).status_code == 403
    response = getattr(world.elsewhere(make_bureau), method)("/workflow/batch/", data)
    assert items[0].title not in said(response)
    assert WorkItem.objects.get(pk=items[0].pk).is_open
