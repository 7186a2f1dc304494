"""Backups of real servers: what is in them, what is not, and what survives a kill."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from infra.backup import base, keys, mirror, retention, sealing
from infra.backup.drill import Drill, Result, save_now
from infra.backup.mirror import Mirror, Store
from infra.backup.service import Service
from infra.backup.target import Target
from infra.backup.trouble import BackupError
from infra.tools import ROOT
from tests.faults.stack import own_environment, until
from tests.infra.backup.conftest import SECRET, Host

pytestmark = [pytest.mark.faults, pytest.mark.timeout(120)]


def quiet(text: str) -> None:
    """Say nothing."""


def drill(host: Host, target: Target) -> Result:
    return Drill(
        host.settings(target.path),
        host.identity,
        by="test",
        say=quiet,
        scratch=target.path.parent / "scratch",
    ).run()


def codes(result: Result) -> list[str]:
    return [each["code"] for each in result.troubles]


@pytest.fixture(scope="module")
def filled(host: Host) -> Host:
    host.sql("CREATE TABLE papers (id serial PRIMARY KEY, text text)")
    host.sql("INSERT INTO papers (text) SELECT %s || n FROM generate_series(1, 500) n", SECRET)
    for number in range(25):
        host.put(f"b_x/{number:04d}", os.urandom(2000 + number))
    return host


def test_a_backup_can_be_restored_and_matches(filled: Host, target: Target) -> None:
    save_now(filled.settings(target.path))
    filled.sql("INSERT INTO papers (text) VALUES (%s)", f"{SECRET} after the base")
    result = drill(filled, target)
    assert result.matched, (result.differences, result.troubles)
    assert result.objects == result.objects_hashed == 25
    assert [(each["schema"], each["wrong"]) for each in result.schemas] == [("public", 0)]
    assert result.schemas[0]["rows"] >= 501
    assert target.drills()[0]["matched"] is True


def test_nothing_in_the_target_can_be_read(filled: Host, target: Target) -> None:
    """Security, row 11: a stolen backup. The control finds the same texts in the database's own files."""
    save_now(filled.settings(target.path))
    filled.sql("INSERT INTO papers (text) VALUES (%s)", SECRET)
    filled.sql("CHECKPOINT")
    save_now(filled.settings(target.path), base=False, place=filled.sql("SELECT pg_current_wal_lsn()")[0][0])
    known = [
        SECRET.encode(),
        SECRET[:6].encode(),
        b"papers",
        filled.environment["S3_SECRET_ACCESS_KEY"].encode(),
    ]

    def holders(folder: Path) -> set[bytes]:
        found = set()
        for path in folder.rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                found |= {text for text in known if text in content}
        return found

    assert holders(filled.data.path / "postgres") >= {SECRET.encode(), b"papers"}
    assert holders(target.path) == set()
    backup = target.newest()
    kept = json.loads(sealing.unseal(backup.part(base.SECRETS), filled.identity))
    assert kept["environment"]["MASTER_KEY"] == SECRET
    with sealing.opened(backup.part(base.CLUSTER), filled.identity) as stream:
        assert SECRET.encode() in stream.read()


def test_the_identity_is_in_no_backup(filled: Host, target: Target) -> None:
    save_now(filled.settings(target.path))
    found = sealing.unseal(target.newest().part(base.SECRETS), filled.identity)
    assert b"secrets/database-owner" in found
    assert keys.IDENTITY.encode() not in found
    stranger = keys.x25519.Identity.generate()
    with pytest.raises(BackupError) as wrong:
        sealing.unseal(target.newest().part(base.SECRETS), stranger)
    assert wrong.value.code == "identity_wrong"


def test_a_killed_backup_leaves_nothing_that_looks_complete(filled: Host, target: Target) -> None:
    filled.sql("CREATE TABLE IF NOT EXISTS bulk AS SELECT n, md5(n::text) FROM generate_series(1, 400000) n")
    argv = [sys.executable, "-m", "infra", "backup", "now", "--data", str(filled.data.path)]
    environment = {**own_environment(), "BACKUP_DIR": str(target.path), "BACKUP_MAX_RATE": "4M"}
    running = subprocess.Popen(argv, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)

    def under_way() -> bool:
        return any(path.stat().st_size > 0 for path in target.path.glob("bases/.part-*/cluster*"))

    until(under_way, within=30, what="the base is being written")
    running.send_signal(signal.SIGKILL)
    running.wait()
    assert target.backups() == []
    assert list(target.path.glob("bases/.part-*"))
    save_now(filled.settings(target.path))
    assert len(target.backups()) == 1
    assert not list(target.path.rglob(".part-*"))
    filled.sql("DROP TABLE bulk")
    assert drill(filled, target).matched


