"""How backups stand, for the page and the health check."""

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from asp.operations.backups.words import trouble_advice, trouble_text
from asp.operations.models import BackupReport, BackupRequest

# The process speaks once a minute even if nothing happens.
SILENT_AFTER = datetime.timedelta(minutes=3)


@dataclass(frozen=True)
class Trouble:
    """One thing that went wrong, in the reader's words."""

    raw: dict[str, Any]
    at: datetime.datetime | None = None
    kind: str = ""

    @property
    def text(self) -> str:
        return trouble_text(self.raw)

    @property
    def advice(self) -> str:
        return trouble_advice(self.raw)


@dataclass(frozen=True)
class Drill:
    """One restore drill (恢复演练)."""

    at: datetime.datetime
    matched: bool
    backup: str
    tables: int
    rows: int
    objects: int
    seconds: float
    differences: list[dict[str, Any]]
    troubles: list[Trouble]


@dataclass(frozen=True)
class Backup:
    """One complete backup."""

    id: str
    by: str
    started_at: datetime.datetime
    seconds: float
    bytes: int


@dataclass(frozen=True)
class Standing:
    """Everything that is known. `said_at` is None before the process has ever spoken."""

    is_set_up: bool
    said_at: datetime.datetime | None = None
    report: dict[str, Any] = field(default_factory=dict)
    waiting: bool = False

    @property
    def is_silent(self) -> bool:
        """Whether the process has said nothing for too long: what is shown may have changed since."""
        return self.said_at is None or timezone.now() - self.said_at > SILENT_AFTER

    @property
    def backups(self) -> list[Backup]:
        """Complete ones, the newest first."""
        return [
            Backup(each["id"], each["by"], _instant(each["started_at"]), each["seconds"], each["bytes"])
            for each in self.report.get("backups", ())
        ]

    @property
    def last(self) -> Backup | None:
        return self.backups[0] if self.report.get("backups") else None

    @property
    def journal_through(self) -> datetime.datetime | None:
        """What was committed before can be restored (the recovery point, 恢复点)."""
        return _moment(self._part("journal").get("through_at"))

    @property
    def running_since(self) -> datetime.datetime | None:
        """Since when a backup is being taken; nobody knows of a silent process."""
        return None if self.is_silent else _moment(self._part("base").get("running_since"))

    @property
    def running_bytes(self) -> int:
        return int(self._part("base").get("bytes") or 0)

    @property
    def next_at(self) -> datetime.datetime | None:
        return _moment(self._part("base").get("next_at"))

    @property
    def mirror(self) -> dict[str, Any]:
        """The last complete run of the mirror."""
        last = self._part("mirror").get("last") or {}
        return {**last, "at": _moment(last.get("at"))} if last else {}

    @property
    def mirror_next_at(self) -> datetime.datetime | None:
        return _moment(self._part("mirror").get("next_at"))

    @property
    def mirror_minutes(self) -> int:
        return int(self._part("settings").get("mirror_minutes") or 60)

    @property
    def space(self) -> dict[str, int]:
        return dict(self.report.get("space") or {})

    @property
    def troubles(self) -> list[Trouble]:
        """What is wrong now."""
        found = []
        for part in ("", "journal", "base", "mirror"):
            raw = (self.report if not part else self._part(part)).get("trouble")
            if raw:
                found.append(Trouble(raw, _moment(self._part(part).get("since")) if part else None, part))
        differing = self.mirror.get("differing") or []
        found += [Trouble({"code": "object_damaged", "params": {"name": name}}) for name in differing]
        return found

    @property
    def failures(self) -> list[Trouble]:
        """What went wrong lately, the newest first."""
        return [Trouble(each, _moment(each["at"]), each["kind"]) for each in self.report.get("failures", ())]

    @property
    def drills(self) -> list[Drill]:
        """The last drills, the newest first."""
        return [_drill(each) for each in self.report.get("drills", ())]

    def _part(self, name: str) -> dict[str, Any]:
        return dict(self.report.get(name) or {})


def standing() -> Standing:
    """Return how backups stand. Call it on the host's site."""
    row = BackupReport.objects.first()
    waiting = BackupRequest.objects.filter(taken_at=None).exists()
    if row is None:
        return Standing(settings.ASP.backup, waiting=waiting)
    return Standing(settings.ASP.backup, row.said_at, row.report, waiting)


def _drill(raw: dict[str, Any]) -> Drill:
    return Drill(
        at=_instant(raw["at"]),
        matched=bool(raw["matched"]),
        backup=raw["backup"],
        tables=sum(each["tables"] for each in raw["schemas"]),
        rows=sum(each["rows"] for each in raw["schemas"]),
        objects=raw["objects"],
        seconds=raw["seconds"].get("all", 0),
        differences=raw["differences"][:20],
        troubles=[Trouble(each) for each in raw["troubles"][:20]],
    )


def _moment(text: str | None) -> datetime.datetime | None:
    return parse_datetime(text) if text else None


def _instant(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text)
