"""Which tests stay together when several processes share the work, and which come first.

xdist's own groups (`xdist_group` with `--dist loadgroup`) are marks in the tests' ids, which it can no longer
write there since pytest 9.2; so the scheduler is told by paths.
"""

from collections import Counter

import pytest
from xdist.scheduler import LoadScopeScheduling

# Each of these starts something costly once: the whole site with a browser, a browser, all processes of a site; of the
# tests that kill servers: the stack of the storm, a host with backups. They take longest and come first, in this order.
TOGETHER = (
    "tests/faults/test_real_servers.py",
    "tests/faults/",
    "tests/infra/backup/",
    "tests/provisioning/test_restore_bureau.py",
    "tests/infra/test_recovery.py",
    "tests/browser/",
    "tests/asp/forms/test_in_browser.py",
    "tests/asp/ui/test_behaviours.py",
    "tests/asp/operations/test_stack.py",
    "tests/architecture/test_worked_example.py",
)
# Their few tests take long each: by their number they would come last, and one process would wait for another.
EARLY = (
    "tests/tenants/fleet/",
    "tests/infra/",
    "tests/flows/",
    "tests/isolation/",
    "tests/asp/audit/",
    "tests/asp/jobs/",
)


def scope_of(nodeid: str) -> str:
    """What a test shares a process with: a folder of TOGETHER, else its file, whose fixtures are made once then."""
    return next((path for path in TOGETHER if nodeid.startswith(path)), nodeid.partition("::")[0])


def longest_first(items: list[pytest.Item]) -> None:
    """Put the longest scopes first, so that the processes end at about the same time."""
    sizes = Counter(scope_of(each.nodeid) for each in items)
    order = (*TOGETHER, *EARLY)

    def key(item: pytest.Item) -> tuple[int, int, str]:
        scope = scope_of(item.nodeid)
        rank = next((at for at, path in enumerate(order) if scope.startswith(path)), len(order))
        return rank, -sizes[scope], scope

    items.sort(key=key)  # stable: within its scope each test keeps its place


class Scheduling(LoadScopeScheduling):
    """A scope after the other, in the order in which the tests were collected (`--no-loadscope-reorder`)."""

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(nodeid)