def test_the_journal_goes_on_where_a_killed_process_left_it(filled: Host, target: Target) -> None:
    """kill -9 of the process at any moment: the drill matches, no segment is there twice, none is missing."""
    save_now(filled.settings(target.path))
    argv = [sys.executable, "-c", RECEIVE, str(filled.data.path)]
    environment = {**own_environment(), "BACKUP_DIR": str(target.path), "BACKUP_JOURNAL_SECONDS": "1"}
    filled.sql("CREATE TABLE IF NOT EXISTS busy (n int, text text)")
    for pause in (0.8, 1.7, 2.6):
        running = subprocess.Popen(argv, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + pause
        while time.monotonic() < deadline:
            filled.sql("INSERT INTO busy SELECT n, md5(n::text) FROM generate_series(1, 3000) n")
        filled.sql("SELECT pg_switch_wal()")
        running.send_signal(signal.SIGKILL)
        running.wait()
    result = drill(filled, target)
    assert result.matched, (result.differences, result.troubles)
    journal = target.journal()
    whole = [each.segment for each in journal.files(1) if each.is_whole]
    assert len(whole) == len(set(whole)) >= 3
    filled.sql("DROP TABLE busy")


RECEIVE = """
import sys
from pathlib import Path
from infra.backup.service import Service
from infra.backup.settings import Settings, process_environment
Service(Settings.of(process_environment(Path(sys.argv[1])))).run()
"""


@pytest.mark.parametrize("part", ["cluster", "journal", "object"])
def test_a_flipped_byte_is_found(filled: Host, target: Target, part: str) -> None:
    save_now(filled.settings(target.path))
    path = {
        "cluster": lambda: target.newest().path / base.CLUSTER,
        # A whole segment: the beginning of the newest one is received anew, which heals it.
        "journal": lambda: (
            max(
                (each for each in target.journal().files(1) if each.is_whole), key=lambda each: each.number
            ).path
        ),
        "object": lambda: target.path / "objects/data/b_x/0007",
    }[part]()
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    result = drill(filled, target)
    assert not result.matched
    assert codes(result) == [
        {"cluster": "part_damaged", "journal": "journal_damaged", "object": "object_damaged"}[part]
    ]


def test_a_missing_segment_and_a_missing_object_are_found(filled: Host, target: Target) -> None:
    save_now(filled.settings(target.path))
    for _ in range(3):
        filled.sql("SELECT pg_switch_wal()")
        filled.sql("INSERT INTO papers (text) VALUES ('x')")
    save_now(filled.settings(target.path), base=False, place=filled.sql("SELECT pg_current_wal_lsn()")[0][0])
    (target.path / "objects/data/b_x/0003").unlink()
    result = drill(filled, target)
    assert codes(result) == ["object_missing"]
    names = sorted(each.segment for each in target.journal().files(1))
    next(target.path.glob(f"wal/*/{names[-2]}.*")).unlink()
    with pytest.raises(AssertionError, match="journal_missing"):
        result = drill(filled, target)
        assert "journal_missing" not in codes(result), codes(result)
    assert result.troubles[0]["params"]["segment"] == names[-2]


def test_a_row_that_differs_is_found(filled: Host, target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison itself can fail: what is read of the living database is not what the journal says."""
    save_now(filled.settings(target.path))
    original = Drill._read

    def read(self: Drill, connection: Any) -> Any:
        found = original(self, connection)
        key = ("public", "papers")
        found[key] = type(found[key])(found[key].rows, "0/0")
        return found

    monkeypatch.setattr(Drill, "_read", read)
    result = drill(filled, target)
    assert [(each["schema"], each["table"]) for each in result.differences] == [("public", "papers")]
    assert not result.matched


def test_a_full_target_is_told_the_database_goes_on_and_the_next_run_works(
    filled: Host, target: Target
) -> None:
    filled.sql("CREATE TABLE IF NOT EXISTS bulk AS SELECT n, md5(n::text) FROM generate_series(1, 100000) n")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, limits[1]))
    try:
        with pytest.raises(BackupError) as full:
            save_now(filled.settings(target.path))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert full.value.code == "target_full"
    assert str(target.path) in str(full.value)
    assert target.backups() == []
    filled.sql("INSERT INTO papers (text) VALUES ('while it was full')")
    save_now(filled.settings(target.path))
    assert len(target.backups()) == 1
    filled.sql("DROP TABLE bulk")


def test_a_full_target_holds_the_journal_in_the_database_and_is_told(filled: Host, target: Target) -> None:
    save_now(filled.settings(target.path))
    service = Service(filled.settings(target.path, BACKUP_JOURNAL_SECONDS="1"))
    service.target.lock()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
        service.receiver.start()
        filled.sql("INSERT INTO papers (text) SELECT md5(n::text) FROM generate_series(1, 20000) n")
        until(lambda: service.receiver.trouble, within=20, what="the trouble is told")
        trouble = service.receiver.trouble
        assert trouble is not None
        assert trouble.code == "target_full"
        filled.sql("INSERT INTO papers (text) VALUES ('the database goes on')")
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        service.receiver.await_saved(filled.sql("SELECT pg_current_wal_lsn()")[0][0], within=40)
        until(lambda: service.receiver.trouble is None, within=10, what="the trouble is over")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        service.end()
    assert drill(filled, target).matched


def test_what_no_backup_needs_goes_and_what_one_needs_stays(filled: Host, target: Target) -> None:
    settings = filled.settings(target.path)
    filled.put("b_x/passing", b"p" * 100)
    save_now(settings)
    filled.delete("b_x/passing")
    save_now(settings)
    entry = Mirror(target.path).entries["b_x/passing"]
    assert entry.gone_at
    assert Mirror(target.path).path_of("b_x/passing").exists(), "the first backup needs it"
    filled.sql("SELECT pg_switch_wal()")
    save_now(settings)
    first = target.backups()[-1]
    segments = {each.segment for each in target.journal().files(1)}
    objects = Mirror(target.path)
    assert retention.tidy(target, objects, keep=1) == 2
    assert first.id not in {each.id for each in target.backups()}
    assert {each.segment for each in target.journal().files(1)} < segments
    assert not objects.path_of("b_x/passing").exists()
    assert "b_x/passing" not in Mirror(target.path).entries
    assert drill(filled, target).matched


def test_an_emptied_store_does_not_empty_the_mirror(filled: Host, target: Target) -> None:
    save_now(filled.settings(target.path))

    class Empty(Store):
        def objects(self) -> Any:
            return iter(())

    objects = Mirror(target.path)
    with pytest.raises(BackupError) as vanished:
        objects.run(Empty(filled.settings(target.path).store))
    assert vanished.value.code == "objects_vanished"
    assert not [each for each in Mirror(target.path).entries.values() if each.gone_at]


def test_another_databases_folder_is_refused(filled: Host, target: Target) -> None:
    target.prepare()
    target.claim(system="1234567890", segment_bytes=16 * 1024 * 1024)
    with pytest.raises(BackupError) as foreign:
        save_now(filled.settings(target.path))
    assert foreign.value.code == "target_foreign"


def test_two_processes_do_not_work_in_one_target(filled: Host, target: Target) -> None:
    target.prepare()
    target.lock()
    with pytest.raises(BackupError) as busy:
        save_now(filled.settings(target.path))
    assert busy.value.code == "target_busy"
    target.unlock()


def test_the_ledger_bears_a_line_that_was_cut_off(filled: Host, target: Target) -> None:
    save_now(filled.settings(target.path))
    ledger = target.path / "objects" / mirror.LEDGER
    content = ledger.read_bytes()
    ledger.write_bytes(content[:-40])
    lost = len(Mirror(target.path).entries)
    outcome = Mirror(target.path).run(Store(filled.settings(target.path).store))
    assert outcome.copied == 25 - lost == 1
    assert len(Mirror(target.path).entries) == 25


def test_the_recovery_point_is_half_a_minute_old_at_most(filled: Host, target: Target) -> None:
    """With little going on nothing fills a segment; what was committed is in the target soon, all the same."""
    service = Service(filled.settings(target.path, BACKUP_JOURNAL_SECONDS="2"))
    service.target.prepare()
    service.target.lock()
    service.receiver.start()
    try:
        service.receiver.await_begun(within=20)
        ages = []
        deadline = time.monotonic() + 7
        while time.monotonic() < deadline:
            filled.sql("INSERT INTO papers (text) VALUES ('x')")
            time.sleep(0.1)
            if service.receiver.through_at:
                ages.append(time.time() - service.receiver.through_at)
        assert len(ages) > 20
        assert max(ages) < 2 + 2.5, "one saving and a busy machine"
    finally:
        service.end()


def test_a_login_with_nothing_but_replication_is_enough(filled: Host, target: Target) -> None:
    """With servers of somebody else: the login that takes backups can read no table and change nothing."""
    server = filled.environment["DATABASE_OWNER_URL"].partition("@")[2]
    url = f"postgresql://keeper:geheim@{server}"
    filled.sql("CREATE ROLE keeper LOGIN PASSWORD 'geheim'")
    try:
        with pytest.raises(BackupError) as refused:
            save_now(filled.settings(target.path, BACKUP_URL=url))
        assert refused.value.code == "replication_refused"
        filled.sql("ALTER ROLE keeper REPLICATION")
        save_now(filled.settings(target.path, BACKUP_URL=url))
        assert target.newest().manifest["user"] == "keeper"
        assert drill(filled, target).matched
    finally:
        filled.sql("DROP ROLE keeper")
