"""A disk that is full: a small file system of the stack's own, or, where mounting is not allowed, a limit on what
PostgreSQL's processes may write."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.faults.stack import RunningStack, until

SIZE = 2 * 1024**3  # bytes; a storm needs less than half of it
STEP = 1024 * 1024
RECOVERY_SECONDS = 60.0


@contextmanager
def own_disk(folder: Path) -> Iterator[bool]:
    """Mount a tmpfs on `folder` for the block; gives whether that was allowed."""
    folder.mkdir(parents=True)
    done = subprocess.run(  # noqa: S603
        [
            shutil.which("mount") or "false",
            "-t",
            "tmpfs",
            "-o",
            f"size={SIZE},mode=0755",
            "tmpfs",
            str(folder),
        ],  # noqa: S607
        capture_output=True,
        check=False,
    )
    try:
        yield done.returncode == 0
    finally:
        if done.returncode == 0:
            # Lazily: what still holds a file there shall not fail the tests.
            subprocess.run(["umount", "-l", str(folder)], check=False)  # noqa: S603, S607


@contextmanager
def full(stack: RunningStack) -> Iterator[str]:
    """Nothing more can be written in the block; afterwards there is room again, and `/readyz` answers 200.

    Gives a word for how it was done.
    """
    folder = stack.data.path
    if os.path.ismount(folder.parent):
        filler = folder / "filler"
        try:
            _fill(filler)
            yield "a full file system"
        finally:
            filler.unlink(missing_ok=True)
            until(stack.is_ready, within=RECOVERY_SECONDS, what="/readyz says 200 once there is room again")
        return
    master = int(stack.status()["postgres"]["pid"])
    try:
        _limit(master, "0")
        yield "a limit on what PostgreSQL may write"
    finally:
        _limit(master, "unlimited")
        until(stack.is_ready, within=RECOVERY_SECONDS, what="/readyz says 200 once it may write again")


def _fill(filler: Path) -> None:
    """Until not one more page fits."""
    piece = bytes(STEP)
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(piece)


def _limit(master: int, size: str) -> None:
    """The greatest offset at which PostgreSQL's processes may write; new backends get the postmaster's.

    Said by a process of their own account: another one may not, not even root in every container.
    """
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    for pid in (str(master), *children):
        with suppress(FileNotFoundError):
            owner = Path(f"/proc/{pid}").stat()
            subprocess.run(  # noqa: S603
                ["prlimit", "--pid", pid, f"--fsize={size}:unlimited"],  # noqa: S607
                user=owner.st_uid,
                group=owner.st_gid,
                extra_groups=[] if os.geteuid() == 0 else None,
                check=pid == str(master),
            )
