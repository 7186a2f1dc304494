"""``python -m infra.check``: every tool of the house style, each under its own name, all of them always.

Runs inside ``python -m infra with``: some of the tools read settings and ask the database.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time

from infra.tools import ROOT, program

SOURCES = ("infra", "platform", "tenants", "provisioning", "office", "tests", "bench", "manage.py")


def tools() -> list[tuple[str, list[str]]]:
    """Name and command line of each check."""
    present = [name for name in SOURCES if (ROOT / name).exists()]
    typed = [name for name in present if name not in ("tests", "bench", "platform")] + ["platform/asp"]
    manage = [sys.executable, "manage.py"]
    return [
        ("ruff check", [program("ruff"), "check", *present]),
        ("ruff format", [program("ruff"), "format", "--check", *present]),
        ("mypy", [program("mypy"), *typed]),
        ("lint-imports", [program("lint-imports")]),
        ("djlint", [program("djlint"), "--lint", "--quiet", "platform", "tenants", "provisioning", "office"]),
        ("migrations", [*manage, "makemigrations", "--check", "--dry-run"]),
        ("catalogues", [*manage, "catalogues", "check"]),
        ("deploy", [*manage, "check", "--deploy", "--fail-level", "WARNING"]),
    ]


def main() -> int:
    """Run them all; exit status 1 if one failed."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "platform")]),
        # `check --deploy` judges what production would be told.
        "SCHEME": "https",
        "PORT": "443",
    }
    failed = []
    for name, argv in tools():
        begun = time.monotonic()
        print(f"── {name}", flush=True)
        status = subprocess.run(argv, cwd=ROOT, env=environment, check=False).returncode
        print(
            f"   {name}: {'ok' if status == 0 else 'FAILED'} ({time.monotonic() - begun:.1f} s)", flush=True
        )
        if status != 0:
            failed.append(name)
    print(f"make check: {'FAILED: ' + ', '.join(failed) if failed else 'all ok'}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
