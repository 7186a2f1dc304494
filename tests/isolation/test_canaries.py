"""A value seeded in one bureau is not met in another: cache, session, search, keys in Valkey."""

import copy

from django.core.cache import cache

from asp.accounts.models import Session
from asp.search.services import search
from tenants.cache import prefix_key
from tenants.context import bureau_context, host_context
from tests.support.client import SiteClient
from tests.support.people import people


def test_cache_and_keys(bureau_a, bureau_b):
    with bureau_context(bureau_a):
        cache.set("canary", "甲")
        key = prefix_key("canary")
    with bureau_context(bureau_b):
        assert cache.get("canary") is None
        assert prefix_key("canary") != key
    with host_context():
        assert cache.get("canary") is None
        assert prefix_key("canary") != key


def test_sessions_and_search(make_bureau):
    a, b = make_bureau(), make_bureau()
    cast_a, cast_b = people(a, mark="雀甲"), people(b, mark="雀乙")
    client = SiteClient(a).login_as(cast_a.head)
    with bureau_context(b):
        assert not Session.objects.filter(account_id=cast_a.head.pk).exists()
        assert not list(search(account=cast_b.head, query="雀甲"))
    stranger = SiteClient(b)
    stranger.cookies = copy.deepcopy(client.cookies)
    assert stranger.get("/").status_code == 302
    assert client.get("/").status_code == 200
