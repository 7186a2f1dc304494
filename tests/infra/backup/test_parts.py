"""The parts that need no server: names, gaps, times, files that are there whole or not at all."""

from __future__ import annotations

from datetime import UTC, datetime, time
from io import BytesIO
from pathlib import Path

import pytest
from pyrage import x25519

from infra.backup import base, schedule, sealing
from infra.backup.journal import Journal, chain, lsn_read, lsn_write, segment_name, segment_number
from infra.backup.recover import needed
from infra.backup.settings import Settings
from infra.backup.target import Backup, Target, stamp
from infra.backup.trouble import BackupError

SIZE = 16 * 1024 * 1024
IDENTITY = x25519.Identity.generate()


def test_a_place_has_one_name() -> None:
    assert lsn_write(lsn_read("16/B374D848")) == "16/B374D848"
    for number in (0, 1, 255, 256, 70_000):
        assert segment_number(segment_name(3, number, SIZE), SIZE) == number
    assert segment_name(2, 257, SIZE) == "000000020000000100000001"


def test_what_is_done_within_a_second_has_names_of_its_own() -> None:
    moments = [datetime(2026, 11, 28, 10, 51, 43, 641_000 + 1_000 * each, tzinfo=UTC) for each in range(300)]
    names = [stamp(moment) for moment in moments]
    assert names == sorted(set(names)), "in order of time, each once"
    assert stamp(moments[0]) == "20261128T105143641Z"


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    first, second = tmp_path / ".part-a", tmp_path / ".part-b"
    first.write_bytes(b"first")
    second.write_bytes(b"second")
    assert sealing.place(first, tmp_path / "x")
    assert not sealing.place(second, tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == b"first"
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


@pytest.mark.parametrize("size", [0, 1, 65_536, 3_000_001])
def test_what_is_sealed_opens_again(tmp_path: Path, size: int) -> None:
    content = bytes(number * 7 % 251 for number in range(size))
    part = sealing.seal(tmp_path / "x", BytesIO(content), IDENTITY.to_public())
    assert (part.plain_bytes, part.bytes) == (size, (tmp_path / "x").stat().st_size)
    assert part.sha256 == sealing.digest_of(tmp_path / "x")
    assert sealing.unseal(tmp_path / "x", IDENTITY) == content
    with sealing.opened(tmp_path / "x", IDENTITY) as stream:
        assert stream.read() == content


@pytest.mark.parametrize("keep", [0, 150, 300, 70_000])
def test_what_was_cut_off_is_found(tmp_path: Path, keep: int) -> None:
    import os

    sealing.seal(tmp_path / "x", BytesIO(os.urandom(200_000)), IDENTITY.to_public())
    (tmp_path / "x").write_bytes((tmp_path / "x").read_bytes()[:keep])
    with pytest.raises(BackupError) as small:
        sealing.unseal(tmp_path / "x", IDENTITY)
    with pytest.raises(BackupError) as large, sealing.opened(tmp_path / "x", IDENTITY) as stream:
        stream.read()
    assert small.value.code == large.value.code == "part_damaged"


def test_a_stream_that_ends_too_early_has_no_range() -> None:
    stream = base._Ends(BytesIO(b"START WAL LOCATION: 0/2000028 (file x)\nSTART TIMELINE: 1\n" + b"x" * 9000))
    while stream.read(1000):
        pass
    assert stream.range() is None


def saved(target: Target, timeline: int, *names: str) -> None:
    folder = target.path / "wal" / f"{timeline:08X}"
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / f"{name}.{'0' * 32}.age").write_bytes(b"")


def backup(*, start: int, stop: int, timeline: int = 1) -> Backup:
    value = {"start_lsn": lsn_write(start * SIZE + 40), "stop_lsn": lsn_write(stop * SIZE + 900)}
    return Backup(Path("x"), {**value, "timeline": timeline, "started_at": "", "finished_at": ""})


@pytest.fixture
def target(tmp_path: Path) -> Target:
    made = Target(tmp_path / "target")
    made.prepare()
    made.claim(system="1", segment_bytes=SIZE)
    return made


def name(timeline: int, number: int) -> str:
    return segment_name(timeline, number, SIZE)


