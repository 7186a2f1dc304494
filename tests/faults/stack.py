"""The whole system as `python -m infra up` runs it, and ways to hurt it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import psycopg2
import redis

from infra.datadir import DataDir
from infra.ports import HIGHEST, LOWEST, is_free
from infra.process import Spec, launch_argv
from infra.supervisor import tail
from infra.tools import ROOT
from tests.faults.browser import Browser, Unanswered

Found = TypeVar("Found")
# What the servers around this test run are called: the stack has its own.
OTHERS = re.compile(
    r"(DATABASE|REDIS|S3|SMTP|CATCHER|TONGBAN)_|(SECRET|MASTER)_KEY|DATA_DIR|EMBEDDED|ASP_DB_LOGIN"
    r"|BACKUP|POOL_SIZE|SCHEMA_PREFIX|DJANGO_SETTINGS_MODULE|BASE_DOMAIN|SCHEME|BIND|TRUSTED_PROXIES|DEMO|PORT"
)
START_SECONDS = 150.0
RECOVERY_SECONDS = 45.0


class Late(AssertionError):
    """Something did not happen within its time."""


def until(condition: Callable[[], Found | None], *, within: float, what: str) -> Found:
    """Ask again and again until the answer is true, and return it. Raises Late."""
    deadline = time.monotonic() + within
    while True:
        if found := condition():
            return found
        if time.monotonic() > deadline:
            raise Late(f"{what}: not within {within:.0f} s")
        time.sleep(0.05)


def own_environment() -> dict[str, str]:
    """Our environment without what belongs to the servers of the test run."""
    return {key: value for key, value in os.environ.items() if not OTHERS.match(key)}


class RunningStack:
    """One stack on a data folder of its own. PostgreSQL and Valkey write to disk as in production:
    `--fast` would lose what was acknowledged when they are killed."""

    def __init__(self, path: Path, *, port: int, settings: Mapping[str, str] | None = None) -> None:
        self.data = DataDir(path)
        self.port = port
        self._settings = dict(settings or {})
        self._popen: subprocess.Popen[bytes] | None = None

    def start(self, *, within: float = START_SECONDS) -> None:
        """Start it and wait until the hall says that it is ready."""
        self.data.prepare()
        environment = own_environment()
        environment |= {
            "PORT": str(self.port),
            "DEMO": "0",
            "BACKUP": "0",  # tested by itself in tests/infra/test_backup*.py
            "POOL_SIZE": "2",  # so that some offices open from the pool and some without
            "WEB_WORKERS": "2",
            "WEB_THREADS": "4",
            "TRANSFER_THREADS": "24",
            **self._settings,
        }
        argv = [sys.executable, "-m", "infra", "up", "--data", str(self.data.path)]
        with (self.data.path / "logs" / "up.log").open("ab") as log:
            self._popen = subprocess.Popen(
                # Through the launcher: when pytest itself is killed, the stack is asked to stop.
                launch_argv(Spec(name="up", argv=argv)),
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            until(self._is_up, within=within, what="`infra up` comes up")
        except BaseException:
            self.stop()
            raise

    def _is_up(self) -> bool:
        if self._popen is None or self._popen.poll() is not None:
            raise AssertionError(f"`infra up` ended\n{self.logs()}")
        return "realtime" in self.status() and self.is_ready()

    def stop(self) -> None:
        """Stop in an orderly way."""
        if self._popen is None:
            return
        self._popen.send_signal(signal.SIGCONT)
        self._popen.terminate()
        try:
            self._popen.wait(timeout=90)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            self._popen.wait()

    # -- looking --------------------------------------------------------------------------------------
    def environment(self) -> dict[str, str]:
        """What the stack's own processes are told."""
        return dict(self.data.read_json("environment.json") or {})

    def status(self) -> dict[str, Any]:
        """Pids and restarts by name."""
        return dict(self.data.read_json("status.json") or {})

    def browser(self, label: str = "", *, source: str = "127.0.0.1") -> Browser:
        """A browser at the hall, or at the site `label`."""
        base = self._settings.get("BASE_DOMAIN", "localhost")
        return Browser(port=self.port, host=f"{label}.{base}" if label else base, source=source)

    def is_ready(self) -> bool:
        """Whether `/readyz` answers 200 through the front proxy."""
        try:
            return self.browser().request("GET", "/readyz", timeout=5).status == 200
        except Unanswered:
            return False

    def connect(self) -> Any:
        """A connection to the database with the owner's rights."""
        return psycopg2.connect(self.environment()["DATABASE_OWNER_URL"], connect_timeout=3)

    def ask(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows of one query; none while the database is away."""
        try:
            connection = self.connect()
            try:
                with connection, connection.cursor() as cursor:
                    cursor.execute(statement, values)
                    return list(cursor.fetchall())
            finally:
                connection.close()
        except psycopg2.OperationalError:
            return []

    def run(self, module: str) -> Any:
        """Run a script of ours as one of the stack's owner processes; it prints JSON."""
        environment = own_environment()
        environment |= self.environment()
        environment |= {"ASP_DB_LOGIN": "owner", "DJANGO_SETTINGS_MODULE": "asp.config.settings"}
        done = subprocess.run(
            [sys.executable, "-m", module],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, f"{module} failed:\n{done.stderr[-4000:]}"
        return json.loads(done.stdout.splitlines()[-1])

    def logs(self) -> str:
        """The ends of all logs, for the message of a failure."""
        return "\n".join(tail(log, 8) for log in sorted((self.data.path / "logs").glob("*.log")))

    # -- hurting --------------------------------------------------------------------------------------
    def kill(self, name: str) -> int:
        """kill -9 the process that the supervisor calls `name`; return its former pid."""
        pid = int(self.status()[name]["pid"])
        os.kill(pid, signal.SIGKILL)
        return pid

    def kill_child(self, name: str) -> int:
        """kill -9 one process that `name` itself has started, as the kernel would when memory is short."""
        master = int(self.status()[name]["pid"])
        text = Path(f"/proc/{master}/task/{master}/children").read_text()
        child = int(text.split()[0])
        os.kill(child, signal.SIGKILL)
        return child

    def kill_backend(self) -> int:
        """kill -9 one backend of PostgreSQL, which makes it throw out all others and recover."""
        rows = self.ask(
            "SELECT pid FROM pg_stat_activity WHERE usename = 'app_login' "
            "ORDER BY state = 'active' DESC, state_change DESC LIMIT 1"
        )
        pid = int(rows[0][0])
        os.kill(pid, signal.SIGKILL)
        return pid

    def wipe_valkey(self) -> None:
        """Throw away everything that Valkey holds."""
        with redis.Redis.from_url(self.environment()["REDIS_URL"]) as client:
            client.flushall()

    def recovered(self, name: str, former: int) -> None:
        """Wait until `name` runs again under another pid and `/readyz` answers 200."""

        def is_back() -> bool:
            found = self.status().get(name, {})
            return found.get("state") == "running" and found.get("pid") != former and self.is_ready()

        try:
            until(is_back, within=RECOVERY_SECONDS, what=f"{name} is back after kill -9 and /readyz says 200")
        except Late as late:
            raise Late(f"{late}\n{self.logs()}") from None

    def kill_everything(self) -> None:
        """kill -9 the supervisor and all that it has started, as a machine that loses its mind would."""
        assert self._popen is not None
        pids = [int(item["pid"]) for item in self.status().values()]
        self._popen.kill()
        self._popen.wait()
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        # Written by the supervisor that is gone; the next one says anew what runs.
        self.data.remove("status.json")

    @contextmanager
    def held_down(self, name: str) -> Iterator[None]:
        """kill -9 `name` and keep the supervisor from starting it again until the end of the block."""
        assert self._popen is not None
        self._popen.send_signal(signal.SIGSTOP)
        try:
            pid = self.kill(name)
            yield
        finally:
            self._popen.send_signal(signal.SIGCONT)
        self.recovered(name, pid)


def free_port() -> int:
    """A port on which nothing listens, among those that stacks use."""
    first = LOWEST + os.getpid() % (HIGHEST - LOWEST - 1000)
    return next(port for port in range(first, HIGHEST) if is_free(port))
