"""What the cache holds is data, never a program."""

import redis
from django.conf import settings
from django.core.cache import cache

from tenants.context import bureau_context

# What `pickle` writes for `str("x")`: harmless if it runs.
PICKLED = b"cbuiltins\nstr\n(Vx\ntR."


def test_values_come_back_and_numbers_count(bureau_a):
    with bureau_context(bureau_a):
        for value in ({"名": [1, 2.5, None, True]}, "词", 7, False):
            cache.set("cache-test", value, timeout=30)
            assert cache.get("cache-test") == value
        cache.set("cache-test", 1, timeout=30)
        assert cache.incr("cache-test") == 2
        cache.delete("cache-test")


def test_what_somebody_pickled_is_not_run(bureau_a):
    with bureau_context(bureau_a):
        redis.Redis.from_url(settings.ASP.redis_url).set(cache.make_key("cache-test"), PICKLED, ex=30)
        try:
            found = cache.get("cache-test")
        except ValueError:
            found = None
        finally:
            cache.delete("cache-test")
    assert found is None
