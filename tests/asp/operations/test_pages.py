"""The health page: who may see it, what it says, how much it costs."""

import json
import threading
import time

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from asp.operations import board
from tenants.observe.checks import Check, ok, warning, wrong
from tests.support.client import SiteClient
from tests.support.host import host_administrators
from tests.support.people import people

PATHS = ("/operations/health/", "/operations/health/line/")
MOST_QUERIES = 8


@pytest.fixture(scope="module")
def administrators():
    return dict(zip(("system", "security", "audit"), host_administrators(), strict=True))


@pytest.fixture
def console(administrators) -> SiteClient:
    return SiteClient("host").login_as(administrators["system"])


@pytest.fixture(autouse=True)
def stand(monkeypatch):
    """Three checks that stand still."""
    board.forget()
    given = [
        Check("a", "Alpha", lambda: ok("fine")),
        Check("b", "Beta", lambda: warning("soon", "make room"), url_name="jobs:list"),
        Check("c", "Gamma", lambda: wrong("stands still", "start it")),
    ]
    monkeypatch.setattr(board, "checks", lambda: given)
    yield given
    board.forget()


def test_it_says_what_is_wrong_and_what_to_do(console):
    text = console.get(PATHS[0]).content.decode()
    assert text.index("Gamma") < text.index("Beta") < text.index("Alpha")
    for words in ("stands still", "start it", "make room", "fine", "Wrong", "Warning"):
        assert words in text
    assert 'href="/jobs/"' in text.split("<main")[1]


def test_it_speaks_chinese(console):
    text = console.get(PATHS[0], HTTP_ACCEPT_LANGUAGE="zh-CN").content.decode()
    assert "运行状况" in text
    assert "需要处理" in text


def test_the_line_counts_what_needs_attention(console, stand):
    assert "2 things need attention" in console.get(PATHS[1]).content.decode()
    board.forget()
    del stand[1:]
    assert "Everything is in order" in console.get(PATHS[1]).content.decode()
    assert "Everything is in order" in console.get(PATHS[0]).content.decode()


def test_the_overview_asks_for_the_line_and_never_waits_for_a_check(console):
    text = console.get("/").content.decode()
    assert 'hx-get="/operations/health/line/"' in text
    assert "Gamma" not in text


def test_all_three_may_look_and_only_the_system_administrator_is_led_on(administrators):
    for duty in ("security", "audit"):
        client = SiteClient("host").login_as(administrators[duty])
        for path in PATHS:
            assert client.get(path).status_code == 200
        assert 'href="/jobs/"' not in client.get(PATHS[0]).content.decode().split("<main")[1]


@pytest.mark.parametrize("path", PATHS)
def test_nobody_else_may(path, fresh_bureau, console):
    assert "/sign-in" in SiteClient("host").get(path)["Location"]
    cast = people(fresh_bureau)
    assert SiteClient(fresh_bureau).login_as(cast.system).get(path).status_code == 404
    assert SiteClient("hall").get(path).status_code == 404
    assert console.post(path).status_code == 405


@pytest.mark.parametrize("path", PATHS)
def test_it_keeps_to_its_budget(path, console):
    console.get(path)
    with CaptureQueriesContext(connection) as queries:
        console.get(path)
    assert len(queries) <= MOST_QUERIES


def test_a_server_that_hangs_does_not_hold_the_page_up(console, stand):
    release = threading.Event()

    def hang():
        release.wait(30)
        return ok("late")

    stand.append(Check("h", "Hanging", hang))
    board.forget()
    begun = time.monotonic()
    text = console.get(PATHS[0]).content.decode()
    assert time.monotonic() - begun < 1.0
    release.set()
    assert "There was no answer within 0.7 s." in text


@pytest.mark.parametrize(("count", "status", "code"), [(1, "ok", 0), (2, "warning", 1), (3, "wrong", 2)])
def test_the_command_speaks_to_machines(capsys, stand, count, status, code):
    del stand[count:]
    with pytest.raises(SystemExit) as ended:
        call_command("health")
    answer = json.loads(capsys.readouterr().out)
    assert ended.value.code == code
    assert answer["status"] == status
    assert [each["code"] for each in answer["checks"]] == ["a", "b", "c"][:count]
