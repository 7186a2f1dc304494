"""Heartbeats and what happened lately."""

import json
import time

import pytest
import redis
from django.conf import settings

from tenants.observe import alive, recent


@pytest.fixture(autouse=True)
def no_beats():
    client = recent.client(settings.ASP.redis_url)
    client.delete(alive.KEY)
    yield client
    client.delete(alive.KEY)


def test_a_process_tells_what_it_uses():
    alive.note("round", 12.5)
    alive.beat()
    (found,) = alive.living()
    assert found.pid > 0
    assert found.rss > 1024**2
    assert found.cpu > 0
    assert found.facts["round"] == 12.5


def test_a_silent_process_is_known_but_not_alive_and_is_forgotten_in_the_end(no_beats):
    alive.beat()
    (name, value), *_ = no_beats.hgetall(alive.KEY).items()
    no_beats.hset(alive.KEY, name, json.dumps(json.loads(value) | {"at": time.time() - 60}))
    assert alive.living() == []
    assert len(alive.beats()) == 1
    no_beats.hset(alive.KEY, name, json.dumps(json.loads(value) | {"at": time.time() - 7200}))
    assert alive.beats() == []
    assert no_beats.hlen(alive.KEY) == 0


def test_what_cannot_be_read_is_dropped(no_beats):
    no_beats.hset(alive.KEY, "x", "{}")
    assert alive.beats() == []
    assert no_beats.hlen(alive.KEY) == 0


def test_what_happens_is_counted_over_all_processes():
    before = recent.total("tests-happened", minutes=10)
    for _ in range(3):
        recent.count("tests-happened")
    assert recent.total("tests-happened", minutes=10) == before + 3


def test_nobody_waits_when_valkey_is_gone(monkeypatch):
    def gone(_url):
        raise redis.ConnectionError("refused")

    monkeypatch.setattr(recent, "client", gone)
    monkeypatch.setattr(recent, "_silent_until", [0.0])
    recent.count("tests-happened")
    assert recent._silent_until[0] > time.monotonic(), "the next ones do not even try"
