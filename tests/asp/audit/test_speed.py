"""A log of 100,000 entries answers every filter at once, without an index of its own.

The machine may be busy with other tests, so time is measured against a plain look at every entry, which takes
about 65 ms on an idle one (2 cores): three times that are 200 ms. `make bench AREA=ground` measures the 95th percentile.
"""

import datetime
import time

import pytest
from django.db import connection

from asp.audit import selectors
from asp.audit.filtering import Wanted
from asp.ui.moments import today
from tenants.context import bureau_context
from tests.asp.audit.crowd import crowd

ROUNDS = 10
MOST_TIMES = 3
PLAIN = "SELECT count(*) FROM audit_entry WHERE md5(params::text) = ''"
LAST_MONTH = today() - datetime.timedelta(days=30)

# Those that nothing fits have to look at every entry; those that much fits stop early.
FILTERS = [
    {},
    {"since": LAST_MONTH, "until": LAST_MONTH + datetime.timedelta(days=7)},
    {"until": datetime.date(2020, 1, 1)},
    {"person": "陈若水100"},
    {"person": "nobody"},
    {"person": "01900000-0000-7000-8000-000000000000"},
    {"action": "accounts.sign_in_failed"},
    {"action": "outbox.*"},
    {"target": "没有的"},
    {"target": "Nowhere"},
    {"target": "01900000-0000-7000-8000-000000000000"},
    {"source": "10.3.0.0/16"},
    {"source": "192.168.7.0/24"},
    {"result": "refused"},
    {"result": "failed"},
    {"text": "送审稿 4711"},
    {"text": "没有的"},
    {"text": "Nowhere at all"},
    {"text": "01900000-0000-7000-8000-000000000000"},
    {"person": "陈", "action": "library.*", "source": "10.0.0.0/8", "result": "done", "text": "没有的"},
]


@pytest.fixture(scope="module")
def full():
    from tests.support import bureaus

    bureau = bureaus.open_bureau()
    crowd(bureau)
    return bureau


def quickest(*works):
    """The quickest of some rounds of each, taken in turn."""
    spent = [[] for _work in works]
    for _ in range(ROUNDS):
        for place, work in enumerate(works):
            began = time.perf_counter()
            work()
            spent[place].append(time.perf_counter() - began)
    return [min(each) for each in spent]


def look_at_all():
    with connection.cursor() as cursor:
        cursor.execute(PLAIN)


@pytest.mark.parametrize("asked", FILTERS, ids=lambda asked: " ".join(asked) or "nothing")
def test_each_filter_answers_at_once(full, asked):
    with bureau_context(full):
        plain, spent = quickest(look_at_all, lambda: selectors.entry_page(Wanted(**asked)))
    assert spent < MOST_TIMES * plain


def test_pages_in_the_depth_cost_no_more(full):
    """By key, not by counting rows off: a page in the depth is as quick as the first."""
    with bureau_context(full):
        key = selectors.entry_page(Wanted(until=today() - datetime.timedelta(days=110))).older
        newer = selectors.entry_page(Wanted(), before=key).newer
        first, deep, back = quickest(
            lambda: selectors.entry_page(Wanted()),
            lambda: selectors.entry_page(Wanted(), before=key),
            lambda: selectors.entry_page(Wanted(), after=newer),
        )
    assert max(deep, back) < 3 * first
