"""The data folder: lock, secrets, small files."""

import base64
import stat
from pathlib import Path

import pytest

from infra.datadir import SECRET_MAKERS, Busy, DataDir


@pytest.fixture
def data(tmp_path: Path) -> DataDir:
    folder = DataDir(tmp_path / "data")
    folder.prepare()
    return folder


def test_it_makes_each_secret_once_and_keeps_it_private(data: DataDir) -> None:
    for name in SECRET_MAKERS:
        first = data.secret(name)
        assert len(first) >= 20
        assert DataDir(data.path).secret(name) == first
        assert stat.S_IMODE((data.path / "secrets" / name).stat().st_mode) == 0o600


def test_the_master_key_has_32_bytes(data: DataDir) -> None:
    assert len(base64.b64decode(data.secret("master-key"))) == 32


def test_it_closes_a_secret_that_somebody_opened(data: DataDir) -> None:
    data.secret("valkey")
    path = data.path / "secrets" / "valkey"
    path.chmod(0o644)
    data.secret("valkey")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_second_holder_is_refused_and_told_who_holds_it(data: DataDir) -> None:
    assert data.holder() is None
    data.lock()
    other = DataDir(data.path)
    with pytest.raises(Busy, match=str(other.holder())):
        other.lock()
    data.unlock()
    other.lock()
    other.unlock()


def test_emptying_needs_the_lock_and_keeps_it(data: DataDir) -> None:
    (data.path / "postgres").mkdir()
    (data.path / "postgres" / "file").write_text("x")
    with pytest.raises(RuntimeError):
        data.empty()
    data.lock()
    data.empty()
    assert not (data.path / "postgres").exists()
    with pytest.raises(Busy):
        DataDir(data.path).lock()
    data.unlock()


def test_a_file_cut_off_by_a_crash_reads_as_absent(data: DataDir) -> None:
    (data.path / "ports.json").write_text('{"web": 1')
    assert data.read_json("ports.json") is None
    data.write_json("ports.json", {"web": 1})
    assert data.read_json("ports.json") == {"web": 1}