def test_every_segment_up_to_the_newest_is_needed(target: Target) -> None:
    saved(target, 1, name(1, 4), name(1, 5), name(1, 6), f"{name(1, 7)}.partial-00001000")
    journal = Journal(target.path, SIZE)
    found = needed(journal, {}, backup(start=5, stop=5))
    assert [(each.number, each.is_whole) for each in found] == [(5, True), (6, True), (7, False)]
    assert journal.end(1) == 7 * SIZE + 0x1000


@pytest.mark.parametrize("missing", [5, 6])
def test_a_hole_is_named(target: Target, missing: int) -> None:
    saved(target, 1, *(name(1, number) for number in (5, 6, 7) if number != missing))
    with pytest.raises(BackupError) as hole:
        needed(Journal(target.path, SIZE), {}, backup(start=5, stop=5))
    assert (hole.value.code, hole.value.params["segment"]) == ("journal_missing", name(1, missing))


def test_a_beginning_in_the_middle_is_a_hole(target: Target) -> None:
    saved(target, 1, name(1, 5), f"{name(1, 6)}.partial-00001000", name(1, 7))
    with pytest.raises(BackupError):
        needed(Journal(target.path, SIZE), {}, backup(start=5, stop=5))


def test_the_way_leads_over_timelines(target: Target) -> None:
    saved(target, 1, name(1, 5), name(1, 6), name(1, 7), name(1, 8))
    saved(target, 2, name(2, 7), name(2, 8))
    histories = {2: f"1\t{lsn_write(7 * SIZE + 500)}\tno recovery target specified\n"}
    assert chain(histories, 2) == [(1, 7 * SIZE + 500), (2, -1)]
    found = needed(Journal(target.path, SIZE), histories, backup(start=5, stop=6))
    assert [(each.timeline, each.number) for each in found] == [(1, 5), (1, 6), (1, 7), (2, 7), (2, 8)]


def test_the_night_is_that_of_shanghai() -> None:
    at = time(2, 30)
    morning = datetime(2026, 11, 28, 0, 0, tzinfo=UTC)  # 08:00 there
    assert schedule.nightly_before(morning, at) == datetime(2026, 11, 27, 18, 30, tzinfo=UTC)
    assert schedule.nightly_after(morning, at) == datetime(2026, 11, 28, 18, 30, tzinfo=UTC)
    assert schedule.base_due(morning, at, None)
    assert schedule.base_due(morning, at, datetime(2026, 11, 27, 18, 29, tzinfo=UTC)), "a host that slept"
    assert not schedule.base_due(morning, at, datetime(2026, 11, 27, 18, 31, tzinfo=UTC))


def test_failures_are_tried_again_less_and_less_often() -> None:
    pauses = [schedule.pause_after(number) for number in range(1, 9)]
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (300.0, 3600.0)


def test_without_a_recipient_nothing_is_taken(tmp_path: Path) -> None:
    with pytest.raises(BackupError) as missing:
        Settings.of({"DATA_DIR": str(tmp_path)})
    assert missing.value.code == "not_set_up"
    found = Settings.of(
        {
            "DATA_DIR": str(tmp_path),
            "BACKUP_RECIPIENT": "age1x",
            "BACKUP_AT": "23:05",
            "DATABASE_OWNER_URL": "postgresql://keeper:p%40ss@db:5433/county",
        }
    )
    assert (found.at, found.target) == (time(23, 5), tmp_path / "backup")
    assert found.connection()["PGPASSWORD"] == "p@ss"


def test_a_password_is_on_no_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []

    class Refused(Exception):
        pass

    def popen(argv: list[str], **_: object) -> object:
        seen.append(argv)
        raise Refused

    monkeypatch.setattr(base.subprocess, "Popen", popen)
    settings = Settings.of(
        {
            "DATA_DIR": str(tmp_path),
            "BACKUP_RECIPIENT": str(IDENTITY.to_public()),
            "DATABASE_OWNER_URL": "postgresql://keeper:geheim@db/county",
        }
    )
    with pytest.raises(Refused):
        base._cluster(settings, tmp_path, IDENTITY.to_public(), lambda count: None)
    assert seen
    assert "geheim" not in " ".join(seen[0])
