"""The to-do list and the lists beside it."""

import datetime
import re
import secrets

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from asp.audit.actor import Actor
from office.workflow import services as workflow
from office.workflow.models import WorkItem
from tenants.keys import uuid7
from tests.office.workflow.pages.world import Pages, said
from tests.support.client import SiteClient
from tests.support.people import TESTER

LISTS = ("", "read/", "done/", "started/", "followed/", "delegated/")
STATEMENTS = 12


def plain(world: Pages, count: int, **more) -> None:
    """Many items at once, as another function would have put them there."""
    now = timezone.now()
    WorkItem.objects.bulk_create(
        [
            WorkItem(
                source="library",
                about=uuid7(),
                url="/library/",
                title=f"大量{number:05}",
                account=world.cast.outsider,
                arrived_at=now,
                due_at=now + datetime.timedelta(hours=number),
                **more,
            )
            for number in range(count)
        ]
    )


@pytest.mark.parametrize("path", LISTS)
def test_it_shows_each_list(world: Pages, path: str) -> None:
    assert world.client(world.cast.clerk).get(f"/workflow/{path}").status_code == 200


@pytest.mark.parametrize("path", [*LISTS, "count/", "brief/"])
def test_it_needs_sign_in_and_is_not_for_administrators(world: Pages, path: str) -> None:
    response = SiteClient(world.bureau).get(f"/workflow/{path}")
    assert response.status_code == 302
    assert "/sign-in/" in response["Location"]
    for administrator in world.cast.administrators:
        assert world.client(administrator).get(f"/workflow/{path}").status_code == 403


def test_it_lists_what_waits_for_me_and_nothing_else(world: Pages) -> None:
    instance, _item = world.waiting()
    assert instance.title in said(world.client(world.cast.head).get("/workflow/"))
    for other in (world.cast.clerk, world.cast.outsider, world.overseer):
        assert instance.title not in said(world.client(other).get("/workflow/"))


def test_it_puts_the_soonest_deadline_first_and_those_without_last(world: Pages) -> None:
    mark = secrets.token_hex(3)
    now = timezone.now()
    for name, due in (
        ("无", None),
        ("晚", now + datetime.timedelta(days=40)),
        ("早", now - datetime.timedelta(days=9)),
    ):
        workflow.todo_add(
            source="library",
            about=uuid7(),
            account=world.cast.head,
            title=f"{mark}{name}",
            url="/library/",
            due_at=due,
        )
    page = said(world.client(world.cast.head).get(f"/workflow/?q={mark}"))
    assert page.index(f"{mark}早") < page.index(f"{mark}晚") < page.index(f"{mark}无")
    assert page.index("Overdue") < page.index(f"{mark}早")
    assert "Without a deadline" in page


def test_it_filters_by_source_process_text_and_light(world: Pages) -> None:
    mark = secrets.token_hex(3)
    instance, _item = world.waiting(title=f"{mark}流程")
    now = timezone.now()
    for name, due, yellow in (
        ("红", now - datetime.timedelta(hours=1), now - datetime.timedelta(hours=9)),
        ("黄", now + datetime.timedelta(hours=1), now - datetime.timedelta(hours=1)),
    ):
        workflow.todo_add(
            source="library", about=uuid7(), account=world.cast.head, title=f"{mark}{name}", url="/library/",
            due_at=due, yellow_at=yellow,
        )  # fmt: skip
    client = world.client(world.cast.head)

    def found(query: str) -> set[str]:
        page = said(client.get(f"/workflow/?q={mark}{query}"))
        return {name for name in ("流程", "红", "黄") if f"{mark}{name}" in page}

    assert found("") == {"流程", "红", "黄"}
    assert found("&source=library") == {"红", "黄"}
    assert found("&source=workflow") == {"流程"}
    assert found(f"&process={instance.process_id}") == {"流程"}
    assert found("&light=red") == {"红"}
    assert found("&light=yellow") == {"黄"}
    # What is not understood filters nothing.
    assert found("&process=x&light=purple") == {"流程", "红", "黄"}


def test_it_moves_what_is_done_and_shows_where_mine_is(world: Pages) -> None:
    instance, item = world.waiting()
    started = said(world.client(world.cast.clerk).get("/workflow/started/"))
    assert instance.title in started
    assert "甲主任" in started
    world.completes(item)
    client = world.client(world.cast.head)
    assert f"/workflow/{instance.pk}/" not in client.get("/workflow/").content.decode()
    assert instance.title in said(client.get("/workflow/done/"))
    assert not WorkItem.objects.filter(pk=item.pk, state="open").exists()


