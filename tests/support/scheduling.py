"""Which tests stay together when several processes share the work.

xdist's own groups (`xdist_group` with `--dist loadgroup`) are marks in the tests' ids, which it can no longer
write there since pytest 9.2; so the scheduler is told by paths.
"""

from xdist.scheduler import LoadScopeScheduling

# Each of these starts something costly once: the whole site with a browser, a browser, all processes of a site; of the
# tests that kill servers: the stack of the storm, a host with backups. The first that fits counts.
TOGETHER = (
    "tests/faults/test_real_servers.py",
    "tests/faults/",
    "tests/infra/backup/",
    "tests/infra/test_recovery.py",
    "tests/provisioning/test_restore_bureau.py",
    "tests/browser/",
    "tests/asp/ui/test_behaviours.py",
    "tests/asp/forms/test_in_browser.py",
    "tests/asp/operations/test_stack.py",
)


class Scheduling(LoadScopeScheduling):
    """Every test by itself, except those of TOGETHER; the largest groups first."""

    def _split_scope(self, nodeid: str) -> str:
        return next((path for path in TOGETHER if nodeid.startswith(path)), nodeid)
