"""The front end: `npm ci` and `npm run build` with the npm of the venv, only when something changed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from infra.setup.steps import BIN, ROOT, digest, is_stamped, run, say

SOURCE = ROOT / "platform" / "asp" / "ui" / "frontend"
BUILT = ROOT / "platform" / "asp" / "ui" / "static" / "ui" / "dist"
SKIPPED = {"node_modules", "dist", "test", ".vite"}
NPM_ENVIRONMENT = {"npm_config_update_notifier": "false", "npm_config_audit": "false"}


def sources() -> Iterator[Path]:
    """Every file that decides what the bundle looks like."""
    for folder, names, files in os.walk(SOURCE):
        names[:] = [name for name in names if name not in SKIPPED]
        yield from (Path(folder) / name for name in files)


def frontend() -> None:
    """Bring the built bundle to the state of its sources."""
    if not (SOURCE / "package-lock.json").exists():
        say(f"No front end in {SOURCE.relative_to(ROOT)}; skipped.")
        return
    npm = str(BIN / "npm")
    lock = digest([SOURCE / "package.json", SOURCE / "package-lock.json"])
    stamp = SOURCE / "node_modules" / ".installed"
    if not is_stamped(stamp, lock):
        say("Installing the front end's packages …")
        # No install scripts: some packages start telemetry there.
        run(
            [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            folder=SOURCE,
            environment=NPM_ENVIRONMENT,
        )
        stamp.write_text(lock + "\n", encoding="utf-8")
    state = digest(sources())
    built = BUILT / ".built"
    if not is_stamped(built, state):
        say("Building the front end …")
        run([npm, "run", "--silent", "build"], folder=SOURCE, environment=NPM_ENVIRONMENT)
        BUILT.mkdir(parents=True, exist_ok=True)
        built.write_text(state + "\n", encoding="utf-8")
