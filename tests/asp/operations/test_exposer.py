"""The scrape endpoint."""

import http.client
import json
import re
import time

import psycopg2
import pytest
from django.conf import settings

from asp.operations import board, exposer, probe
from tenants.context import host_context
from tenants.models import Doorbell
from tenants.observe import alive, recent


@pytest.fixture
def ask():
    server = exposer.serve(0)

    def get(path: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=20)
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    yield get
    server.shutdown()
    server.server_close()
    board.forget()


def test_it_tells_counters_processes_waiting_work_and_health(ask, fresh_bureau):
    alive.beat()
    with host_context():
        bell = Doorbell.objects.create(kind="job", bureau_id=fresh_bureau.id)
    try:
        status, text = ask("/metrics")
    finally:
        with host_context():
            bell.delete()
    assert status == 200
    for name in (
        "tongban_db_queries_total{",
        "tongban_process_rss_bytes{",
        "tongban_db_connections ",
        f'tongban_bureau_open_jobs{{bureau="{fresh_bureau.slug}"}} 1.0',
        'tongban_waiting_oldest_seconds{kind="job"}',
        'tongban_health{check="database"} 0.0',
        "tongban_pool_ready ",
    ):
        assert name in text, name


def test_one_silent_server_leaves_the_rest_readable(ask, monkeypatch):
    def gone(_sql):
        raise psycopg2.OperationalError("refused")

    monkeypatch.setattr(probe, "row", gone)
    board.forget()
    status, text = ask("/metrics")
    assert status == 200
    assert "tongban_db_connections " not in text
    assert "tongban_process_threads" in text
    assert 'tongban_health{check="database"} 2.0' in text


def test_a_silent_process_uses_nothing_any_more(ask):
    client = recent.client(settings.ASP.redis_url)
    value = {"process": "gone", "machine": "m", "pid": 7, "started": 1.0, "at": time.time() - 60, "rss": 5}
    client.hset(alive.KEY, "m:7", json.dumps(value))
    try:
        _status, text = ask("/metrics")
    finally:
        client.hdel(alive.KEY, "m:7")
    assert 'tongban_process_beat_age_seconds{machine="m",pid="7",process="gone"} 6' in text
    assert 'tongban_process_rss_bytes{machine="m"' not in text


def test_there_is_one_address(ask):
    assert ask("/")[0] == 404


def test_it_listens_on_this_machine_only():
    server = exposer.serve(0)
    try:
        assert server.server_address[0] == "127.0.0.1"
    finally:
        server.shutdown()
        server.server_close()


def test_no_value_is_personal(ask):
    _status, text = ask("/metrics")
    # A phone number stands alone; the random address of a test's bureau may well end in eleven digits.
    personal = re.compile(r"(?<![0-9a-z])1[3-9]\d{9}(?![0-9a-z.])|@[a-z]")
    assert personal.search('{account="13900001111"}')
    assert not personal.search("\n".join(re.findall(r"\{.*?\}", text)))
