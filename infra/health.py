"""Probes of what a request may need (健康检查), for `/readyz`. Each answers within about two seconds.

They open connections of their own: a probe must not wait behind the requests that it judges, nor meet a
bureau's role on a shared connection. An answer is kept for a second, so that a flood of `/readyz` is not
a flood of connections.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from . import s3

KEEP = 1.0
TIMEOUT = 1.5


@dataclass(frozen=True)
class Probe:
    """Result of one probe. `detail` is for logs and administrators, never for the public."""

    name: str
    ok: bool
    detail: str = ""


def _kept(probe: Callable[[], Probe]) -> Callable[[], Probe]:
    """Give the last answer again while it is younger than KEEP seconds."""
    lock = threading.Lock()
    last: list[tuple[float, Probe]] = []

    @wraps(probe)
    def answer() -> Probe:
        with lock:
            if not last or time.monotonic() - last[0][0] > KEEP:
                result = probe()
                last[:] = [(time.monotonic(), result)]
            return last[0][1]

    return answer


def _settings() -> Any:
    from django.conf import settings

    return settings.ASP


@_kept
def database() -> Probe:
    """PostgreSQL takes this process's login and answers."""
    import psycopg2

    asp = _settings()
    url = asp.database_owner_url if asp.db_login == "owner" else asp.database_url
    try:
        # Two seconds is the shortest time-out that libpq knows.
        connection = psycopg2.connect(url, connect_timeout=2, options="-c statement_timeout=1500")
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        finally:
            connection.close()
    except psycopg2.Error as problem:
        return Probe("database", False, str(problem).strip())
    return Probe("database", True)


@_kept
def cache() -> Probe:
    """Valkey takes a value and gives it back."""
    import redis

    token = f"{time.time_ns()}"
    try:
        with _redis() as client:
            client.set("h:infra:health", token, ex=30)
            ok = client.get("h:infra:health") is not None
    except redis.RedisError as problem:
        return Probe("cache", False, str(problem))
    return Probe("cache", ok, "" if ok else "a value was not given back")


@_kept
def queue() -> Probe:
    """The queue's Valkey has its data loaded and its append-only file can be written."""
    import redis

    try:
        with _redis() as client:
            info = client.info("persistence")
    except redis.RedisError as problem:
        return Probe("queue", False, str(problem))
    if info.get("loading"):
        return Probe("queue", False, "still loading")
    if info.get("aof_enabled") and info.get("aof_last_write_status") != "ok":
        return Probe("queue", False, "the append-only file cannot be written")
    return Probe("queue", True)


@_kept
def storage() -> Probe:
    """The object store answers for our bucket with our key."""
    asp = _settings()
    client = s3.Client(
        endpoint=asp.s3_endpoint_url,
        region=asp.s3_region,
        bucket=asp.s3_bucket,
        access_key=asp.s3_access_key_id,
        secret_key=asp.s3_secret_access_key,
        timeout=TIMEOUT,
    )
    status = client.bucket_status()
    return Probe("storage", status == 200, "" if status == 200 else f"status {status}")


def _redis() -> Any:
    import redis

    return redis.Redis.from_url(_settings().redis_url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT)
