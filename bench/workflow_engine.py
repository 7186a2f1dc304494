"""What the workflow engine costs: a step, a check, a state. `make bench AREA=workflow_engine`.

The baseline is SpiffWorkflow as its documentation shows it: its own reader, its own serializer, which stores
the specification with each instance.
"""

import json
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.serializer.workflow import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from bench.results import Results, median, percentile
from office.workflow.bpmn import spec
from office.workflow.bpmn.gate import check
from office.workflow.bpmn.limits import NODES, STATE
from office.workflow.bpmn.steps import steps_from_json, write_steps
from tests.support.bpmn import END, START, bpmn, chain, user
from tests.support.engineering_centre import ENGINEERING_CENTRE

ROUNDS = 40
MEGA = 1024
FIELDS = {f"field_{number}": f"a value of a form, number {number}" for number in range(20)}


def run(results: Results) -> None:
    """Measure the area; takes a minute. Processor time: what the machine does beside does not count."""
    content = write_steps(steps_from_json(ENGINEERING_CENTRE))
    ours, size = _ours(content)
    theirs, their_size = _theirs(content)
    results.add("SpiffWorkflow as documented, one step", median(theirs), "ms")
    results.add(
        "one step: restore, complete, dump",
        median(ours),
        "ms",
        baseline="SpiffWorkflow",
        ratio=median(ours) / median(theirs),
    )
    results.add("one step, p95", percentile(ours, 0.95), "ms")
    results.at_least("steps a second on one core", 1000 / median(ours), "/s", 10)
    results.add("state at the end, SpiffWorkflow as documented", their_size / MEGA, "KB")
    results.at_most(
        "state at the end, engineering centre",
        size / MEGA,
        "KB",
        STATE / MEGA,
        baseline="SpiffWorkflow",
        ratio=size / their_size,
    )
    _largest(results)
    _gate(results)


def _milliseconds(act: Callable[[], Any]) -> tuple[float, Any]:
    started = time.process_time()
    answer = act()
    return (time.process_time() - started) * 1000, answer


def _ours(content: bytes) -> tuple[list[float], int]:
    stored_spec = json.loads(json.dumps(spec.compile(content)))
    times: list[float] = []
    stored = ""
    for _ in range(ROUNDS):
        stored = json.dumps(spec.start(stored_spec, {"amount": 200000, **FIELDS}).dump())
        while True:

            def step(before: str = stored) -> tuple[str, bool]:
                state = spec.restore(stored_spec, json.loads(before))
                waiting = state.waiting().steps
                state.complete(waiting[0].task_id, {"opinion": "agreed"}, outcome="agree")
                return json.dumps(state.dump()), state.completed

            spent, (stored, over) = _milliseconds(step)
            times.append(spent)
            if over:
                break
    return times, len(stored.encode())


def _theirs(content: bytes) -> tuple[list[float], int]:
    """The same process; conditions and times are made readable for the engine's own reader."""
    parser = BpmnParser()
    parser.add_bpmn_io(BytesIO(re.sub(rb"not \(amount &lt; 100000\)", b"amount &gt;= 100000", content)))
    process = parser.get_spec("engineering_centre")
    serializer = BpmnWorkflowSerializer()
    times: list[float] = []
    stored = ""
    for _ in range(ROUNDS // 4):
        workflow = BpmnWorkflow(process)
        workflow.task_tree.set_data(amount=200000, **FIELDS)
        workflow.do_engine_steps()
        stored = serializer.serialize_json(workflow)
        while True:

            def step(before: str = stored) -> tuple[str, bool]:
                workflow = serializer.deserialize_json(before)
                task = workflow.get_tasks(state=TaskState.READY, manual=True)[0]
                task.set_data(**{"opinion": "agreed", f"{task.task_spec.name}_outcome": "agree"})
                task.run()
                workflow.do_engine_steps()
                return serializer.serialize_json(workflow), workflow.is_completed()

            spent, (stored, over) = _milliseconds(step)
            times.append(spent)
            if over:
                break
    return times, len(stored.encode())


def _row(count: int) -> bytes:
    names = [f"step{number}" for number in range(count - 2)]
    return bpmn(START, *(user(each) for each in names), END, chain("start", *names, "end"))


def _largest(results: Results) -> None:
    """The longest row of steps that is published, at its last one."""
    stored_spec = spec.compile(_row(NODES))
    state = spec.start(stored_spec, FIELDS, clock=spec.Clock(now=lambda: datetime(2026, 3, 2, tzinfo=UTC)))
    spent = 0.0
    for _ in range(NODES - 2):
        task = state.waiting().steps[0].task_id
        spent, _nothing = _milliseconds(lambda task=task: state.complete(task, outcome="agree"))
    dumped, stored = _milliseconds(state.dump)
    restored, _state = _milliseconds(lambda: spec.restore(stored_spec, stored))
    results.at_most(
        f"state of the longest process ({NODES} elements) at its end",
        len(json.dumps(stored).encode()) / MEGA,
        "KB",
        STATE / MEGA,
    )
    results.at_most("its last step: restore, complete, dump", spent + dumped + restored, "ms", 300)


def _gate(results: Results) -> None:
    for count in (50, NODES, 5000):
        content = _row(count)
        spent = median([_milliseconds(lambda content=content: check(content))[0] for _ in range(5)])
        results.at_most(f"the gate's answer for {count} elements", spent / 1000, "s", 5)
