"""One stack of its own for all tests of this folder; each test has a target of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from pyrage import x25519

from infra import s3
from infra.backup import keys
from infra.backup.settings import Settings
from infra.backup.target import Target
from infra.datadir import DataDir
from infra.process import Spec, launch_argv
from infra.tools import ROOT
from tests.faults.stack import own_environment, until

SECRET = "云溪县机密文字-Zebra-7731"


@dataclass
class Host:
    """A database, an object store, and the key of their backups."""

    data: DataDir
    environment: dict[str, str]
    identity: x25519.Identity

    def settings(self, target: Path, **more: str) -> Settings:
        recipient = str(self.identity.to_public())
        return Settings.of(
            {
                **self.environment,
                "BACKUP_DIR": str(target),
                "BACKUP_RECIPIENT": recipient,
                # Targets follow one another on one server: each test has a slot of its own, dropped after.
                "MASTER_KEY": SECRET,
                "SECRET_KEY": "x" * 50,
                **more,
            }
        )

    def sql(self, statement: str, *values: object) -> Any:
        with closing(psycopg2.connect(self.environment["DATABASE_OWNER_URL"])) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
                return cursor.fetchall() if cursor.description else None

    def put(self, key: str, content: bytes) -> None:
        assert s3.Client.of(self.environment).put(key, content)

    def delete(self, key: str) -> None:
        assert s3.Client.of(self.environment).request("DELETE", key)[0] == 204


@pytest.fixture(scope="package")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    data = DataDir(tmp_path_factory.mktemp("backup") / "data")
    argv = [sys.executable, "-m", "infra", "with", "--data", str(data.path), "--", "sleep", "600"]
    running = subprocess.Popen(
        launch_argv(Spec(name="with", argv=argv)),
        cwd=ROOT,
        env=own_environment(),
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        environment = until(lambda: data.read_json("environment.json"), within=90, what="the servers come up")
        keys.recipient_ensure(data)
        yield Host(data, dict(environment), keys.identity_read(keys.identity_path(data)))
    finally:
        running.terminate()
        running.wait(timeout=60)


@pytest.fixture
def target(host: Host, tmp_path: Path) -> Iterator[Target]:
    yield Target(tmp_path / "backup")
    host.sql(
        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = 'tongban_backup'"
    )
