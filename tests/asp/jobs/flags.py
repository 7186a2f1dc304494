"""Marks that a test and a worker's job leave for each other, in Valkey."""

import redis
from django.conf import settings


def _client() -> redis.Redis:
    return redis.Redis.from_url(settings.ASP.redis_url)


def raise_flag(name: str) -> None:
    _client().set(f"tests:flag:{name}", 1)


def is_set(name: str) -> bool:
    return bool(_client().exists(f"tests:flag:{name}"))


def count(name: str) -> None:
    _client().incr(f"tests:count:{name}")


def counted(name: str) -> int:
    return int(_client().get(f"tests:count:{name}") or 0)
