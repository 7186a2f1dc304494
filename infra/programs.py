"""The project's own processes (进程): web, transfer, workers, scheduler, relay, realtime and the front proxy."""

from __future__ import annotations

import http.client
import os
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from .caddy import Front, configuration_write
from .process import Spec
from .stack import Stack
from .tools import ROOT, program

OWNER_NAMES = frozenset({"DATABASE_OWNER_URL", "DATABASE_OWNER_URL_FILE"})
# Whoever may replicate reads everything.
BACKUP_NAMES = frozenset({"BACKUP_URL", "BACKUP_URL_FILE"})


def listens(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a connection to `port` is accepted."""
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def answers(port: int, path: str, host: str, timeout: float = 2.0) -> bool:
    """Whether a GET of `path` with the Host header `host` is answered with 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("GET", path, headers={"Host": host})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def number(name: str, default: int) -> str:
    """A count from the environment, as text for a command line."""
    value = os.environ.get(name, "")
    return value if value.isdecimal() and int(value) > 0 else str(default)


class Programs:
    """Specs of the project's processes in one stack."""

    def __init__(self, stack: Stack, environment: Mapping[str, str]) -> None:
        self._stack = stack
        self._environment = dict(environment)
        self.host = environment["BASE_DOMAIN"]
        self.port = int(environment["PORT"])
        self.bind = os.environ.get("BIND") or "127.0.0.1"

    def _spec(
        self,
        name: str,
        argv: list[str],
        *,
        owner: bool = False,
        grace: float = 15,
        ready: Callable[[], bool] | None = None,
    ) -> Spec:
        return Spec(
            name=name,
            argv=argv,
            environment={
                **self._environment,
                "ASP_DB_LOGIN": "owner" if owner else "app",
                "PROCESS_NAME": name,
                "METRICS_DIR": str(self._stack.data.path / "metrics"),
                "METRICS_PORT": str(self._stack.ports.get("metrics")),
            },
            # Only who may change tables knows the owner's password.
            without=BACKUP_NAMES if owner else OWNER_NAMES | BACKUP_NAMES,
            folder=ROOT,
            grace=grace,
            ready=ready,
            ready_within=120,
            log=self._log(name),
        )

    def _log(self, name: str) -> Path:
        return self._stack.data.path / "logs" / f"{name}.log"

    def manage(self, *arguments: str) -> Spec:
        """A `manage.py` command with the owner's login, its output in a log of its own."""
        return self._spec(arguments[0], [sys.executable, str(ROOT / "manage.py"), *arguments], owner=True)

    def answering(self) -> list[Spec]:
        """What has to run for a request to be answered."""
        return [self.web(), self.transfer(), self.front()]

    def working(self) -> list[Spec]:
        """What works behind the requests."""
        backup = [self.backup()] if self._environment.get("BACKUP") == "1" else []
        return [
            *backup,
            self.worker("worker", "default", number("WORKER_THREADS", 4)),
            self.worker("provisioner", "provisioning", "2"),
            self._spec("scheduler", [sys.executable, str(ROOT / "manage.py"), "scheduler"]),
            self._spec("relay", [sys.executable, str(ROOT / "manage.py"), "relay"]),
            self.realtime(),
        ]

    def _granian(self, port: int, application: str, *, interface: str = "wsgi", workers: str) -> list[str]:
        return [
            *(program("granian"), application, "--interface", interface, "--http", "1", "--no-ws"),
            *("--host", "127.0.0.1", "--port", str(port), "--log-level", "warning", "--no-access-log"),
            # A killed worker is replaced without taking the others along.
            *("--workers", workers, "--respawn-failed-workers", "--workers-kill-timeout", "10"),
        ]

    def web(self) -> Spec:
        """Short requests only; connections to the database = workers × threads."""
        port = self._stack.ports.get("web")
        argv = self._granian(
            port,
            "asp.config.wsgi:application",
            workers=number("WEB_WORKERS", 2),
        )
        argv += ["--blocking-threads", number("WEB_THREADS", 4)]
        return self._spec("web", argv, ready=lambda: answers(port, "/healthz", self.host))

    def transfer(self) -> Spec:
        """Uploads and downloads: many threads that mostly wait for bytes."""
        port = self._stack.ports.get("transfer")
        argv = self._granian(port, "asp.config.wsgi_transfer:application", workers="1")
        argv += ["--blocking-threads", number("TRANSFER_THREADS", 64)]
        return self._spec("transfer", argv, ready=lambda: answers(port, "/healthz", self.host))

    def realtime(self) -> Spec:
        """Event streams: one process, one loop, no database. Pages work without it, only slower."""
        port = self._stack.ports.get("realtime")
        argv = self._granian(port, "asp.config.asgi:application", interface="asgi", workers="1")
        # Every page holds a connection open.
        argv += ["--backlog", "2048", "--backpressure", "8192"]
        return self._spec("realtime", argv, ready=lambda: answers(port, "/healthz", self.host))

    def worker(self, name: str, queue: str, threads: str) -> Spec:
        """A dramatiq worker of one queue; opening offices needs the owner's login."""
        argv = [program("dramatiq"), "asp.config.worker", "--path", str(ROOT), str(ROOT / "platform")]
        argv += ["--queues", queue, "--processes", "1", "--threads", threads]
        argv += ["--worker-shutdown-timeout", "15000"]
        return self._spec(name, argv, owner=queue == "provisioning", grace=25)

    def backup(self) -> Spec:
        """Backups: the application's login for what it tells the console, one with REPLICATION for the rest."""
        spec = self._spec("backup", [sys.executable, str(ROOT / "manage.py"), "backup"], grace=30)
        spec = replace(spec, without=OWNER_NAMES)
        if any(os.environ.get(name) for name in BACKUP_NAMES):
            return spec
        owner = self._environment.get("DATABASE_OWNER_URL") or os.environ.get("DATABASE_OWNER_URL", "")
        file = os.environ.get("DATABASE_OWNER_URL_FILE", "")
        given = {"BACKUP_URL": owner} if owner else {"BACKUP_URL_FILE": file}
        return replace(spec, environment={**spec.environment, **given})

    def front(self) -> Spec:
        """The front proxy on the public port."""
        trusted = tuple(filter(None, os.environ.get("TRUSTED_PROXIES", "").replace(",", " ").split()))
        front = Front(
            bind=self.bind,
            port=self.port,
            base_domain=self.host,
            scheme=self._environment["SCHEME"],
            web_port=self._stack.ports.get("web"),
            transfer_port=self._stack.ports.get("transfer"),
            realtime_port=self._stack.ports.get("realtime"),
            trusted=trusted,
        )
        config = configuration_write(self._stack.data, front)
        folder = str(self._stack.data.sub("caddy"))
        return Spec(
            name="caddy",
            argv=[program("caddy"), "run", "--config", config],
            environment={"HOME": folder, "XDG_DATA_HOME": folder, "XDG_CONFIG_HOME": folder},
            folder=Path(folder),
            grace=8,
            ready=lambda: listens(self.port, self.reach),
            log=self._log("caddy"),
        )

    @property
    def reach(self) -> str:
        """Address at which the public port can be reached from this machine."""
        return "127.0.0.1" if self.bind in ("0.0.0.0", "::", "") else self.bind
