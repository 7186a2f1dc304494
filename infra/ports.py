"""Ports on 127.0.0.1 that do not collide, chosen once per data folder and kept.

Candidates lie below the kernel's ephemeral range, so that an outgoing connection of some other program
cannot sit on a kept port at the next start. Several stacks may start in the same second on one machine:
a port is reserved by binding an abstract socket that carries its number, which the kernel gives back
when the supervisor dies, however it dies.
"""

from __future__ import annotations

import random
import socket
import time

from .datadir import DataDir

LOWEST = 15000
HIGHEST = 31999
PATIENCE = 3.0


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether nothing listens on `port` (connections in TIME_WAIT do not count)."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


class Ports:
    """The named ports of one data folder, in ``ports.json``."""

    def __init__(self, data: DataDir) -> None:
        self._data = data
        stored = data.read_json("ports.json") or {}
        self._ports: dict[str, int] = {str(name): int(port) for name, port in stored.items()}
        self._reservations: dict[int, socket.socket] = {}
        self._confirmed: set[str] = set()

    def get(self, name: str) -> int:
        """Port for `name`: the kept one, or a new one if that is taken by somebody else."""
        if name not in self._confirmed:
            kept = self._ports.get(name)
            if kept is None or not self._take(kept, patience=PATIENCE):
                kept = self._choose()
                self._ports[name] = kept
                self._data.write_json("ports.json", self._ports)
            self._confirmed.add(name)
        return self._ports[name]

    def release(self) -> None:
        for reservation in self._reservations.values():
            reservation.close()
        self._reservations.clear()
        self._confirmed.clear()

    def _choose(self) -> int:
        for _ in range(2000):
            port = random.randint(LOWEST, HIGHEST)
            if port not in self._ports.values() and self._take(port, patience=0):
                return port
        raise RuntimeError(f"No free port between {LOWEST} and {HIGHEST} on 127.0.0.1.")

    def _take(self, port: int, *, patience: float) -> bool:
        """Reserve `port`; wait up to `patience` seconds for a dying process to let it go."""
        reservation = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            reservation.bind(f"\0tongban-port-{port}")
        except OSError:
            reservation.close()
            return False
        deadline = time.monotonic() + patience
        while not is_free(port):
            if time.monotonic() >= deadline:
                reservation.close()
                return False
            time.sleep(0.1)
        self._reservations[port] = reservation
        return True
