"""Troubles of backups in words: `infra.backup` says them as codes with parameters.

Each has what happened, and what to do.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, gettext_noop

_TARGET = gettext_noop("See whether the disk or share is mounted and writable for the backup process.")
_READ_LOG = gettext_noop("Look into backup.log in the data folder, under logs. It is tried again by itself.")
_NEXT_DRILL = gettext_noop("Take a new backup now, then find out what has touched the folder.")

TROUBLES: Mapping[str, tuple[str, str]] = {
    "not_set_up": (
        gettext_noop("Nobody is named who could open the backups."),
        gettext_noop("Set BACKUP_RECIPIENT to an age public key; see docs/operations/backup.md."),
    ),
    "recipient_invalid": (
        gettext_noop("BACKUP_RECIPIENT is not an age public key."),
        gettext_noop("Correct it and restart the backup process."),
    ),
    "target_away": (gettext_noop("The folder {path} cannot be written: {reason}."), _TARGET),
    "target_full": (
        gettext_noop("No room is left in {path}."),
        gettext_noop("Make room or keep fewer backups (BACKUP_KEEP). The database goes on meanwhile."),
    ),
    "target_foreign": (
        gettext_noop("{path} holds the backups of another database."),
        gettext_noop("Choose another folder (BACKUP_DIR). Those backups stay as they are."),
    ),
    "target_busy": (
        gettext_noop("Another process works in {path}."),
        gettext_noop("Two hosts must not share a folder. If a command is running, wait until it has ended."),
    ),
    "database_away": (gettext_noop("The database does not answer: {reason}."), _READ_LOG),
    "replication_refused": (
        gettext_noop("The database refuses replication to this login: {reason}."),
        gettext_noop("Give the login of BACKUP_URL the REPLICATION right and a line in pg_hba.conf."),
    ),
    "journal_lost": (
        gettext_noop("The database has thrown journal away before it was saved."),
        gettext_noop(
            "A new backup is taken by itself. Moments between the last saved journal and its end cannot be restored."
        ),
    ),
    "journal_late": (
        gettext_noop("The journal was not saved within {seconds} s."),
        gettext_noop("The target is too slow, or the process has just begun. It is tried again by itself."),
    ),
    "basebackup_failed": (gettext_noop("pg_basebackup failed: {reason}."), _READ_LOG),
    "store_away": (
        gettext_noop("The object store does not answer: {reason}."),
        gettext_noop("See whether it runs. The mirror goes on by itself."),
    ),
    "objects_vanished": (
        gettext_noop(
            "{count} of {total} objects have vanished from the store at once. The mirror keeps them."
        ),
        gettext_noop(
            "See whether the store lost its data or the bucket's name has changed. Do not delete the mirror."
        ),
    ),
    "no_backup": (gettext_noop("There is no complete backup in {path}."), _READ_LOG),
    "no_backup_before": (
        gettext_noop("There is no complete backup from before {at}."),
        gettext_noop("Choose a later moment."),
    ),
    "part_missing": (gettext_noop("{path} is missing."), _NEXT_DRILL),
    "part_damaged": (gettext_noop("{path} is not what was written: it was changed or cut off."), _NEXT_DRILL),
    "journal_missing": (
        gettext_noop("Segment {segment} of the journal is missing: nothing after it can be restored."),
        _NEXT_DRILL,
    ),
    "journal_damaged": (
        gettext_noop("Segment {segment} of the journal was changed or cut off."),
        _NEXT_DRILL,
    ),
    "journal_ends": (
        gettext_noop("The saved journal ends before the moment asked for."),
        gettext_noop("Choose an earlier moment."),
    ),
    "object_missing": (
        gettext_noop("Object {name} is missing from the mirror."),
        gettext_noop("If the store still has it, the next run of the mirror copies it again."),
    ),
    "object_damaged": (
        gettext_noop("Object {name} in the mirror is not what was copied."),
        gettext_noop(
            "Delete its copy: if the store still has it, the next run of the mirror copies it again."
        ),
    ),
    "version_differs": (
        gettext_noop("The backup is of PostgreSQL {found}; the programs here are {wanted}."),
        gettext_noop("Run the drill where the same major version is installed."),
    ),
    "recovery_failed": (gettext_noop("The restored database did not come up: {reason}"), _READ_LOG),
    "never_quiet": (
        gettext_noop("The database never paused for a moment; a comparison needs one."),
        gettext_noop("Run the drill again when less is going on."),
    ),
    "unexpected": (gettext_noop("It failed in a way that was not foreseen: {reason}."), _READ_LOG),
}


def trouble_text(trouble: Mapping[str, Any]) -> str:
    """What happened, in the reader's language."""
    return _said(trouble, 0)


def trouble_advice(trouble: Mapping[str, Any]) -> str:
    """What to do, in the reader's language."""
    return _said(trouble, 1)


def msgids(code: str) -> tuple[str, str]:
    """What happened and what to do, as msgids; a code of newer software is said as unexpected."""
    return TROUBLES.get(code, TROUBLES["unexpected"])


def params_of(trouble: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that the words of a trouble may ask for."""
    return {"reason": trouble.get("code", ""), **trouble.get("params", {})}


def _said(trouble: Mapping[str, Any], place: int) -> str:
    return gettext(msgids(trouble["code"])[place]).format(**params_of(trouble))
