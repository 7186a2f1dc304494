"""The data folder (DATA_DIR): its lock, its secrets and the files that describe a running stack."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
import shutil
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

SECRET_MAKERS: Mapping[str, Callable[[], str]] = {
    "database-owner": lambda: secrets.token_urlsafe(24),
    "database-login": lambda: secrets.token_urlsafe(24),
    "valkey": lambda: secrets.token_urlsafe(24),
    "s3-access-key": lambda: secrets.token_hex(10).upper(),
    "s3-secret-key": lambda: secrets.token_urlsafe(30),
    "secret-key": lambda: secrets.token_urlsafe(48),
    "master-key": lambda: base64.b64encode(secrets.token_bytes(32)).decode(),
}


class Busy(Exception):
    """Another supervisor holds the lock of this data folder."""


def write_private(path: Path, text: str) -> None:
    """Write `path` whole or not at all, readable by its owner only."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(temporary, path)


class DataDir:
    """One stack's data on disk.

    Everything that must survive a restart lies here: the servers' folders, secrets (0600, made once),
    chosen ports, logs, caught mail.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path).resolve()
        self._lock: int | None = None

    def prepare(self) -> None:
        """Create the folder. Root opens it for passing through: the database runs as nobody."""
        self.path.mkdir(parents=True, exist_ok=True)
        os.chmod(self.path, 0o711 if os.geteuid() == 0 else 0o700)
        for name, mode in (("logs", 0o700), ("secrets", 0o700), ("run", 0o700)):
            folder = self.path / name
            folder.mkdir(exist_ok=True)
            os.chmod(folder, mode)

    def sub(self, name: str) -> Path:
        """Folder `name` inside the data folder, created with mode 0700 if absent."""
        folder = self.path / name
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    def empty(self) -> None:
        """Remove everything but the lock, which this process must hold."""
        if self._lock is None:
            raise RuntimeError("Take the lock before emptying a data folder.")
        for entry in self.path.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            elif entry.name != "lock":
                entry.unlink()
        self.prepare()

    # -- lock -----------------------------------------------------------------------------------------
    def lock(self) -> None:
        """Take the folder for this process. Raises Busy with the holder's pid."""
        descriptor = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise Busy(
                f"{self.path} is in use by process {self.holder() or '?'}. "
                "Stop it first (python -m infra stop), or choose another DATA_DIR."
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self._lock = descriptor

    def unlock(self) -> None:
        if self._lock is not None:
            os.ftruncate(self._lock, 0)
            os.close(self._lock)
            self._lock = None

    def holder(self) -> int | None:
        """Process id of the supervisor that holds the lock, None if nobody does."""
        try:
            descriptor = os.open(self.path / "lock", os.O_RDWR)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            text = os.pread(descriptor, 32, 0).decode().strip()
            return int(text) if text.isdigit() else None
        finally:
            os.close(descriptor)
        return None

    # -- secrets --------------------------------------------------------------------------------------
    def secret(self, name: str) -> str:
        """The secret `name`; made on first use and kept in a file of its own with mode 0600."""
        path = self.path / "secrets" / name
        if not path.exists():
            write_private(path, SECRET_MAKERS[name]() + "\n")
        if stat.S_IMODE(path.stat().st_mode) != 0o600:
            os.chmod(path, 0o600)
        return path.read_text(encoding="utf-8").strip()

    # -- small JSON files -----------------------------------------------------------------------------
    def read_json(self, name: str) -> Any:
        """Content of the JSON file `name`, None if it is absent or was cut off by a crash."""
        try:
            return json.loads((self.path / name).read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return None

    def write_json(self, name: str, value: Any) -> None:
        write_private(self.path / name, json.dumps(value, indent=2, ensure_ascii=False) + "\n")

    def remove(self, name: str) -> None:
        (self.path / name).unlink(missing_ok=True)
