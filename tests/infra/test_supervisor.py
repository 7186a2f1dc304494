"""The supervisor with small shell programs in place of servers."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from infra import supervisor as module
from infra.datadir import DataDir
from infra.process import MARK, Spec, leftovers_kill
from infra.supervisor import StartFailed, Stopped, Supervisor
from infra.tools import ROOT


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, said: list[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Supervisor]:
    monkeypatch.setattr(module, "FIRST_DELAY", 0.05)
    data = DataDir(tmp_path)
    data.prepare()
    made = Supervisor(data, say=said.append)
    yield made
    made.stop()


def shell(supervisor: Supervisor, name: str, script: str, **options: object) -> Spec:
    log = supervisor.data.path / "logs" / f"{name}.log"
    return Spec(name=name, argv=["sh", "-c", script], log=log, **options)  # type: ignore[arg-type]


def until(condition: Callable[[], object], *, supervisor: Supervisor | None = None) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "did not happen within 10 s"
        if supervisor:
            supervisor.tick()
        time.sleep(0.02)


def pid_of(supervisor: Supervisor, name: str) -> int:
    return supervisor.data.read_json("status.json")[name]["pid"]


def is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_it_waits_until_every_process_is_ready(supervisor: Supervisor) -> None:
    flag = supervisor.data.path / "flag"
    spec = shell(supervisor, "slow", f"sleep 0.3; touch {flag}; sleep 60", ready=flag.exists)
    supervisor.start([spec, shell(supervisor, "quick", "sleep 60")])
    assert flag.exists()


def test_it_starts_a_killed_process_again(supervisor: Supervisor, said: list[str]) -> None:
    supervisor.start([shell(supervisor, "victim", "sleep 60")])
    first = pid_of(supervisor, "victim")
    os.kill(first, signal.SIGKILL)
    until(lambda: pid_of(supervisor, "victim") != first, supervisor=supervisor)
    assert "victim ended (-9)" in said[0]
    assert supervisor.data.read_json("status.json")["victim"]["restarts"] == 1


def test_it_takes_the_children_of_a_killed_process_along(supervisor: Supervisor) -> None:
    note = supervisor.data.path / "child"
    supervisor.start([shell(supervisor, "master", f"sleep 60 & echo $! > {note}; wait", ready=note.exists)])
    until(lambda: note.read_text().strip())
    child = int(note.read_text())
    os.kill(pid_of(supervisor, "master"), signal.SIGKILL)
    until(lambda: is_gone(child), supervisor=supervisor)


def test_it_gives_up_on_a_process_that_never_starts_and_shows_its_log(supervisor: Supervisor) -> None:
    spec = shell(supervisor, "broken", "echo the reason; exit 3", ready=lambda: False, tries=2)
    with pytest.raises(StartFailed, match=r"(?s)broken did not become ready.*the reason"):
        supervisor.start([spec])


def test_the_delay_grows_with_each_failure(supervisor: Supervisor, said: list[str]) -> None:
    supervisor.start([shell(supervisor, "flapping", "exit 1")])
    until(lambda: len(said) >= 3, supervisor=supervisor)
    delays = [float(line.split(" in ")[1].split()[0]) for line in said[:3]]
    assert delays == sorted(delays)
    assert delays[0] < delays[2]


def test_it_stops_with_the_signal_that_the_process_wants(supervisor: Supervisor) -> None:
    note = supervisor.data.path / "signal"
    ready = supervisor.data.path / "ready"
    script = f"trap 'echo int > {note}; exit' INT; trap 'echo term > {note}; exit' TERM; touch {ready}; "
    # Waiting, a shell answers a signal at once; with a child in front it may share the child's fate.
    script += "while :; do sleep 0.05 & wait $!; done"
    spec = shell(supervisor, "polite", script, stop_signal=signal.SIGINT, ready=ready.exists)
    supervisor.start([spec])
    supervisor.stop()
    assert note.read_text().strip() == "int"


def test_it_kills_what_does_not_obey(supervisor: Supervisor, said: list[str]) -> None:
    ready = supervisor.data.path / "ready"
    script = f"trap '' TERM; touch {ready}; while :; do sleep 0.05; done"
    supervisor.start([shell(supervisor, "stubborn", script, grace=0.3, ready=ready.exists)])
    pid = pid_of(supervisor, "stubborn")
    supervisor.stop()
    assert is_gone(pid)
    assert any("stubborn did not stop" in line for line in said)


def test_a_stop_request_ends_a_running_step(supervisor: Supervisor) -> None:
    process = supervisor.begin(shell(supervisor, "step", "sleep 60"))
    supervisor.stopping = True
    with pytest.raises(Stopped):
        supervisor.finish(process)
    assert is_gone(process.pid or 0)


def test_a_step_gives_its_exit_status(supervisor: Supervisor) -> None:
    assert supervisor.run(shell(supervisor, "step", "exit 7")) == 7


def test_a_variable_can_be_kept_from_a_process(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OWNER_SECRET", "x")
    script = 'test -z "$OWNER_SECRET"'
    assert supervisor.run(shell(supervisor, "with", script)) == 1
    assert supervisor.run(shell(supervisor, "without", script, without=frozenset({"OWNER_SECRET"}))) == 0


PARENT = """
import sys, time
from pathlib import Path
from infra.datadir import DataDir
from infra.process import Spec
from infra.supervisor import Supervisor
data = DataDir(sys.argv[1]); data.prepare()
log = data.path / "logs" / "child.log"
Supervisor(data).start([Spec(name="child", argv=["sleep", "60"], log=log)])
time.sleep(60)
"""


def test_children_do_not_outlive_a_killed_supervisor(tmp_path: Path) -> None:
    data = DataDir(tmp_path)
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)], cwd=ROOT)
    try:
        until(lambda: data.read_json("status.json"))
        child = data.read_json("status.json")["child"]["pid"]
        until(lambda: b"sleep" in Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")[0])
        parent.kill()
        until(lambda: is_gone(child))
    finally:
        parent.kill()
        parent.wait()


def test_it_finds_what_an_earlier_supervisor_left_behind(tmp_path: Path) -> None:
    mine = subprocess.Popen(["sleep", "60"], env={MARK: str(tmp_path)})
    other = subprocess.Popen(["sleep", "60"], env={MARK: f"{tmp_path}-other"})
    try:
        until(lambda: b"sleep" in Path(f"/proc/{mine.pid}/cmdline").read_bytes())
        assert leftovers_kill(str(tmp_path)) == [mine.pid]
        assert mine.wait(timeout=5) == -signal.SIGKILL
        assert other.poll() is None
    finally:
        mine.kill()
        other.kill()
        other.wait()
