"""Probes say no within two seconds when nobody answers, and name themselves."""

import socket
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest

from infra import health
from infra.health import Probe


def asp(port: int) -> SimpleNamespace:
    return SimpleNamespace(
        database_url=f"postgresql://app_login:x@127.0.0.1:{port}/tongban",
        database_owner_url="",
        db_login="app",
        redis_url=f"redis://:x@127.0.0.1:{port}/0",
        s3_endpoint_url=f"http://127.0.0.1:{port}",
        s3_region="us-east-1",
        s3_bucket="tongban",
        s3_access_key_id="x",
        s3_secret_access_key="x",
    )


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Accepts connections and never says a word."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "KEEP", -1.0)


PROBES = [health.database, health.cache, health.storage, health.queue]


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.__name__)
def test_it_says_no_when_nobody_listens(probe: Callable[[], Probe], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_settings", lambda: asp(1))
    answer = probe()
    assert answer.name == probe.__name__
    assert not answer.ok
    assert answer.detail


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.__name__)
def test_it_says_no_in_time_when_a_server_hangs(
    probe: Callable[[], Probe], silent_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "_settings", lambda: asp(silent_port))
    begun = time.monotonic()
    assert not probe().ok
    assert time.monotonic() - begun < 3.5
