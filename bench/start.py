"""How long the second `make run` takes until pages are served. Part of `make bench AREA=host`."""

import shutil
import time

from bench.results import Results, median
from infra.tools import ROOT
from tests.faults.stack import RunningStack, free_port

# PostgreSQL runs as nobody where we are root, and could not enter a temporary folder of ours.
DATA = ROOT / ".data" / "start"
STARTS = 3
FIRST_SECONDS = 900.0


def second_start(results: Results) -> None:
    """Start a stack with the demonstration, stop it, and start it again; the first time is not counted."""
    shutil.rmtree(DATA, ignore_errors=True)
    DATA.mkdir(parents=True)
    stack = RunningStack(DATA, port=free_port(), settings={"DEMO": "1", "POOL_SIZE": "6"})
    times = []
    try:
        for _ in range(1 + STARTS):
            began = time.perf_counter()
            stack.start(within=FIRST_SECONDS)
            times.append(time.perf_counter() - began)
            stack.stop()
    finally:
        shutil.rmtree(DATA, ignore_errors=True)
    results.add("first start, with the demonstration", times[0], "s")
    results.at_most("second start until /readyz answers 200, p50", median(times[1:]), "s", 20)
