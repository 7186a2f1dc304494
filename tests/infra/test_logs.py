"""Logs of children are bounded while the children run."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra import process as module
from infra.datadir import DataDir
from infra.process import Process, Spec
from infra.supervisor import Supervisor
from tests.infra.test_supervisor import until

LINE = "a line that says which number it has: {:06d}\n"


@pytest.fixture
def supervisor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Supervisor]:
    monkeypatch.setattr(module, "LOG_LIMIT", 4000)
    monkeypatch.setattr("infra.supervisor.LOGS_EVERY", 0.0)
    data = DataDir(tmp_path)
    data.prepare()
    made = Supervisor(data, say=lambda text: None)
    yield made
    made.stop()


def talker(supervisor: Supervisor, script: str) -> Spec:
    log = supervisor.data.path / "logs" / "talker.log"
    return Spec(name="talker", argv=["sh", "-c", script], log=log)


def test_a_child_that_talks_on_and_on_fills_no_disk(supervisor: Supervisor) -> None:
    script = "while :; do echo 'a line of forty characters, give or take'; sleep 0.002; done"
    spec = talker(supervisor, script)
    supervisor.start([spec])
    log = spec.log
    assert log is not None
    until(lambda: log.with_suffix(".log.3").exists(), supervisor=supervisor)
    for _ in range(20):
        supervisor.tick()
    names = sorted(path.name for path in log.parent.iterdir())
    assert names == ["talker.log", "talker.log.1", "talker.log.2", "talker.log.3"]
    # The child still writes into the same file, from its beginning.
    size = log.stat().st_size
    assert size < 100_000
    until(lambda: log.stat().st_size != size)
    assert "\0" not in log.read_text()


def test_what_was_written_before_is_kept_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOG_LIMIT", 100)
    log = tmp_path / "one.log"
    process = Process(Spec(name="one", argv=[], log=log), mark="")
    for number in range(5):
        log.write_text(LINE.format(number) * 5)
        process.bound_log()
        assert log.read_text() == ""
    kept = [log.with_suffix(f".log.{number}").read_text() for number in (1, 2, 3)]
    assert kept == [LINE.format(number) * 5 for number in (4, 3, 2)]
    assert not log.with_suffix(".log.4").exists()
    assert log.with_suffix(".log.1").stat().st_mode & 0o077 == 0


def test_a_full_disk_costs_history_not_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(module, "LOG_LIMIT", 10)
    monkeypatch.setattr(module.shutil, "copyfile", full)
    log = tmp_path / "one.log"
    log.write_text("x" * 100)
    Process(Spec(name="one", argv=[], log=log), mark="").bound_log()
    assert log.stat().st_size == 0
    assert not log.with_suffix(".log.1").exists()


def test_a_small_log_is_left_alone(tmp_path: Path) -> None:
    log = tmp_path / "one.log"
    log.write_text("short\n")
    Process(Spec(name="one", argv=[], log=log), mark="").bound_log()
    assert log.read_text() == "short\n"
