"""How the command line tells of upgrades; in English, as all commands do."""

from collections.abc import Callable

from tenants.fleet.errors import text_of
from tenants.fleet.rollout import Outcome, Progress


def teller(write: Callable[[str], object]) -> Callable[[Progress], None]:
    """Return what writes one line for each bureau."""

    def tell(progress: Progress) -> None:
        if progress.error:
            result = f"FAILED: {text_of(progress.error.code, progress.error.params)}"
        else:
            result = f"is current, {progress.seconds * 1000:.0f} ms"
        left = f"; about {progress.seconds_left:.0f} s left" if progress.done < progress.total else ""
        write(f"{progress.done} of {progress.total}: {progress.slug} {result}{left}")

    return tell


def summary(outcome: Outcome) -> str:
    """One sentence about a run."""
    if not outcome.total:
        return "every office is current"
    if outcome.stopped:
        slug, _error = outcome.failures[0]
        return f"stopped at the canary {slug}: the other {outcome.total - 1} offices were not touched"
    return f"{outcome.done} offices are current, {outcome.failed} failed"
