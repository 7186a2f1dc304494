"""``python -m infra status`` and ``stop``: look at, or end, what runs on a data folder."""

from __future__ import annotations

import os
import signal
import time

from .datadir import DataDir

STOP_WITHIN = 90.0


def show_status(data: DataDir) -> int:
    """Print the processes; exit status 0 if a supervisor runs, 3 if not (as init scripts do)."""
    holder = data.holder()
    if holder is None:
        print(f"Nothing runs on {data.path}")
        return 3
    print(f"Supervisor {holder} runs on {data.path}")
    for name, entry in (data.read_json("status.json") or {}).items():
        print(f"  {name:<12} {entry['state']:<8} pid {entry['pid']}  restarts {entry['restarts']}")
    return 0


def stop_running(data: DataDir) -> int:
    """Ask the supervisor to stop and wait for it."""
    holder = data.holder()
    if holder is None:
        print(f"Nothing runs on {data.path}")
        return 0
    os.kill(holder, signal.SIGTERM)
    deadline = time.monotonic() + STOP_WITHIN
    while data.holder() == holder:
        if time.monotonic() > deadline:
            print(f"Supervisor {holder} did not stop within {STOP_WITHIN:.0f} s")
            return 1
        time.sleep(0.2)
    print("Stopped")
    return 0
