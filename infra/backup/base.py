"""A base backup: pg_basebackup's stream, compressed and encrypted on its way to the disk."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from pyrage import x25519

from infra.backup import keys, sealing
from infra.backup.settings import Settings
from infra.backup.target import FORMAT, MANIFEST, Backup, Target, stamp
from infra.backup.trouble import BackupError, of_os
from infra.servers.postgres import programs
from infra.tools import ROOT

CLUSTER = "cluster.tar.gz.age"
SECRETS = "secrets.json.gz.age"
# The first file of the stream is backup_label, the last backup_manifest.
START = re.compile(rb"START WAL LOCATION: ([0-9A-F]+/[0-9A-F]+) .*?START TIMELINE: (\d+)", re.DOTALL)
END = re.compile(rb'"WAL-Ranges": \[.*"End-LSN": "([0-9A-F]+/[0-9A-F]+)"', re.DOTALL)
HEAD, TAIL = 4096, 65536
REFUSED = re.compile(
    r"must be .*REPLICATION|permission denied to start WAL|no pg_hba.conf entry for replication"
)
AWAY = re.compile(r"connection to server|could not connect|the database system is|server closed")
# What a restore on an empty machine needs besides the database and the objects.
FILES = ("secrets", "audit-heads", "demo-secret", "demo-accounts.json")
NOT_KEPT = {keys.IDENTITY}  # a key inside the box that it opens is lost with the box


@dataclass(frozen=True)
class Range:
    """The journal without which a base is worth nothing."""

    start: str
    stop: str
    timeline: int


class _Ends:
    """A stream that remembers how it began and how it ended."""

    def __init__(self, source: sealing.Readable) -> None:
        self._source = source
        self.head, self.tail = b"", b""

    def read(self, size: int = -1, /) -> bytes:
        data = self._source.read(size)
        if len(self.head) < HEAD:
            self.head += data[:HEAD]
        self.tail = (self.tail + data)[-TAIL:]
        return data

    def range(self) -> Range | None:
        """None if the stream was cut off."""
        start, stop = START.search(self.head), END.search(self.tail)
        if start is None or stop is None:
            return None
        return Range(start.group(1).decode(), stop.group(1).decode(), int(start.group(2)))


def take(
    settings: Settings,
    target: Target,
    *,
    by: str,
    facts: Mapping[str, Any],
    saved: Callable[[str], None],
    told: Callable[[int], None] = lambda count: None,
) -> Backup:
    """Take one base backup. Raises BackupError; then nothing of it is left.

    `saved(lsn)` waits until the journal up to there is saved: without it a base is worth nothing. `by` says who
    wanted it, `facts` go into the manifest, `told` hears how many bytes were read.
    """
    recipient = keys.recipient_read(settings.recipient)
    begun = datetime.now(UTC)
    name = stamp(begun)
    with target.hidden(name) as folder:
        part, found = _cluster(settings, folder, recipient, told)
        parts = [part, _secrets(settings, folder, recipient)]
        saved(found.stop)
        manifest = {
            "format": FORMAT,
            "id": name,
            "by": by,
            "started_at": begun.isoformat(),
            "finished_at": datetime.now(UTC).isoformat(),
            "timeline": found.timeline,
            "start_lsn": found.start,
            "stop_lsn": found.stop,
            "system": (target.owner() or {}).get("system", ""),
            "recipient": settings.recipient,
            "user": settings.connection()["PGUSER"],
            "database": settings.connection()["PGDATABASE"],
            "parts": [each.as_json() for each in parts],
            "code": code_version(),
            **facts,
        }
        _write(folder / MANIFEST, manifest)
    return Backup(target.path / "bases" / name, manifest)


def _cluster(
    settings: Settings, folder: Path, recipient: x25519.Recipient, told: Callable[[int], None]
) -> tuple[sealing.Part, Range]:
    argv = [str(programs() / "pg_basebackup"), "--pgdata=-", "--format=tar", "--checkpoint=fast"]
    # The journal is saved anyway, by the receiver, whose slot keeps the server from throwing it away.
    argv += ["--wal-method=none", "--label=tongban", "--no-password"]
    if settings.max_rate:
        argv.append(f"--max-rate={settings.max_rate}")
    environment = {**os.environ, **settings.connection(), "LC_ALL": "C"}
    running = subprocess.Popen(
        argv,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd="/",
    )
    assert running.stdout is not None
    assert running.stderr is not None
    said: list[str] = []
    errors = running.stderr
    listener = threading.Thread(
        target=lambda: said.extend(line.decode("utf-8", "replace").rstrip() for line in errors), daemon=True
    )
    listener.start()
    try:
        stream = _Ends(running.stdout)
        part = sealing.seal(folder / CLUSTER, stream, recipient, told=told)
    except BackupError:
        running.kill()
        running.wait()
        raise
    # An end of the stream is no success: a killed pg_basebackup ends it, too.
    status = running.wait()
    listener.join(10)
    found = stream.range()
    if status != 0 or found is None:
        raise _refusal("\n".join(said), status)
    return part, found


def _refusal(text: str, status: int) -> BackupError:
    last = next((line for line in reversed(text.splitlines()) if "error" in line or "FATAL" in line), "")
    reason = last.removeprefix("pg_basebackup: error: ") or f"status {status}"
    if REFUSED.search(text):
        return BackupError("replication_refused", reason=reason)
    if AWAY.search(last):
        return BackupError("database_away", reason=reason)
    return BackupError("basebackup_failed", reason=reason)


def _secrets(settings: Settings, folder: Path, recipient: x25519.Recipient) -> sealing.Part:
    """The small files of the data folder and the keys of the environment; see ADR 0017."""
    files: dict[str, str] = {}
    if settings.secrets:
        for name in FILES:
            path = settings.data / name
            found = [path] if path.is_file() else sorted(path.rglob("*")) if path.is_dir() else []
            for each in found:
                if each.is_file() and each.name not in NOT_KEPT:
                    relative = each.relative_to(settings.data)
                    files[str(relative)] = base64.b64encode(each.read_bytes()).decode()
    content = json.dumps({"files": files, "environment": dict(settings.secrets)}).encode()
    return sealing.seal(folder / SECRETS, BytesIO(content), recipient)


def _write(path: Path, manifest: dict[str, Any]) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            json.dump(manifest, stream, indent=1, ensure_ascii=False)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise of_os(error, path.parent) from error


def code_version() -> str:
    """The commit of the checkout, or an empty text where there is none."""
    try:
        done = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=5
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()
