"""Processes that call processes: are they there, and do they never call themselves?"""

from collections.abc import Mapping

from office.workflow.bpmn import limits
from office.workflow.bpmn.elements import Definition
from office.workflow.bpmn.findings import Findings


def check_calls(
    definition: Definition,
    findings: Findings,
    *,
    processes: Mapping[str, Definition | None] | None,
    code: str,
) -> None:
    """Check every call of another process."""
    for node in definition.nodes.values():
        if node.kind != "callActivity":
            continue
        if not node.called:
            findings.error(node.id, node.name, "process_missing")
        elif processes is not None and node.called not in processes and node.called != code:
            findings.error(node.id, node.name, "process_unknown", ref=node.called[:60])
        else:
            _follow(node.id, node.name, node.called, code, processes or {}, findings)


def _follow(
    element: str,
    name: str,
    called: str,
    code: str,
    processes: Mapping[str, Definition | None],
    findings: Findings,
) -> None:
    stack: list[tuple[str, tuple[str, ...]]] = [(called, (called,))]
    visits = 0
    while stack:
        current, path = stack.pop()
        visits += 1
        if current == code and code:
            findings.error(element, name, "process_recursion", path=" → ".join((code, *path)))
            return
        if len(path) > limits.CALL_DEPTH or visits > 1000:
            findings.error(element, name, "process_depth", limit=limits.CALL_DEPTH)
            return
        inner = processes.get(current)
        for each in sorted(inner.calls) if inner else ():
            if each in path:
                findings.error(element, name, "process_recursion", path=" → ".join((*path, each)))
                return
            stack.append((each, (*path, each)))
