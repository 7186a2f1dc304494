"""Ports are kept, never shared between stacks, and moved when somebody else sits on them."""

import socket
from pathlib import Path

import pytest

from infra import ports as module
from infra.datadir import DataDir
from infra.ports import HIGHEST, LOWEST, Ports


def folder(path: Path) -> DataDir:
    data = DataDir(path)
    data.prepare()
    return data


def test_it_keeps_a_port_over_a_restart(tmp_path: Path) -> None:
    data = folder(tmp_path)
    ports = Ports(data)
    chosen = ports.get("web")
    ports.release()
    again = Ports(data)
    assert again.get("web") == chosen
    assert LOWEST <= chosen <= HIGHEST
    again.release()


def test_it_moves_when_somebody_else_listens_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.time, "sleep", lambda _: None)
    monkeypatch.setattr(module, "PATIENCE", 0.1)
    data = folder(tmp_path)
    ports = Ports(data)
    chosen = ports.get("web")
    ports.release()
    with socket.socket() as intruder:
        intruder.bind(("127.0.0.1", chosen))
        intruder.listen()
        moved = Ports(data)
        assert moved.get("web") != chosen
        moved.release()


def test_two_stacks_never_choose_the_same_port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOWEST", 27001)
    monkeypatch.setattr(module, "HIGHEST", 27012)
    first, second = Ports(folder(tmp_path / "a")), Ports(folder(tmp_path / "b"))
    taken = {first.get(f"p{number}") for number in range(4)}
    # Nothing listens on them yet: the reservation alone must keep the second stack away.
    assert taken.isdisjoint(second.get(f"p{number}") for number in range(4))
    first.release()
    second.release()
