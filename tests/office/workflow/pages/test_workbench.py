"""The block of the workbench."""

import datetime

from django.utils import timezone

from office.workflow import services as workflow
from tenants.keys import uuid7
from tests.office.workflow.pages.world import Pages, said


def test_to_do_comes_first_on_the_workbench(world: Pages) -> None:
    instance, _item = world.waiting()
    response = world.client(world.cast.head).get("/")
    page = said(response)
    assert instance.title in page
    assert page.index(instance.title) < page.index("Files used lately")
    assert 'hx-get="/workflow/brief/"' in response.content.decode()


def test_it_says_how_much_more_there_is_and_what_is_overdue(world: Pages) -> None:
    account = world.extra[2]
    now = timezone.now()
    for number in range(17):
        workflow.todo_add(
            source="library", about=uuid7(), account=account, title=f"第{number}件", url="/library/",
            due_at=now + datetime.timedelta(days=number - 1, hours=1),
        )  # fmt: skip
    page = said(world.client(account).get("/workflow/brief/"))
    assert "2 more" in page
    assert "1 overdue" in page
    assert "第0件" in page
    assert "第16件" not in page


def test_it_says_what_it_is_for_while_it_is_empty(world: Pages) -> None:
    page = said(world.client(world.cast.outsider).get("/"))
    assert "Nothing waits for you" in page


def test_administrators_have_none(world: Pages) -> None:
    for administrator in world.cast.administrators:
        page = said(world.client(administrator).get("/"))
        assert "Nothing waits for you" not in page
