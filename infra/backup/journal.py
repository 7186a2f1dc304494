"""Names and places of the journal (WAL): what is saved, what is missing.

`wal/<timeline>/<segment>.<digest>.age` is a whole segment, `<segment>.partial-<bytes>.<digest>.age` the
beginning of the newest one; the digest is that of the file itself, so that it can be checked without any key.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from infra.backup.sealing import digest_of
from infra.backup.trouble import BackupError

FOLDER = "wal"
DIGITS = 32
NAME = re.compile(r"([0-9A-F]{24})(?:\.partial-([0-9a-f]{8}))?\.([0-9a-f]{32})\.age")
HISTORY = re.compile(r"([0-9A-F]{8})\.history\.([0-9a-f]{32})\.age")


def lsn_read(text: str) -> int:
    """`16/B374D848` as a number."""
    high, low = text.split("/")
    return (int(high, 16) << 32) + int(low, 16)


def lsn_write(lsn: int) -> str:
    """A number as `16/B374D848`."""
    return f"{lsn >> 32:X}/{lsn & 0xFFFFFFFF:X}"


def segment_name(timeline: int, number: int, size: int) -> str:
    """Name of segment `number` as PostgreSQL calls its file."""
    each = (1 << 32) // size
    return f"{timeline:08X}{number // each:08X}{number % each:08X}"


def segment_number(name: str, size: int) -> int:
    """The number in a segment's name."""
    return int(name[8:16], 16) * ((1 << 32) // size) + int(name[16:24], 16)


@dataclass(frozen=True)
class Saved:
    """One saved file. `held` is how many bytes of the segment are in it."""

    path: Path
    segment: str
    number: int
    timeline: int
    held: int
    digest: str
    is_whole: bool

    def check(self) -> None:
        """Raises BackupError if the file is not what was written."""
        if not self.path.exists():
            raise BackupError("journal_missing", segment=self.segment)
        if digest_of(self.path)[:DIGITS] != self.digest:
            raise BackupError("journal_damaged", segment=self.segment)


class Journal:
    """The saved journal of one target."""

    def __init__(self, target: Path, segment_bytes: int) -> None:
        self.folder = target / FOLDER
        self.size = segment_bytes

    def saved(self, timeline: int) -> dict[int, Saved]:
        """By number: the whole segments of a timeline, and the longest beginning of those that are not."""
        found: dict[int, Saved] = {}
        for each in self.files(timeline):
            known = found.get(each.number)
            if known is None or (each.is_whole, each.held) > (known.is_whole, known.held):
                found[each.number] = each
        return found

    def files(self, timeline: int) -> list[Saved]:
        """Every file of a timeline."""
        return self.of_segment(timeline, "")

    def of_segment(self, timeline: int, segment: str) -> list[Saved]:
        """The files of one segment of a timeline; of all without a name."""
        folder = self.folder / f"{timeline:08X}"
        if not folder.is_dir():
            return []
        found = []
        for path in folder.glob(f"{segment}*"):
            if match := NAME.fullmatch(path.name):
                segment, held, digest = match.groups()
                found.append(
                    Saved(
                        path=path,
                        segment=segment,
                        number=segment_number(segment, self.size),
                        timeline=timeline,
                        held=int(held, 16) if held else self.size,
                        digest=digest,
                        is_whole=held is None,
                    )
                )
        return found

    def timelines(self) -> list[int]:
        """Those of which something is saved, the oldest first."""
        if not self.folder.is_dir():
            return []
        return sorted(int(path.name, 16) for path in self.folder.iterdir() if len(path.name) == 8)

    def histories(self) -> dict[int, Path]:
        """The saved history files by timeline."""
        found = {}
        for timeline in self.timelines():
            for path in (self.folder / f"{timeline:08X}").iterdir():
                if match := HISTORY.fullmatch(path.name):
                    found[int(match.group(1), 16)] = path
        return found

    def end(self, timeline: int) -> int | None:
        """Up to which place the journal of a timeline is saved without a gap, going back from its newest."""
        found = self.saved(timeline)
        if not found:
            return None
        newest = found[max(found)]
        return newest.number * self.size + newest.held

    def end_of_whole(self, timeline: int) -> int | None:
        """Where the newest whole segment of a timeline ends."""
        whole = [each.number for each in self.saved(timeline).values() if each.is_whole]
        return (max(whole) + 1) * self.size if whole else None


def chain(histories: dict[int, str], newest: int) -> list[tuple[int, int]]:
    """The timelines that lead to `newest`, each with the place at which it was left; the newest has none (-1).

    `histories` are the texts of history files by timeline.
    """
    found = []
    for line in histories.get(newest, "").splitlines():
        parts = line.split("\t")
        if len(parts) >= 2 and parts[0].strip().isdecimal():
            found.append((int(parts[0]), lsn_read(parts[1])))
    return [*found, (newest, -1)]
