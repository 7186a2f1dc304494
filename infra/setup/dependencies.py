"""The Python packages: a venv in the checkout, filled from the lock with hashes."""

from __future__ import annotations

import subprocess
import sys

from infra.setup.steps import BIN, ROOT, VENV, SetupFailed, digest, is_stamped, run, say

LEAST = (3, 11)


def dependencies(*, dev: bool) -> None:
    """Bring ``.venv`` to the state of the lock; does nothing when it is there already."""
    if sys.version_info < LEAST:
        raise SetupFailed(
            f"Python {LEAST[0]}.{LEAST[1]} or newer is needed; {sys.executable} is "
            f"{sys.version.split()[0]}. Choose another with PYTHON=/path/to/python3 make …"
        )
    _create()
    lock = ROOT / ("requirements-dev.txt" if dev else "requirements.txt")
    stamp = VENV / f".{lock.stem}.installed"
    value = digest([lock])
    # The development lock holds all of the other one, so either stamp will do for a plain run.
    stronger = VENV / ".requirements-dev.installed"
    if is_stamped(stamp, value):
        return
    if not dev and is_stamped(stronger, digest([ROOT / "requirements-dev.txt"])):
        return
    say(f"Installing the packages of {lock.name} …")
    pip = [str(BIN / "python"), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    run([*pip, "install", "--quiet", "--require-hashes", "--only-binary", ":all:", "-r", str(lock)])
    stamp.write_text(value + "\n", encoding="utf-8")


def _create() -> None:
    python = BIN / "python"
    if python.exists() and _works(str(python), "import pip"):
        return
    if not _works(sys.executable, "import ensurepip, venv"):
        raise SetupFailed("Python's venv is missing. On Debian or Ubuntu: apt-get install python3-venv")
    say("Creating .venv …")
    run([sys.executable, "-m", "venv", "--clear", str(VENV)])


def _works(python: str, statement: str) -> bool:
    result = subprocess.run([python, "-c", statement], capture_output=True, check=False)
    return result.returncode == 0
