"""Small BPMN for tests: elements as text, put together into a file."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from office.workflow.bpmn import spec
from office.workflow.bpmn.gate import check
from office.workflow.bpmn.spec import Clock, State

SPACES = (
    'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:tb="urn:tongban:workflow:1" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'
)
SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "data" / "bpmn"
STARTER = '<tb:performers><tb:performer kind="starter"/></tb:performers>'
AGREE = '<tb:outcome value="agree" label="同意"/><tb:outcome value="disagree" label="不同意"/>'


def bpmn(*parts: str, process: str = "p", outside: str = "", spaces: str = "") -> bytes:
    """A file with one process."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><definitions {SPACES} {spaces} targetNamespace="t">{outside}'
        f'<process id="{process}" name="Process" isExecutable="true">{"".join(parts)}</process></definitions>'
    ).encode()


def user(node: str, inside: str = STARTER + AGREE, more: str = "", attributes: str = "") -> str:
    """A user task named after its id, in capitals."""
    return (
        f'<userTask id="{node}" name="{node.upper()}" {attributes}><extensionElements>{inside}</extensionElements>'
        f"{more}</userTask>"
    )


def part(kind: str, node: str, inside: str = "", **attributes: str) -> str:
    """Any element."""
    given = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f'<{kind} id="{node}" name="{node.upper()}"{given}>{inside}</{kind}>'


def flow(source: str, target: str, condition: str = "") -> str:
    """A flow called `source_target`."""
    text = f"<conditionExpression><![CDATA[{condition}]]></conditionExpression>" if condition else ""
    return f'<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">{text}</sequenceFlow>'


def chain(*nodes: str) -> str:
    """Flows from each to the next."""
    return "".join(flow(source, target) for source, target in zip(nodes, nodes[1:], strict=False))


START, END = '<startEvent id="start"/>', '<endEvent id="end"/>'


def timer(
    node: str, host: str, duration: str = "PT1H", *, ends: bool = True, tag: str = "timeDuration"
) -> str:
    """A timer on the border of a step."""
    return part(
        "boundaryEvent", node, f"<timerEventDefinition><{tag}>{duration}</{tag}></timerEventDefinition>",
        attachedToRef=host, cancelActivity="true" if ends else "false",
    )  # fmt: skip


class Runner:
    """An instance that is stored and restored between all acts, as the application does."""

    def __init__(
        self,
        content: bytes,
        data: dict[str, Any] | None = None,
        *,
        processes: Any = None,
        after: Callable[..., datetime] | None = None,
    ) -> None:
        self.now = datetime(2026, 3, 2, 9, tzinfo=UTC)
        after = after or (lambda start, amount, unit: start + timedelta(days=amount))
        self.clock = Clock(now=lambda: self.now, after=after)
        self.spec = json.loads(json.dumps(spec.compile(content, processes=processes)))
        self.sent: list[str] = []
        self.state: State = spec.start(self.spec, data or {}, clock=self.clock)
        self.again()

    def again(self) -> None:
        """Store, restore."""
        self.sent += self.state.sent
        self.stored = json.loads(json.dumps(self.state.dump()))
        self.state = spec.restore(self.spec, self.stored, clock=self.clock)

    @property
    def at(self) -> list[str]:
        """The steps it waits for."""
        return sorted(each.node for each in self.state.waiting().steps)

    @property
    def timers(self) -> list[str]:
        """The events it waits for."""
        return sorted(each.node for each in self.state.waiting().timers)

    def task(self, node: str, item: Any = None) -> Any:
        """The waiting step of that name (for that item)."""
        return next(
            each for each in self.state.waiting().steps if each.node == node and item in (None, each.item)
        )

    def done(self, node: str, outcome: str | None = None, item: Any = None, **data: Any) -> "Runner":
        """Complete a step."""
        self.state.complete(self.task(node, item).task_id, data, outcome=outcome)
        self.again()
        return self

    def later(self, **span: float) -> bool:
        """Let time pass and tick."""
        self.now += timedelta(**span)
        ticked = self.state.tick()
        self.again()
        return ticked

    def back(self, step: str, from_step: str) -> "Runner":
        """Return from one step to another."""
        self.state.reset_to(step, self.task(from_step).task_id)
        self.again()
        return self


def published(*parts: str, **more: object) -> bytes:
    """A file that passes the gate."""
    content = bpmn(*parts)
    report = check(content, **more)  # type: ignore[arg-type]
    assert report.ok, [(each.element, each.code) for each in report.errors]
    return content


def gateways(kind: str, split: str = "f", join: str = "j", **more: str) -> str:
    """A gateway that splits and one that joins."""
    return part(kind, split, **more) + part(kind, join)


SERIAL = (START, user("a"), user("b"), END, chain("start", "a", "b", "end"))


PARALLEL = (
    START, gateways("parallelGateway"), user("a"), user("b"), user("z"), END,
    chain("start", "f", "a", "j", "z", "end"), flow("f", "b"), flow("b", "j"),
)  # fmt: skip


def loop(sequential: bool, until: str = "") -> str:
    """Once for each of `bureaus`."""
    condition = f"<completionCondition>{until}</completionCondition>" if until else ""
    flag = "true" if sequential else "false"
    return (
        f'<multiInstanceLoopCharacteristics isSequential="{flag}"><loopDataInputRef>bureaus</loopDataInputRef>'
        f'<inputDataItem name="bureau"/>{condition}</multiInstanceLoopCharacteristics>'
    )


BUREAUS = ["tech", "patent", "info"]
