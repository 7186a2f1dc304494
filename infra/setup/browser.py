"""A Chromium and Chinese fonts for the browser tests."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from infra.setup.steps import SetupFailed, run, say

# The first has no windows that nobody sees, and needs less of the processor.
LIGHT = "chromium-headless-shell"
NAMES = (LIGHT, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
PACKAGES = {"browser": "chromium", "fonts": "fonts-noto-cjk"}
FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
FONT_NAMES = ("*CJK*", "*NotoSansSC*", "*SourceHanSans*", "*wqy*", "*[Ss]im[Hh]ei*", "*[Mm]icrohei*")


def browser_find() -> str | None:
    """Path of a Chromium: BROWSER_PATH, one on PATH, or one that playwright has fetched."""
    given = os.environ.get("BROWSER_PATH")
    if given:
        return given if os.access(given, os.X_OK) else None
    for name in NAMES:
        if found := shutil.which(name):
            return found
    store = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    fetched = sorted(store.glob("chromium-*/chrome-linux*/chrome"))
    return str(fetched[-1]) if fetched else None


def has_chinese_fonts() -> bool:
    """Whether some installed font has Chinese characters."""
    if lister := shutil.which("fc-list"):
        result = subprocess.run([lister, ":lang=zh"], capture_output=True, text=True, check=False)
        return bool(result.stdout.strip())
    folders = [folder for folder in FONT_FOLDERS if folder.is_dir()]
    return any(next(folder.rglob(name), None) for folder in folders for name in FONT_NAMES)


def missing() -> list[str]:
    """What the browser tests still need: `browser`, `fonts`."""
    found = {"browser": browser_find() is not None, "fonts": has_chinese_fonts()}
    return [name for name, present in found.items() if not present]


def apt_has(package: str) -> bool:
    """Whether apt could install a package; older releases have not all."""
    argv = ["apt-cache", "show", "--no-all-versions", package]
    return subprocess.run(argv, capture_output=True, check=False).returncode == 0


def browser() -> None:
    """Install what is missing with apt where that is possible, else say what is missing."""
    lacking = missing()
    if lacking and os.geteuid() == 0 and shutil.which("apt-get") and "BROWSER_PATH" not in os.environ:
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        run(["apt-get", "update", "-qq"], environment=quiet)
        packages = [LIGHT if name == "browser" and apt_has(LIGHT) else PACKAGES[name] for name in lacking]
        say(f"Installing {', '.join(packages)} with apt for the browser tests …")
        run(
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
            environment=quiet,
        )
        lacking = missing()
    if lacking:
        needed = ", ".join(f"{name} (package {PACKAGES[name]})" for name in lacking)
        raise SetupFailed(
            f"The browser tests need what is missing here: {needed}. Install it, or name a Chromium with "
            "BROWSER_PATH=/path/to/chromium."
        )
