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
        return (
            f"stopped at {slug}: {outcome.total - len(outcome.failures)} other offices were not touched. If its trouble is"
            " its own, begin with another one: manage.py fleet upgrade --canary SLUG"
        )
    return f"{outcome.done} offices are current, {outcome.failed} failed"
