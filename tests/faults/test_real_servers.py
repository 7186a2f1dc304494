"""With `DATABASE_URL`, `REDIS_URL`, `S3_ENDPOINT_URL` … set, real servers are used and nothing embedded starts.

The "real" ones are a second stack's servers; the owner of the database is no superuser there, as on a shared cluster.
"""

import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest

from infra.datadir import DataDir
from infra.tools import ROOT
from tests.faults.browser import Browser
from tests.faults.stack import RunningStack, free_port, own_environment, until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

EMBEDDED = {"postgres", "valkey", "seaweed", "catcher"}
PROGRAMS = {"web", "transfer", "caddy", "worker", "provisioner", "scheduler", "relay", "realtime"}


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Servers that somebody else runs; how to reach them as the README's owner and login."""
    data = DataDir(tmp_path_factory.mktemp("servers") / "data")
    argv = [sys.executable, "-m", "infra", "with", "--data", str(data.path), "--", "sleep", "600"]
    running = subprocess.Popen(
        argv, cwd=ROOT, env=own_environment(), stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        found = until(lambda: data.read_json("environment.json"), within=90, what="the servers come up")
        yield {**_database(found), **{key: found[key] for key in found if key.startswith(("REDIS_", "S3_"))}}
    finally:
        running.terminate()
        running.wait(timeout=60)


def _database(found: dict[str, str]) -> dict[str, str]:
    """A database whose owner may make roles, and nothing more; the README says so."""
    server = urlsplit(found["DATABASE_OWNER_URL"])
    password = secrets.token_hex(12)
    with closing(psycopg2.connect(found["DATABASE_OWNER_URL"])) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE ROLE keeper LOGIN CREATEROLE PASSWORD '{password}'")
            cursor.execute("GRANT app_login TO keeper WITH ADMIN OPTION, SET TRUE")
            cursor.execute("CREATE DATABASE county OWNER keeper TEMPLATE template0")
    login = urlsplit(found["DATABASE_URL"])
    return {
        "DATABASE_OWNER_URL": f"postgresql://keeper:{password}@127.0.0.1:{server.port}/county",
        "DATABASE_URL": f"postgresql://{login.username}:{login.password}@127.0.0.1:{server.port}/county",
    }


def test_nothing_embedded_starts_and_every_site_is_ready(servers: dict[str, str], tmp_path: Path) -> None:
    """Under a domain of its own: `BASE_DOMAIN` moves all addresses."""
    # As root the database runs as nobody, but here there is none to start.
    keys = {"SECRET_KEY": secrets.token_urlsafe(48), "MASTER_KEY": _key(), "S3_BUCKET": "county"}
    keys["BASE_DOMAIN"] = "yunxi.example"
    stack = RunningStack(tmp_path / "data", port=free_port(), settings={**servers, **keys})
    stack.start()
    try:
        running = set(stack.status())
        assert not running & EMBEDDED, running
        assert running >= PROGRAMS, running
        assert stack.environment() == {}, "nothing may be left behind that points at somebody's servers"
        answer = stack.browser("host").get("/readyz")
        assert answer.status == 200, answer.text
        assert all(f'"{name}": "ok"' in answer.text for name in ("database", "cache", "storage", "queue"))
        assert stack.browser().get("/").status == 200
        assert "/accounts/sign-in/" in stack.browser("host").get("/").location
        former = Browser(port=stack.port, host="localhost").get("/")
        assert former.status == 404, former.words
    finally:
        stack.stop()


def test_without_keys_it_says_what_is_missing(servers: dict[str, str], tmp_path: Path) -> None:
    """A key made on this machine would be lost with it, and every file with the key."""
    environment = {**own_environment(), **servers, "PORT": str(free_port()), "DEMO": "0"}
    argv = [sys.executable, "-m", "infra", "up", "--data", str(tmp_path / "data")]
    done = subprocess.run(
        argv, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 1
    assert re.search(r"(SECRET|MASTER)_KEY is not set", done.stderr), done.stderr


def _key() -> str:
    import base64

    return base64.b64encode(secrets.token_bytes(32)).decode()
