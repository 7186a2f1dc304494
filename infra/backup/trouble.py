"""What can go wrong, as a code with parameters: the console puts it into the reader's words, the command line
into these."""

from __future__ import annotations

import errno
from typing import Any

WORDS = {
    "not_set_up": "Backups are not set up: BACKUP_RECIPIENT is missing.",
    "recipient_invalid": "BACKUP_RECIPIENT is not an age public key (age1…).",
    "identity_missing": "The key that opens the backups is missing. Give it with --identity FILE.",
    "identity_wrong": "This key does not open the backup in {path}.",
    "target_away": "The folder {path} cannot be written: {reason}.",
    "target_full": "No room is left in {path}.",
    "target_foreign": "{path} holds the backups of another database ({found}, not {wanted}).",
    "target_busy": "Another process works in {path}.",
    "database_away": "The database does not answer: {reason}.",
    "replication_refused": "The database refuses replication to this login: {reason}.",
    "journal_lost": "The database has thrown journal away before it was saved (from {segment}).",
    "journal_late": "The journal up to {lsn} was not saved within {seconds} s.",
    "basebackup_failed": "pg_basebackup failed: {reason}.",
    "store_away": "The object store does not answer: {reason}.",
    "objects_vanished": "{count} of {total} objects have vanished from the store at once; the mirror keeps them.",
    "no_backup": "There is no complete backup in {path}.",
    "no_backup_before": "There is no complete backup from before {at}.",
    "part_missing": "{path} is missing.",
    "part_damaged": "{path} is not what was written: it was changed or cut off.",
    "journal_missing": "Segment {segment} of the journal is missing: nothing after it can be restored.",
    "journal_damaged": "Segment {segment} of the journal was changed or cut off.",
    "journal_ends": "The saved journal ends before the moment asked for.",
    "object_missing": "Object {name} is missing from the mirror.",
    "object_damaged": "Object {name} in the mirror is not what was copied.",
    "version_differs": "The backup is of PostgreSQL {found}; the programs here are {wanted}.",
    "not_empty": "{path} is not empty. Restore into an empty folder.",
    "recovery_failed": "The restored database did not come up: {reason}",
    "never_quiet": "The database never paused for a moment; a comparison needs one. Try again when less is going on.",
    "unexpected": "{reason}",
}


class BackupError(Exception):
    """Something that a person can do something about. `code` is a key of WORDS."""

    def __init__(self, code: str, **params: Any) -> None:
        self.code = code
        self.params = {name: str(value) for name, value in params.items()}
        super().__init__(WORDS[code].format(**self.params))

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, "params": self.params}


def of_os(error: OSError, path: object) -> BackupError:
    """The trouble behind an error of the target's file system."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return BackupError("target_full", path=path)
    return BackupError("target_away", path=path, reason=error.strerror or type(error).__name__)
