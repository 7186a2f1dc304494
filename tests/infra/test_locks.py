"""The locks install the same everywhere: hashes for everything, no address of anybody's registry."""

import re

import pytest

from infra.tools import ROOT

LOCKS = ["requirements.txt", "requirements-dev.txt"]


@pytest.mark.parametrize("name", LOCKS)
def test_it_has_no_address_or_path(name: str) -> None:
    text = (ROOT / name).read_text()
    assert not re.search(r"://|file:|^--(index|extra|find|trusted)|^-|^/| @ ", text, re.MULTILINE)


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_is_pinned_with_hashes(name: str) -> None:
    entries = re.split(r"\n(?=\S)", (ROOT / name).read_text().strip())
    assert len(entries) > 20
    for entry in entries:
        assert re.match(r"[a-z0-9._-]+(\[[a-z0-9,-]+\])?==", entry), entry.splitlines()[0]
        assert "--hash=sha256:" in entry, entry.splitlines()[0]


def test_the_development_lock_holds_the_other_one() -> None:
    plain, dev = (set(re.findall(r"^\S+==\S+", (ROOT / name).read_text(), re.MULTILINE)) for name in LOCKS)
    assert plain <= dev


def test_the_lock_follows_its_list() -> None:
    listed = set(re.findall(r"^([a-z0-9-]+)", (ROOT / "requirements.in").read_text(), re.MULTILINE))
    locked = set(re.findall(r"^([a-z0-9._-]+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE))
    assert listed <= locked
