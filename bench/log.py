"""The audit log with 100,000 entries: every filter of its page, and an export of all."""

import time

from asp.audit import selectors
from asp.audit.exporting.files import plain, spreadsheet
from asp.audit.exporting.lines import columns, lines
from asp.audit.filtering import Wanted
from asp.audit.models import Entry
from bench.results import Results, percentile
from tenants.context import bureau_context
from tests.asp.audit.crowd import MANY, crowd
from tests.asp.audit.test_speed import FILTERS
from tests.support.bureaus import open_bureau

ROUNDS = 40


def log(results: Results) -> None:
    """One page of each question; the slowest question is the one that counts."""
    bureau = open_bureau()
    crowd(bureau)
    with bureau_context(bureau):
        p95 = {}
        for asked in FILTERS:
            spent = []
            for _round in range(ROUNDS):
                began = time.perf_counter()
                selectors.entry_page(Wanted(**asked))
                spent.append(time.perf_counter() - began)
            p95[" ".join(f"{name}={value}" for name, value in asked.items()) or "no filter"] = (
                percentile(spent, 0.95) * 1000
            )
        slowest = max(p95, key=lambda name: p95[name])
        results.at_most(f"audit log of {MANY:,}: slowest filter ({slowest}), p95", p95[slowest], "ms", 200)
        results.add("audit log: the page without a filter, p95", p95["no filter"], "ms")
        newest = Entry.objects.order_by("-id").values_list("id", flat=True)[0]
        for kind, write in (("csv", plain), ("xlsx", spreadsheet)):
            began = time.perf_counter()
            with write(columns(), lines(Wanted(), newest), lambda count: [("n", str(count))]):
                rate = MANY / (time.perf_counter() - began)
            results.add(f"audit log: export as {kind}", rate, "entries/s")
