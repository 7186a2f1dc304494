"""What the setup steps share."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
BIN = VENV / "bin"


class SetupFailed(Exception):
    """A step cannot go on; the message says what a person has to do."""


def say(text: str) -> None:
    print(f"[setup] {text}", file=sys.stderr, flush=True)


def run(argv: Sequence[str], *, folder: Path = ROOT, environment: Mapping[str, str] | None = None) -> None:
    """Run a program of the venv or the system; raises SetupFailed with its name and status."""
    path = f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"
    merged = {**os.environ, "PATH": path, **(environment or {})}
    status = subprocess.run(list(argv), cwd=folder, env=merged, check=False).returncode
    if status != 0:
        raise SetupFailed(f"`{' '.join(argv)}` failed with status {status}; its output is above.")


def digest(paths: Iterable[Path]) -> str:
    """One hash over names and contents of files."""
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(f"{path.relative_to(ROOT)}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def is_stamped(stamp: Path, value: str) -> bool:
    return stamp.exists() and stamp.read_text(encoding="utf-8").strip() == value
