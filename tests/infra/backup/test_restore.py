"""A host that is gone comes back in an empty folder: as it was last, or at a moment."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from infra import s3
from infra.backup.drill import save_now
from infra.backup.restore import restore
from infra.backup.target import Target
from infra.backup.trouble import BackupError
from infra.datadir import DataDir
from infra.process import Spec, launch_argv
from infra.tools import ROOT
from tests.faults.stack import own_environment, until
from tests.infra.backup.conftest import Host
from tests.infra.backup.test_backup import drill, quiet

pytestmark = [pytest.mark.faults, pytest.mark.timeout(180)]


@contextmanager
def started(data: DataDir, host: Host) -> Iterator[Host]:
    """The servers on a restored folder, as the next start brings them up."""
    argv = [sys.executable, "-m", "infra", "with", "--data", str(data.path), "--", "sleep", "600"]
    running = subprocess.Popen(
        launch_argv(Spec(name="with", argv=argv)),
        cwd=ROOT,
        env=own_environment(),
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        environment = until(lambda: data.read_json("environment.json"), within=90, what="it comes up")
        yield Host(data, dict(environment), host.identity)
    finally:
        running.terminate()
        running.wait(timeout=60)


def now(host: Host) -> datetime:
    return host.sql("SELECT clock_timestamp()")[0][0]


def test_it_comes_back_at_a_moment_and_goes_on(host: Host, target: Target, tmp_path: Path) -> None:
    settings = host.settings(target.path)
    host.sql("CREATE TABLE acts (n int)")
    host.sql("INSERT INTO acts VALUES (1)")
    host.put("b_r/kept", b"k" * 3000)
    save_now(settings)
    host.sql("INSERT INTO acts VALUES (2)")
    moment = now(host)
    host.sql("INSERT INTO acts VALUES (3)")
    save_now(settings, base=False, place=host.sql("SELECT pg_current_wal_flush_lsn()")[0][0])

    data = DataDir(tmp_path / "restored")
    restore(target, host.identity, data, at=moment, say=quiet)
    assert not (data.path / "wal-restored").exists(), "nothing of the recovery stays behind"
    with started(data, host) as again:
        assert again.sql("SELECT n FROM acts ORDER BY n") == [(1,), (2,)]
        assert s3.Client.of(again.environment).get("b_r/kept") == b"k" * 3000
        # It is another history now; backups go on in the same folder, and the old ones can still be used.
        again.sql("INSERT INTO acts VALUES (4)")
        save_now(again.settings(target.path))
        assert [each.timeline for each in target.backups()] == [2, 1]
        again.sql("INSERT INTO acts VALUES (5)")
        result = drill(again, target)
        assert result.matched, (result.differences, result.troubles)

    # From the base of the first history through the switch into the second one.
    newest, first = target.backups()
    newest.path.rename(tmp_path / "away")
    later = DataDir(tmp_path / "later")
    restore(target, host.identity, later, say=quiet)
    assert target.newest().id == first.id
    with started(later, host) as again:
        assert again.sql("SELECT n FROM acts ORDER BY n") == [(1,), (2,), (4,), (5,)]
    host.sql("DROP TABLE acts")


def test_a_moment_without_any_later_act_is_the_end(host: Host, target: Target, tmp_path: Path) -> None:
    host.sql("CREATE TABLE last_acts AS SELECT 1 AS n")
    save_now(host.settings(target.path))
    moment = datetime.now(UTC)
    until(lambda: datetime.now(UTC) > moment, within=5, what="a moment passes")
    # Saved after the moment, and nothing was committed since.
    host.sql("SELECT pg_logical_emit_message(false, 'x', 'x', true)")
    save_now(
        host.settings(target.path), base=False, place=host.sql("SELECT pg_current_wal_flush_lsn()")[0][0]
    )
    data = DataDir(tmp_path / "restored")
    restore(target, host.identity, data, at=moment, say=quiet)
    with started(data, host) as again:
        assert again.sql("SELECT n FROM last_acts") == [(1,)]
    host.sql("DROP TABLE last_acts")


def test_a_moment_before_the_first_and_after_the_last_is_refused_in_words(
    host: Host, target: Target, tmp_path: Path
) -> None:
    early = now(host)
    save_now(host.settings(target.path))
    with pytest.raises(BackupError) as refused:
        restore(target, host.identity, DataDir(tmp_path / "a"), at=early, say=quiet)
    assert refused.value.code == "no_backup_before"
    late = datetime(2100, 1, 1, tzinfo=UTC)
    with pytest.raises(BackupError) as refused:
        restore(target, host.identity, DataDir(tmp_path / "b"), at=late, say=quiet)
    assert refused.value.code == "journal_ends"
    assert not (tmp_path / "b" / "postgres").exists(), "half a host must not be taken for one"


def test_it_never_writes_into_a_folder_that_holds_something(
    host: Host, target: Target, tmp_path: Path
) -> None:
    save_now(host.settings(target.path))
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "postgres").mkdir()
    with pytest.raises(BackupError) as refused:
        restore(target, host.identity, DataDir(tmp_path / "full"), say=quiet)
    assert refused.value.code == "not_empty"
