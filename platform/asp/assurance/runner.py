"""Trying the probes, one after the other, each so that nothing of it stays."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils.translation import gettext_lazy as _

from asp.ui.logs import describe
from tenants.isolation.registry import Finding, Probe, not_tried, registered

log = logging.getLogger(__name__)

PATIENCE = "2s"
RAISED = _("The attempt itself failed, so nothing can be said: {error}.")


@dataclass(frozen=True)
class Result:
    """One probe with what it found."""

    probe: Probe
    finding: Finding


def run_all(
    progress: Callable[[int, int], None] = lambda done, total: None, probes: Sequence[Probe] | None = None
) -> list[Result]:
    """Try every probe on the current bureau's site. `progress(done, total)` is called after each.

    Raises OperationalError or InterfaceError if the database goes away: then nothing is known of the rest.
    """
    wanted = registered() if probes is None else probes
    results = []
    for number, each in enumerate(wanted, start=1):
        results.append(Result(each, run_one(each)))
        progress(number, len(wanted))
    return results


def run_one(probe: Probe) -> Finding:
    """Try one probe and undo what it did to the database. What it raises means that it was not tried."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
            finding = probe.run()
            transaction.set_rollback(True)
    except (OperationalError, InterfaceError) as error:
        if getattr(error.__cause__, "pgcode", None) is None:
            raise
        return _raised(probe, error)
    except Exception as error:  # noqa: BLE001 - whatever a probe raises is what it has to say
        return _raised(probe, error)
    return finding


def _raised(probe: Probe, error: Exception) -> Finding:
    log.warning("probe %s could not be tried", probe.code, exc_info=error)
    return not_tried(RAISED, error=describe(error))
