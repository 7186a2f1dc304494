"""Last step between the supervisor and a child's own program.

Run as a script (``python -I -S launch.py --parent PID --signal N [--nobody] [--override] -- PROGRAM …``)
because these calls have to happen in the child, and ``preexec_fn`` is not safe in a process with threads.
It imports nothing from the project, so it starts in a few milliseconds.

- ``--signal`` is the signal that the kernel sends to the child when the supervisor dies. It is set after
  the change of user: the kernel clears it there.
- ``--nobody`` gives up root (PostgreSQL refuses to run as root).
- ``--override`` keeps CAP_DAC_OVERRIDE, for a checkout that lies under a folder which only root may enter.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import sys
from typing import NoReturn

PR_SET_PDEATHSIG = 1
PR_SET_SECUREBITS = 28
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
SECBIT_NO_SETUID_FIXUP = 1 << 2
CAP_DAC_OVERRIDE = 1
CAPABILITY_VERSION_3 = 0x20080522

libc = ctypes.CDLL(None, use_errno=True)


class CapabilityHeader(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class CapabilityData(ctypes.Structure):
    _fields_ = [
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    ]


def prctl(option: int, *arguments: int) -> None:
    """Call prctl(2); raises OSError."""
    padded = [ctypes.c_ulong(value) for value in (*arguments, 0, 0, 0, 0)[:4]]
    if libc.prctl(ctypes.c_int(option), *padded) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"prctl({option}): {os.strerror(number)}")


def capabilities_set(mask: int) -> None:
    """Keep only the capabilities of `mask` (effective, permitted and inheritable); raises OSError."""
    header = CapabilityHeader(CAPABILITY_VERSION_3, 0)
    data = (CapabilityData * 2)(CapabilityData(mask, mask, mask), CapabilityData(0, 0, 0))
    if libc.capset(ctypes.byref(header), data) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"capset: {os.strerror(number)}")


def become_nobody(*, override: bool) -> None:
    """Change to the user nobody, with CAP_DAC_OVERRIDE as an ambient capability if `override`."""
    entry = pwd.getpwnam("nobody")
    if override:
        # Without this bit the kernel drops the capability with the user id, and access(2) says no.
        prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP)
    os.setgroups([])
    os.setresgid(entry.pw_gid, entry.pw_gid, entry.pw_gid)
    os.setresuid(entry.pw_uid, entry.pw_uid, entry.pw_uid)
    if override:
        capabilities_set(1 << CAP_DAC_OVERRIDE)
        prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE)


def main(arguments: list[str]) -> NoReturn:
    split = arguments.index("--")
    options, program = arguments[:split], arguments[split + 1 :]
    parent = int(options[options.index("--parent") + 1])
    death_signal = int(options[options.index("--signal") + 1])
    if "--nobody" in options:
        become_nobody(override="--override" in options)
    prctl(PR_SET_PDEATHSIG, death_signal)
    if os.getppid() != parent:
        sys.exit(1)  # the supervisor died before the line above could take effect
    # Python ignores SIGPIPE, and an ignored signal stays ignored in the program that follows.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.execvp(program[0], program)


if __name__ == "__main__":
    main(sys.argv[1:])