def test_it_follows_what_i_follow_as_long_as_i_may_see_it(world: Pages) -> None:
    instance, _item = world.waiting()
    workflow.follow(account=world.overseer, instance=instance)
    # A row alone opens nothing: this colleague has no part in it.
    workflow.follow(account=world.cast.outsider, instance=instance)
    assert instance.title in said(world.client(world.overseer).get("/workflow/followed/"))
    assert instance.title not in said(world.client(world.cast.outsider).get("/workflow/followed/"))


def test_it_shows_both_sides_of_an_absence(world: Pages) -> None:
    deputy = world.extra[0]
    absence = workflow.absence_set(
        actor=Actor.of_account(world.cast.head),
        account=world.cast.head,
        deputy=deputy,
        begins=timezone.now(),
        ends=timezone.now() + datetime.timedelta(days=2),
    )
    try:
        instance = world.start(world.approval(), title=f"代办{secrets.token_hex(3)}")
    finally:
        workflow.absence_end(actor=TESTER, absence=absence)
    # It was not read: it went back. So the deputy reads the next one.
    assert world.holders(instance) == ["head"]
    absence = workflow.absence_set(
        actor=Actor.of_account(world.cast.head),
        account=world.cast.head,
        deputy=deputy,
        begins=timezone.now(),
        ends=timezone.now() + datetime.timedelta(days=2),
    )
    instance = world.start(world.approval(), title=f"代办{secrets.token_hex(3)}")
    world.client(deputy).get(f"/workflow/{instance.pk}/")
    workflow.absence_end(actor=TESTER, absence=absence)
    theirs = said(world.client(deputy).get("/workflow/delegated/"))
    mine = said(world.client(world.cast.head).get("/workflow/delegated/"))
    assert instance.title in theirs
    assert "for 甲主任" in theirs
    assert instance.title in mine
    assert "by 人员0" in mine


def test_it_counts_in_the_rail(world: Pages) -> None:
    client = world.client(world.extra[1])
    assert "tb-count" not in client.get("/workflow/count/").content.decode()
    workflow.todo_add(
        source="library", about=uuid7(), account=world.extra[1], title="一", url="/library/",
        due_at=timezone.now() - datetime.timedelta(days=1),
    )  # fmt: skip
    part = client.get("/workflow/count/").content.decode()
    assert ">1<" in part
    assert "is-late" in part
    assert "tb-pip" in client.get("/workflow/count/?small=1").content.decode()
    assert 'data-tb-live="workflow.todo"' in client.get("/library/recent/").content.decode()


def test_it_sends_as_many_statements_for_five_thousand_as_for_five(world: Pages) -> None:
    client = world.client(world.cast.outsider)
    plain(world, 5)
    client.get("/workflow/")
    few = fewest_statements(client)
    plain(world, 4995)
    response = client.get("/workflow/")
    assert response.status_code == 200
    assert re.search(r"of 5,?\d{3}\b", said(response))
    many = fewest_statements(client)
    assert len(many) <= STATEMENTS, many
    assert len(many) <= len(few) + 1, many


def fewest_statements(client: SiteClient) -> list[str]:
    """Of three tries: what is kept for a while (calendar, functions) is read anew now and then."""
    tries = []
    for _number in range(3):
        with CaptureQueriesContext(connection) as seen:
            client.get("/workflow/")
        tries.append([each["sql"][:120] for each in seen.captured_queries])
    return min(tries, key=len)


def test_it_pages(world: Pages) -> None:
    client = world.client(world.cast.outsider)
    if not WorkItem.objects.filter(account=world.cast.outsider, state="open").exists():
        plain(world, 120)
    assert "大量00000" in said(client.get("/workflow/"))
    second = said(client.get("/workflow/?page=2"))
    assert "大量00000" not in second
    # A page that does not exist is the last one; nonsense is the first.
    assert client.get("/workflow/?page=99999").status_code == 200
    assert "大量00000" in said(client.get("/workflow/?page=x"))


def test_it_is_of_one_bureau(world: Pages, make_bureau) -> None:
    instance, _item = world.waiting()
    page = said(world.elsewhere(make_bureau).get("/workflow/"))
    assert instance.title not in page
