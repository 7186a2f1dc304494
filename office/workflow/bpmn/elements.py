"""A process as it is understood: immutable, without anything foreign.

`Definition` is one process with all its nodes and flows; sub-processes are scopes inside it. What the `tb:`
extension says about a step is in `Step`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
TB = "urn:tongban:workflow:1"

ACTIVITIES = frozenset(
    [
        "userTask",
        "manualTask",
        "task",
        "serviceTask",
        "businessRuleTask",
        "sendTask",
        "receiveTask",
        "callActivity",
        "subProcess",
    ]
)
GATEWAYS = frozenset(["exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway"])
EVENTS = frozenset(
    ["startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"]
)
REFUSED = {
    "scriptTask": "script",
    "complexGateway": "complex_gateway",
    "adHocSubProcess": "ad_hoc",
    "transaction": "transaction",
}
KINDS = ACTIVITIES | GATEWAYS | EVENTS
# What a register of services fulfils.
SERVICES = frozenset(("serviceTask", "businessRuleTask"))

PerformerKind = Literal[
    "starter", "account", "post", "department", "role", "head", "former", "field", "chosen"
]
PERFORMER_KINDS = ("starter", "account", "post", "department", "role", "head", "former", "field", "chosen")
WITHOUT_REF = ("starter", "chosen")
# Whose head: of the starter's department, or of the one above it. Every other `ref` names a step, a field, a department.
HEAD_REFS = ("starter", "parent")
SIGN_RULES = ("one", "all", "share")
ORDERS = ("parallel", "sequence")
ACCESSES = ("hidden", "read", "edit", "required")
ACTIONS = ("return", "hand_over", "add_signers", "reject")
# What ends everything is allowed only where a drawing says so; the rest wherever it is not denied.
GRANTED_ACTIONS = ("reject",)
ESCALATE_TO = ("head", "starter")


@dataclass(frozen=True, slots=True)
class Performer:
    """Who: a kind and what it refers to (an uuid, a code, a step, a field; `starter` and `chosen`: nothing)."""

    kind: str
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Sign:
    """How several performers decide together (会签): the first one, all, or a share in percent that agree."""

    rule: str = "one"
    share: int | None = None
    order: str = "parallel"


@dataclass(frozen=True, slots=True)
class Deadline:
    """An amount of workdays, days or hours."""

    amount: int
    unit: str


@dataclass(frozen=True, slots=True)
class Escalation:
    """Who is told so long after the deadline."""

    after: int
    unit: str
    to: str


@dataclass(frozen=True, slots=True)
class FieldAccess:
    """What a step may do with a field of the form."""

    name: str
    access: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way to complete a step: a button."""

    value: str
    label: str
    label_en: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """What the `tb:` extension says about a user task."""

    performers: tuple[Performer, ...] = ()
    sign: Sign = Sign()
    deadline: Deadline | None = None
    escalation: Escalation | None = None
    fields: tuple[FieldAccess, ...] = ()
    denied: frozenset[str] = frozenset()  # of ACTIONS
    granted: frozenset[str] = frozenset()  # of GRANTED_ACTIONS
    outcomes: tuple[Outcome, ...] = ()
    copies: tuple[Performer, ...] = ()  # who is told when it is done (抄送)

    def access(self, name: str) -> str:
        """What this step may do with a field: `read` unless it says otherwise."""
        return next((each.access for each in self.fields if each.name == name), "read")

    def allows(self, action: str) -> bool:
        """Whether a person may do this here: what is granted, and of the rest everything that is not denied."""
        return action in self.granted if action in GRANTED_ACTIONS else action not in self.denied


@dataclass(frozen=True, slots=True)
class Timer:
    """When an event happens. `date`: an instant or a variable that holds one; `duration`, `cycle`: ISO 8601;
    `wait`: an amount of workdays, days or hours."""

    kind: Literal["date", "duration", "cycle", "wait"]
    text: str = ""
    amount: int = 0
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Loop:
    """Once for each item of a collection; `item` is the variable that holds it."""

    sequential: bool
    collection: str
    item: str = "item"
    until: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """An event, a task, a sub-process or a gateway."""

    id: str
    kind: str
    scope: str
    name: str = ""
    name_en: str = ""
    # "" plain; timer, message, terminate, error, link … of an event
    event: str = ""
    timer: Timer | None = None
    message: str = ""  # name of the message, code of the error or escalation, name of the link
    step: Step | None = None
    service: str = ""
    called: str = ""
    loop: Loop | None = None
    attached: str = ""
    interrupting: bool = True
    default: str = ""
    incoming: tuple[str, ...] = ()
    outgoing: tuple[str, ...] = ()
    lane: str = ""
    note: str = ""

    @property
    def is_activity(self) -> bool:
        """A task, a sub-process or a call."""
        return self.kind in ACTIVITIES

    @property
    def starts_scope(self) -> bool:
        """Where a process or sub-process begins."""
        return self.kind == "startEvent"


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow; `condition` is plain, without a tool's wrapping."""

    id: str
    scope: str
    source: str
    target: str
    name: str = ""
    name_en: str = ""
    condition: str = ""


@dataclass(frozen=True, slots=True)
class Definition:
    """One process. `scopes`: id of the process or sub-process → its nodes in the order of the file."""

    id: str
    name: str = ""
    name_en: str = ""
    nodes: Mapping[str, Node] = field(default_factory=dict)
    flows: Mapping[str, Flow] = field(default_factory=dict)
    scopes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    boundaries: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def steps(self) -> list[Node]:
        """The user tasks, in the order of the file."""
        return [each for each in self.nodes.values() if each.kind == "userTask"]

    @property
    def calls(self) -> frozenset[str]:
        """Codes of the processes it calls."""
        return frozenset(each.called for each in self.nodes.values() if each.kind == "callActivity")

    def outgoing(self, node: str) -> list[Flow]:
        """The flows that leave a node."""
        return [self.flows[each] for each in self.nodes[node].outgoing]

    def incoming(self, node: str) -> list[Flow]:
        """The flows that reach a node."""
        return [self.flows[each] for each in self.nodes[node].incoming]


def variable(identifier: str) -> str:
    """An element's id as part of a variable's name."""
    return re.sub(r"\W", "_", identifier)


def outcome_name(step: str) -> str:
    """The variable that holds how a step ended."""
    return f"{variable(step)}_outcome"


def count_name(step: str, outcome: str = "") -> str:
    """The variable that counts the items of a step that ended (with this outcome)."""
    return f"{variable(step)}_{variable(outcome)}_count" if outcome else f"{variable(step)}_count"
