"""Which process is told which secret."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.banner import banner
from infra.datadir import DataDir
from infra.process import Spec
from infra.programs import Programs
from infra.stack import Stack
from infra.supervisor import Supervisor


def told(spec: Spec, name: str) -> str | None:
    """The value that the process would see."""
    if name in spec.without:
        return None
    return {**os.environ, **spec.environment}.get(name)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Programs]:
    for name in (
        "DATABASE_URL",
        "DATABASE_OWNER_URL",
        "REDIS_URL",
        "S3_ENDPOINT_URL",
        "BACKUP",
        "BACKUP_URL",
    ):
        monkeypatch.delenv(name, raising=False)
    data = DataDir(tmp_path)
    data.prepare()
    stack = Stack(data, Supervisor(data))
    made = Programs(stack, stack.environment())
    yield made
    stack.ports.release()


def test_only_the_backup_process_may_replicate(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    specs = {each.name: each for each in programs.working()}
    url = told(specs["backup"], "BACKUP_URL")
    assert url is not None
    assert url.startswith("postgresql://asp:")
    assert told(specs["backup"], "DATABASE_OWNER_URL") is None
    monkeypatch.setenv("BACKUP_URL", "postgresql://keeper@db/county")
    specs = {each.name: each for each in programs.working()}
    assert told(specs["backup"], "BACKUP_URL") == "postgresql://keeper@db/county"
    for spec in (*specs.values(), programs.manage("upgrade"), programs.web()):
        if spec.name != "backup":
            assert told(spec, "BACKUP_URL") is None, spec.name


def test_tests_and_those_who_wish_so_take_no_backups(
    tmp_path: Path, programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    fast = Stack(DataDir(tmp_path), Supervisor(DataDir(tmp_path)), fast=True)
    assert not fast.backs_up
    lasting = Stack(DataDir(tmp_path), Supervisor(DataDir(tmp_path)))
    assert lasting.backs_up
    monkeypatch.setenv("BACKUP", "0")
    assert not lasting.backs_up
    monkeypatch.delenv("BACKUP")
    monkeypatch.setenv("DATABASE_URL", "postgresql://app_login@db/county")
    real = Stack(DataDir(tmp_path), Supervisor(DataDir(tmp_path)))
    assert not real.backs_up, "nobody is named who could open them"
    monkeypatch.setenv("BACKUP_RECIPIENT", "age1x")
    assert real.backs_up


def test_the_start_says_that_the_key_has_to_go(programs: Programs, tmp_path: Path) -> None:
    data = DataDir(tmp_path)
    environment = programs._environment
    identity = tmp_path / "secrets" / "backup-identity"
    assert str(identity) in banner(data, environment)
    assert identity.read_text().strip() not in banner(data, environment)
    identity.unlink()
    assert "backup-identity" not in banner(data, environment)
    assert environment["BACKUP_RECIPIENT"].startswith("age1")
