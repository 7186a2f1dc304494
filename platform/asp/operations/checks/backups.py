"""Backups: how old what could be restored is."""

import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from asp.operations.backups.selectors import Standing, standing
from asp.operations.backups.words import msgids, params_of
from asp.operations.checks.work import expect
from tenants.observe.checks import Result, check, ok, warning, wrong

BASE_WARN, BASE_WRONG = datetime.timedelta(hours=26), datetime.timedelta(hours=50)
JOURNAL_WARN, JOURNAL_WRONG = datetime.timedelta(minutes=10), datetime.timedelta(hours=1)

if settings.ASP.backup:
    expect("backup")


@check("backup", title=_("Backups"), order=14, url_name="operations:backups")
def backup() -> Result:
    """A backup of the last day is there, and the journal since."""
    return backed_up(standing())


def backed_up(found: Standing) -> Result:
    """Judge what is known of backups."""
    if not found.is_set_up:
        return warning(
            gettext_noop("Not set up: whatever is lost on this host is lost."),
            gettext_noop("Set BACKUP_RECIPIENT and BACKUP_DIR; see docs/operations/backup.md."),
        )
    if found.is_silent:
        return wrong(
            gettext_noop("The backup process is silent: no backup is taken."),
            gettext_noop("Look into backup.log in the data folder, under logs, and start the process again."),
        )
    for trouble in found.troubles:
        text, advice = msgids(trouble.raw["code"])
        return wrong(text, advice, **params_of(trouble.raw))
    return (
        _age(found)
        or _drilled(found)
        or ok(gettext_noop("The last backup is complete, the journal is saved."))
    )


def _age(found: Standing) -> Result | None:
    """What is too old."""
    now = timezone.now()
    if found.last is None:
        return warning(
            gettext_noop("There is no complete backup yet."),
            gettext_noop("The first one begins by itself as soon as the backup process runs."),
        )
    age = now - found.last.started_at
    if age > BASE_WARN:
        judge = wrong if age > BASE_WRONG else warning
        return judge(
            gettext_noop("The last backup is {hours} hours old."),
            gettext_noop("Take one now. The list of backups says why the last ones have failed."),
            hours=int(age.total_seconds() // 3600),
        )
    through = found.journal_through
    late = now - through if through else now - found.last.started_at
    if late > JOURNAL_WARN:
        judge = wrong if late > JOURNAL_WRONG else warning
        return judge(
            gettext_noop("The journal of the last {minutes} minutes is not saved."),
            gettext_noop("See whether the backup's folder takes writes, and what backup.log says last."),
            minutes=int(late.total_seconds() // 60),
        )
    mirrored = found.mirror.get("at")
    if mirrored is None or now - mirrored > 3 * datetime.timedelta(minutes=found.mirror_minutes):
        return warning(
            gettext_noop("The mirror of the object store is behind."),
            gettext_noop("See whether the store answers and the backup's folder has room."),
        )
    return None


def _drilled(found: Standing) -> Result | None:
    """What the last drill has found."""
    if found.drills and not found.drills[0].matched:
        return wrong(
            gettext_noop("The last restore drill has found differences."),
            gettext_noop(
                "The page about backups says which. Until a drill matches, do not rely on the backups."
            ),
        )
    return None
