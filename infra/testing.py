"""``python -m infra.testing [pytest arguments]``: all tests, inside ``python -m infra with``.

The front end's own tests first, unless only some tests are asked for. Then two rounds: everything that
can share a machine, on several processes; then the tests marked `faults`, which kill servers and measure
recovery, on two.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections import defaultdict
from pathlib import Path

from infra.setup.browser import browser_find
from infra.setup.frontend import SOURCE
from infra.tools import ROOT, program

NOTHING_COLLECTED = 5
INTERRUPTED = 2
LONGEST = 20  # folders and tests of which is said how long they took
MOST_PROCESSES = 4
MOST_STACKS = 2  # that are killed at the same time
MOST_MINUTES = 12  # for all tests on two cores, the first installation not counted


def pytest(*arguments: str) -> int:
    environment = dict(os.environ)
    if found := browser_find():
        environment["BROWSER_PATH"] = found
    argv = [sys.executable, "-m", "pytest", *arguments]
    print("+ pytest", *arguments, flush=True)
    return subprocess.run(argv, cwd=ROOT, env=environment, check=False).returncode


def frontend_tests() -> int:
    """The tests of the front end, with the node of the venv."""
    if not (SOURCE / "package.json").exists():
        return 0
    npm = program("npm")
    environment = {**os.environ, "PATH": f"{Path(npm).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    argv = [npm, "run", "--silent", "--if-present", "test"]
    print("+ npm run test", flush=True)
    return subprocess.run(argv, cwd=SOURCE, env=environment, check=False).returncode


def failures_print(reports: list[Path]) -> None:
    """Say again at the very end what failed: of a long output, often only the end is kept."""
    for report in filter(Path.exists, reports):
        for case in ET.parse(report).iter("testcase"):
            for problem in (*case.iter("failure"), *case.iter("error")):
                reason = problem.get("message", "").strip()[:300]
                print(f"✗ {case.get('classname')}::{case.get('name')}: {reason}", flush=True)


def times_print(reports: list[Path]) -> None:
    """Say where the time went: folders of tests and single tests, the longest first."""
    folders: defaultdict[str, float] = defaultdict(float)
    tests: defaultdict[str, float] = defaultdict(float)
    for report in filter(Path.exists, reports):
        for case in ET.parse(report).iter("testcase"):
            seconds, where = float(case.get("time", 0)), case.get("classname", "")
            folders[".".join(where.split(".")[:3])] += seconds
            tests[f"{where}::{case.get('name')}"] += seconds
    for found in (folders, tests):
        for name in sorted(found, key=found.__getitem__, reverse=True)[:LONGEST]:
            print(f"{found[name]:7.1f} s  {name}", flush=True)


def main(arguments: list[str]) -> int:
    """Exit status of pytest: that of the first round that failed."""
    began = time.monotonic()
    compiled = subprocess.run([sys.executable, "manage.py", "catalogues", "compile"], cwd=ROOT, check=False)
    if compiled.returncode != 0:
        return compiled.returncode
    if not arguments and (status := frontend_tests()) != 0:
        return status
    processes = str(min(os.cpu_count() or 1, MOST_PROCESSES))
    with tempfile.TemporaryDirectory() as folder:
        reports = [Path(folder, "together.xml"), Path(folder, "faults.xml")]
        rounds = ((processes, "not faults"), (str(MOST_STACKS), "faults"))
        results: list[int] = []
        for (number, marked), report in zip(rounds, reports, strict=True):
            if INTERRUPTED not in results:
                spread = ("-n", number, "--dist", "loadscope", "--no-loadscope-reorder", "-m", marked)
                results.append(pytest(*spread, f"--junit-xml={report}", *arguments))
        if not arguments:
            times_print(reports)
        failures_print(reports)
    if not arguments:
        minutes = (time.monotonic() - began) / 60
        word = "met" if minutes < MOST_MINUTES else "MISSED"
        print(f"make test: {minutes:.1f} min, target < {MOST_MINUTES} min: {word}", flush=True)
    failed = [status for status in results if status not in (0, NOTHING_COLLECTED)]
    if failed:
        return failed[0]
    return NOTHING_COLLECTED if all(status == NOTHING_COLLECTED for status in results) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
