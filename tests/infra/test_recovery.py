"""Real servers, killed: what was acknowledged is there afterwards, and the next start comes up."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2
import pytest
import redis

from infra import s3
from infra.datadir import DataDir
from infra.process import MARK
from infra.tools import ROOT

pytestmark = pytest.mark.faults


class Running:
    """`python -m infra with` around a sleep, on a folder of its own."""

    def __init__(self, path: Path) -> None:
        self.data = DataDir(path)
        self.popen: subprocess.Popen[bytes] | None = None

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "infra", "with", "--data", str(self.data.path), "--", *arguments]

    def start(self) -> None:
        self.popen = subprocess.Popen(
            self.command("sleep", "600"), cwd=ROOT, stderr=subprocess.DEVNULL, start_new_session=True
        )
        until(lambda: self.data.read_json("environment.json"), within=60)

    def stop(self) -> None:
        if self.popen:
            self.popen.terminate()
            self.popen.wait(timeout=60)

    @property
    def environment(self) -> dict[str, str]:
        return dict(self.data.read_json("environment.json"))

    def pid(self, name: str) -> int:
        return int(self.data.read_json("status.json")[name]["pid"])

    def kill(self, name: str) -> None:
        pid = self.pid(name)
        os.kill(pid, signal.SIGKILL)
        until(lambda: self.pid(name) != pid, within=20)


def until(condition: Callable[[], object], *, within: float) -> None:
    deadline = time.monotonic() + within
    while True:
        try:
            if condition():
                return
        except (psycopg2.Error, redis.RedisError, KeyError, TypeError):
            pass  # not yet: that is what this loop waits for
        assert time.monotonic() < deadline, f"did not happen within {within} s"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    path = tmp_path_factory.mktemp("recovery")
    # As root the database runs as nobody; pytest's folders are closed to it on purpose.
    stack = Running(path / "data")
    stack.start()
    yield stack
    stack.stop()


def query(url: str, statement: str) -> object:
    connection = psycopg2.connect(url, connect_timeout=2)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone()[0] if cursor.description else None
    finally:
        connection.close()


def test_the_login_of_the_application_has_no_rights(running: Running) -> None:
    url = running.environment["DATABASE_URL"]
    assert query(url, "SELECT current_user") == "app_login"
    rights = "SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolinherit FROM pg_roles WHERE rolname = 'app_login'"
    assert query(url, rights) is False
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        query(url, "CREATE TABLE public.intruder ()")


def test_postgresql_keeps_what_was_committed(running: Running) -> None:
    url = running.environment["DATABASE_OWNER_URL"]
    query(url, "CREATE TABLE kept AS SELECT 42 AS value")
    running.kill("postgres")
    until(lambda: query(url, "SELECT value FROM kept") == 42, within=70)


def test_valkey_keeps_what_was_acknowledged(running: Running) -> None:
    client = redis.Redis.from_url(running.environment["REDIS_URL"], socket_timeout=2)
    for number in range(500):
        client.rpush("kept", number)
    # appendfsync everysec: the kernel has it, so the death of the process loses nothing.
    running.kill("valkey")
    until(lambda: client.llen("kept") == 500, within=30)


def test_storage_keeps_what_was_stored(running: Running) -> None:
    client = s3.Client.of(running.environment)
    assert client.put("kept", b"content")
    running.kill("s3")
    until(lambda: client.get("kept") == b"content", within=40)
    assert client.put("after", b"x")


def test_a_second_start_on_the_same_folder_is_refused(running: Running) -> None:
    result = subprocess.run(running.command("true"), cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 75
    assert str(running.data.holder()) in result.stderr


def test_the_next_start_comes_up_after_everything_was_killed(running: Running) -> None:
    pids = [entry["pid"] for entry in json.loads((running.data.path / "status.json").read_text()).values()]
    assert running.popen is not None
    for pid in [running.popen.pid, *pids]:
        os.kill(pid, signal.SIGKILL)
    running.popen.wait()
    (running.data.path / "environment.json").unlink()
    assert (running.data.path / "postgres" / "postmaster.pid").exists()
    running.start()
    assert query(running.environment["DATABASE_OWNER_URL"], "SELECT value FROM kept") == 42
    assert s3.Client.of(running.environment).get("kept") == b"content"
    client = redis.Redis.from_url(running.environment["REDIS_URL"], socket_timeout=2)
    assert client.llen("kept") == 500


def test_a_pid_file_that_names_somebody_else_stops_nothing(running: Running) -> None:
    """After a reboot the number in postmaster.pid may belong to any process: it must not be touched."""
    running.stop()
    stranger = subprocess.Popen(["sleep", "60"], env={MARK: "other"})
    try:
        file = running.data.path / "postgres" / "postmaster.pid"
        file.write_text(f"{stranger.pid}\n{running.data.path}/postgres\n1\n1\n\n127.0.0.1\n\n")
        if os.geteuid() == 0:
            owner = (running.data.path / "postgres").stat()
            os.chown(file, owner.st_uid, owner.st_gid)
        running.start()
        assert query(running.environment["DATABASE_OWNER_URL"], "SELECT value FROM kept") == 42
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()
