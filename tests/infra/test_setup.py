"""Setup steps: what is missing is installed where that is possible, and named where it is not."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from infra.setup import browser as browser_module
from infra.setup import dependencies as dependencies_module
from infra.setup import frontend as frontend_module
from infra.setup import steps
from infra.setup.browser import browser
from infra.setup.dependencies import dependencies
from infra.setup.frontend import frontend
from infra.setup.steps import SetupFailed


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Command lines that the steps wanted to run; none of them runs."""
    wanted: list[list[str]] = []

    def note(argv: Sequence[str], **_: object) -> None:
        wanted.append(list(argv))

    for module in (browser_module, dependencies_module, frontend_module):
        monkeypatch.setattr(module, "run", note)
    return wanted


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """A machine without browser and fonts; tests take names out of the set."""
    lacking = {"browser", "fonts"}
    monkeypatch.setattr(browser_module, "missing", lambda: sorted(lacking))
    monkeypatch.setattr(browser_module.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.delenv("BROWSER_PATH", raising=False)
    return lacking


@pytest.mark.parametrize(("has_light", "package"), [(True, "chromium-headless-shell"), (False, "chromium")])
def test_root_on_debian_gets_browser_and_fonts_with_apt(
    commands: list[list[str]],
    bare: set[str],
    monkeypatch: pytest.MonkeyPatch,
    has_light: bool,
    package: str,
) -> None:
    monkeypatch.setattr(browser_module.os, "geteuid", lambda: 0)
    monkeypatch.setattr(browser_module, "apt_has", lambda _package: has_light)

    def install(argv: Sequence[str], **_: object) -> None:
        commands.append(list(argv))
        if "install" in argv:
            bare.clear()

    monkeypatch.setattr(browser_module, "run", install)
    browser()
    assert commands[0][:2] == ["apt-get", "update"]
    assert commands[1][-2:] == [package, "fonts-noto-cjk"]


def test_only_what_is_missing_is_installed(
    commands: list[list[str]], bare: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser_module.os, "geteuid", lambda: 0)
    bare.discard("browser")
    with pytest.raises(SetupFailed, match="fonts-noto-cjk"):
        browser()
    assert "chromium" not in commands[1]


@pytest.mark.usefixtures("bare")
def test_others_are_told_what_is_missing(commands: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser_module.os, "geteuid", lambda: 1000)
    with pytest.raises(SetupFailed, match=r"chromium.*fonts-noto-cjk.*BROWSER_PATH"):
        browser()
    assert commands == []


def test_a_complete_machine_is_left_alone(commands: list[list[str]], bare: set[str]) -> None:
    bare.clear()
    browser()
    assert commands == []


@pytest.mark.usefixtures("commands")
def test_an_old_python_is_refused_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dependencies_module.sys, "version_info", (3, 9, 2))
    with pytest.raises(SetupFailed, match=r"3\.11.*PYTHON="):
        dependencies(dev=False)


@pytest.mark.usefixtures("commands")
def test_a_missing_venv_module_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dependencies_module, "BIN", tmp_path / "bin")
    monkeypatch.setattr(dependencies_module, "_works", lambda *_: False)
    with pytest.raises(SetupFailed, match="python3-venv"):
        dependencies(dev=False)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with a front end of one file."""
    source = tmp_path / "frontend"
    (source / "src").mkdir(parents=True)
    (source / "node_modules").mkdir()
    (source / "package.json").write_text("{}")
    (source / "package-lock.json").write_text("{}")
    (source / "src" / "main.js").write_text("1")
    for module in (steps, frontend_module):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(frontend_module, "SOURCE", source)
    monkeypatch.setattr(frontend_module, "BUILT", tmp_path / "dist")
    return tmp_path


def test_the_front_end_is_built_only_when_something_changed(
    commands: list[list[str]], checkout: Path
) -> None:
    frontend()
    assert [argv[1] for argv in commands] == ["ci", "run"]
    assert "--ignore-scripts" in commands[0]
    commands.clear()
    frontend()
    assert commands == []
    (checkout / "frontend" / "src" / "main.js").write_text("2")
    frontend()
    assert [argv[1] for argv in commands] == ["run"]
    commands.clear()
    (checkout / "frontend" / "package-lock.json").write_text('{"a": 1}')
    frontend()
    assert [argv[1] for argv in commands] == ["ci", "run"]


def test_a_lost_bundle_is_built_again(commands: list[list[str]], checkout: Path) -> None:
    frontend()
    (checkout / "dist" / ".built").unlink()
    commands.clear()
    frontend()
    assert [argv[1] for argv in commands] == ["run"]
