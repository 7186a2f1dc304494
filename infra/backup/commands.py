"""``python -m infra backup now | list | drill | restore | restore-bureau``."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from infra.backup import keys
from infra.backup.drill import save_now
from infra.backup.restore import restore
from infra.backup.service import summary
from infra.backup.settings import Settings, process_environment, target_of
from infra.backup.target import Target
from infra.backup.trouble import BackupError
from infra.datadir import Busy, DataDir
from infra.tools import ROOT

NOW_WITHIN = 6 * 3600.0
MEBIBYTE = 1024 * 1024


def run(options: argparse.Namespace) -> int:
    """Run one act; exit status 1 for what went wrong, 2 for a drill that found differences."""
    data = DataDir(options.data)
    try:
        if options.act == "now":
            return _now(data)
        if options.act == "list":
            return _list(Target(target_of(process_environment(data.path))))
        if options.act == "restore":
            return _restore(data, options)
        return _manage(data, options)
    except (BackupError, Busy) as error:
        print(error, file=sys.stderr)
        return 1


def _now(data: DataDir) -> int:
    settings = Settings.of(process_environment(data.path))
    target = Target(settings.target)
    before = {each.id for each in target.backups()}
    if not target.is_busy():
        save_now(settings)
    else:
        target.wish("base")
        failures = _failures(data)
        deadline = time.monotonic() + NOW_WITHIN
        while {each.id for each in target.backups()} <= before:
            if time.monotonic() > deadline or not target.is_busy():
                print("The backup process ended; see its log.", file=sys.stderr)
                return 1
            if _failures(data) > failures:
                print("It failed; see the console, or backup.log in the data folder.", file=sys.stderr)
                return 1
            time.sleep(0.5)
    print(f"Backup {target.newest().id} is complete in {settings.target}")
    return 0


def _failures(data: DataDir) -> int:
    report = data.read_json("backup-report.json") or {}
    return int(report.get("base", {}).get("failures", 0))


def _list(target: Target) -> int:
    found = target.backups()
    if not found:
        print(f"No complete backup in {target.path}")
    for each in found:
        line = summary(each.manifest)
        print(
            f"{line['id']}  {line['bytes'] / MEBIBYTE:8.1f} MB  {line['seconds']:6.1f} s  "
            f"timeline {line['timeline']}  {line['start_lsn']} – {line['stop_lsn']}  {line['by']}"
        )
    if found:
        journal = target.journal()
        for timeline in journal.timelines():
            files = journal.files(timeline)
            if files:
                newest = datetime.fromtimestamp(max(each.path.stat().st_mtime for each in files), UTC)
                print(
                    f"journal of timeline {timeline}: {len(files)} files, the newest of {newest:%Y-%m-%d %H:%M:%SZ}"
                )
    for drill in target.drills(3):
        print(f"drill {drill['at'][:19]}Z: {'matched' if drill['matched'] else 'DIFFERS'}")
    return 0


def identity_of(data: DataDir, given: Path | None) -> Any:
    """The key that opens the backups. Raises BackupError."""
    return keys.identity_read(given or keys.identity_path(data))


def _restore(data: DataDir, options: argparse.Namespace) -> int:
    source = options.source or target_of(process_environment(data.path))
    restore(Target(source.resolve()), identity_of(data, options.identity), data, at=options.at)
    return 0


def _manage(data: DataDir, options: argparse.Namespace) -> int:
    """What has to know the application runs as a command of it, with the owner's login."""
    argv = [sys.executable, str(ROOT / "manage.py")]
    argv += (
        ["restore_bureau", options.slug, "--at", options.at.isoformat()]
        if options.act != "drill"
        else ["drill"]
    )
    if options.identity:
        argv += ["--identity", str(options.identity.resolve())]
    environment = {**process_environment(data.path), "ASP_DB_LOGIN": "owner"}
    return subprocess.run(argv, cwd=ROOT, env=environment, check=False).returncode
