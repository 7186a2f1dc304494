"""What may go: bases beyond the number to keep, the journal before the oldest base, objects nobody needs."""

from __future__ import annotations

import shutil

from infra.backup import sealing
from infra.backup.journal import lsn_read
from infra.backup.mirror import Mirror
from infra.backup.target import BASES, Target
from infra.backup.trouble import of_os


def tidy(target: Target, mirror: Mirror, *, keep: int) -> int:
    """Remove what no kept backup needs; return how many bases went. Raises BackupError.

    Works only after a complete base, so that there is always one more than what goes.
    """
    backups = target.backups()
    kept, old = backups[:keep], backups[keep:]
    if not kept:
        return 0
    try:
        for each in old:
            # Out of the list first: half a base must not be taken for one.
            hidden = target.path / BASES / f"{sealing.HIDDEN}{each.id}"
            each.path.rename(hidden)
            shutil.rmtree(hidden)
        journal = target.journal()
        first = min(lsn_read(each.manifest["start_lsn"]) for each in kept) // journal.size
        for timeline in journal.timelines():
            for saved in journal.files(timeline):
                if saved.number < first:
                    saved.path.unlink(missing_ok=True)
    except OSError as error:
        raise of_os(error, target.path) from error
    mirror.forget(min(each.started_at for each in kept))
    return len(old)
