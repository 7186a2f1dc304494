"""Several processes, one scrape: places, restarts, and no label that could grow without end."""

import os
import subprocess
import sys
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from infra.tools import ROOT

COUNT = """
import sys
from tenants.observe import metrics
metrics.sign_ins.labels("host", "ok").inc(int(sys.argv[1]))
print("counted", flush=True)
sys.stdin.read()
"""


def begin(folder: Path, amount: int) -> subprocess.Popen[str]:
    environment = {**os.environ, "METRICS_DIR": str(folder), "PROCESS_NAME": "web"}
    process = subprocess.Popen(
        [sys.executable, "-c", COUNT, str(amount)],
        cwd=ROOT,
        env=environment,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "counted\n"
    return process


def end(process: subprocess.Popen[str], *, kill: bool = False) -> None:
    if kill:
        process.kill()
    process.communicate()


def told(folder: Path) -> str:
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(folder))
    return generate_latest(registry).decode()


def test_processes_are_added_up_and_a_restart_goes_on_where_the_dead_one_was(tmp_path):
    first, second = begin(tmp_path, 2), begin(tmp_path, 3)
    assert 'tongban_sign_ins_total{result="ok",site="host"} 5.0' in told(tmp_path)
    files = {path.name for path in tmp_path.glob("*.db")}
    assert files == {"counter_web.0.db", "counter_web.1.db"}
    end(first, kill=True)
    third = begin(tmp_path, 10)
    assert 'tongban_sign_ins_total{result="ok",site="host"} 15.0' in told(tmp_path)
    assert {path.name for path in tmp_path.glob("*.db")} == files, "a restart leaves no file behind"
    end(second)
    end(third)


def test_labels_are_bounded():
    """A label that takes ids, addresses or names would grow without end, or be personal."""
    from tenants.observe import metrics

    known = {"process", "site", "route", "status", "bureau", "name", "outcome", "result"}
    found = {
        label for each in metrics.REGISTRY._collector_to_names for label in getattr(each, "_labelnames", ())
    }
    assert found <= known
