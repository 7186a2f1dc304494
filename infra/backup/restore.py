"""Restore a whole host into an empty data folder, so that the next start comes up from it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime

from pyrage import x25519

from infra.backup.mirror import Mirror, Store
from infra.backup.recover import Goal, Recovery
from infra.backup.target import Target
from infra.backup.trouble import BackupError
from infra.datadir import DataDir, write_private
from infra.ports import Ports
from infra.servers.seaweed import Seaweed
from infra.supervisor import Supervisor

# What may be in the folder before: the lock of this very command, and a target that lies inside.
ALLOWED = frozenset({"lock", "backup", "logs", "secrets", "run"})


def restore(
    target: Target,
    identity: x25519.Identity,
    data: DataDir,
    *,
    at: datetime | None = None,
    say: Callable[[str], None] = print,
) -> None:
    """Restore the newest state, or that of the moment `at`. Raises BackupError, Busy.

    The secrets of the saved host come along, so that its passwords and files open; if they were kept out of the
    backup (BACKUP_SECRETS=0), SECRET_KEY and MASTER_KEY must be set as they were.
    """
    _must_be_empty(data, target)
    data.prepare()
    data.lock()
    before = {entry.name for entry in data.path.iterdir()}
    try:
        recovery = Recovery(target, identity, data, Goal(at=at))
        say(f"Restoring backup {recovery.backup.id} into {data.path} …")
        environment = recovery.secrets_lay()
        recovery.unpack()
        say("Recovering the database …")
        try:
            recovery.start()
        finally:
            recovery.stop()
        recovery.tidy()
        (recovery.postgres.folder / ".complete").touch()
        _environment_keep(data, environment)
        count = _objects(target, data)
        say(f"{count} objects are back in the store. Start it: DATA_DIR={data.path} make run")
    except BaseException:
        _clear(data, before)  # half a host must not be taken for one, and the next try needs an empty folder
        raise
    finally:
        data.unlock()


def _clear(data: DataDir, before: set[str]) -> None:
    for entry in data.path.iterdir():
        if entry.name in before:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)


def _must_be_empty(data: DataDir, target: Target) -> None:
    if not data.path.exists():
        return
    for entry in data.path.iterdir():
        inside = entry == target.path or entry in target.path.parents
        if entry.name in ALLOWED and entry.name != "secrets":
            continue
        if inside or (entry.name == "secrets" and not any(entry.iterdir())):
            continue
        raise BackupError("not_empty", path=data.path)


def _environment_keep(data: DataDir, environment: dict[str, str]) -> None:
    """Keys that were given by the environment, where the embedded stack looks for its own."""
    for name, value in environment.items():
        path = data.path / "secrets" / name.lower().replace("_", "-")
        if value and not path.exists():
            write_private(path, value + "\n")


def _objects(target: Target, data: DataDir) -> int:
    """Start the embedded store and put every object into it."""
    mirror = Mirror(target.path)
    supervisor = Supervisor(data)
    ports = Ports(data)
    seaweed = Seaweed(data, ports)
    try:
        supervisor.start([seaweed.spec()])
        return objects_put(mirror, Store(seaweed.environment()))
    finally:
        supervisor.stop()
        ports.release()


def objects_put(mirror: Mirror, store: Store, keys: list[str] | None = None) -> int:
    """Put objects of the mirror into a store; what is there stays. Raises BackupError for a damaged copy."""
    store.bucket_ensure()
    wanted = list(mirror.entries) if keys is None else keys
    for key in wanted:
        mirror.check(key)
        store.put_new(key, mirror.path_of(key))
    return len(wanted)
