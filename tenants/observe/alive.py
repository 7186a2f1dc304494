"""Heartbeats (心跳): every few seconds each process writes to Valkey that it lives, and what it uses.

A hash with one field for each process. Valkey may lose it; a beat later it is there again.
"""

import json
import logging
import os
import socket
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import redis
from django.conf import settings

from tenants.observe import metrics, recent

log = logging.getLogger(__name__)

KEY = "h:alive"
EVERY = 5.0
GONE_AFTER = 20.0
FORGOTTEN_AFTER = 3600.0

_started: dict[int, float] = {}
_facts: dict[str, float] = {}
_lock = threading.Lock()


@dataclass(frozen=True)
class Beat:
    """The last sign of life of one process. `rss` in bytes, `cpu` in seconds since its start."""

    process: str
    machine: str
    pid: int
    started: float
    at: float
    rss: int = 0
    cpu: float = 0.0
    threads: int = 0
    facts: dict[str, float] = field(default_factory=dict)

    @property
    def age(self) -> float:
        """Seconds since then."""
        return max(0.0, time.time() - self.at)


def note(name: str, value: float) -> None:
    """Put a figure into this process's next beats: the time of a round, the jobs in flight."""
    with _lock:
        _facts[name] = value


def add(name: str, amount: float) -> None:
    """Change a figure of this process."""
    with _lock:
        _facts[name] = _facts.get(name, 0.0) + amount


def start() -> None:
    """Begin to beat, once in each process. Call it after a fork, not before."""
    pid = os.getpid()
    with _lock:
        if pid in _started:
            return
        _started[pid] = time.time()
    threading.Thread(target=_beat_on, name="heartbeat", daemon=True).start()


def beat() -> None:
    """Write one beat now. Raises RedisError or OSError."""
    pid = os.getpid()
    rss, cpu, threads = usage(pid)
    with _lock:
        facts = dict(_facts)
    value: dict[str, Any] = {
        "process": metrics.PROCESS,
        "machine": socket.gethostname(),
        "pid": pid,
        "started": _started.get(pid, time.time()),
        "at": time.time(),
        "rss": rss,
        "cpu": cpu,
        "threads": threads,
        "facts": facts,
    }
    recent.client(settings.ASP.redis_url).hset(KEY, f"{value['machine']}:{pid}", json.dumps(value))


def _beat_on() -> None:
    silent = False
    while True:
        try:
            beat()
            silent = False
        except (redis.RedisError, OSError) as error:
            if not silent:
                log.warning("no heartbeat: %s", error)
            silent = True
        time.sleep(EVERY)


def beats() -> list[Beat]:
    """Return what is known of every process, the silent ones of the last hour too. Raises RedisError."""
    client = recent.client(settings.ASP.redis_url)
    found, old = [], []
    for name, value in client.hgetall(KEY).items():  # type: ignore[union-attr]
        try:
            each = Beat(**json.loads(value))
        except (ValueError, TypeError):
            old.append(name)
            continue
        if each.age > FORGOTTEN_AFTER:
            old.append(name)
        else:
            found.append(each)
    if old:
        client.hdel(KEY, *old)
    return sorted(found, key=lambda each: (each.process, each.machine, each.pid))


def living() -> list[Beat]:
    """Return the processes that have given a sign lately. Raises RedisError."""
    return [each for each in beats() if each.age <= GONE_AFTER]


def usage(pid: int) -> tuple[int, float, int]:
    """Return resident bytes, processor seconds and threads of a process of this machine."""
    try:
        with open(f"/proc/{pid}/stat") as stream:
            parts = stream.read().rpartition(")")[2].split()
    except OSError:
        return 0, 0.0, 0
    ticks = os.sysconf("SC_CLK_TCK")
    return (
        int(parts[21]) * os.sysconf("SC_PAGE_SIZE"),
        (int(parts[11]) + int(parts[12])) / ticks,
        int(parts[17]),
    )
