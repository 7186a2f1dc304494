"""What the gate found: a code and parameters, put into words for the reader."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from office.workflow.bpmn.texts import EVENT_KINDS, FINDINGS

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault (error: it is not published) or advice (warning), on one element of the drawing.

    `element` and `name` are the drawing's own; both empty where the file as a whole is meant. Code and
    parameters are for storing; `text` is in the language that is active now.
    """

    element: str
    name: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)
    level: Level = "error"

    @property
    def text(self) -> str:
        """The sentence, without the element."""
        params = dict(self.params)
        if self.code == "event_kind":
            params["kind"] = EVENT_KINDS.get(str(params["kind"]), params["kind"])
        return str(FINDINGS[self.code]).format(**params)

    @property
    def where(self) -> str:
        """The element as people know it."""
        return self.name or self.element

    def as_dict(self) -> dict[str, object]:
        """For storing as JSON."""
        return {
            "element": self.element,
            "name": self.name,
            "code": self.code,
            "params": dict(self.params),
            "level": self.level,
        }


class Findings:
    """Collects findings while a drawing is read and checked; the same fault on the same element once."""

    MOST = 200

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str], Finding] = {}

    def error(self, element: str, name: str, code: str, /, **params: object) -> None:
        """A fault that keeps the drawing from being published."""
        self._add(Finding(element, name[:120], code, params))

    def warning(self, element: str, name: str, code: str, /, **params: object) -> None:
        """Something its author should know."""
        self._add(Finding(element, name[:120], code, params, "warning"))

    def _add(self, finding: Finding) -> None:
        key = (finding.element, finding.code, str(sorted(finding.params.items())))
        if len(self._found) < self.MOST:
            self._found.setdefault(key, finding)

    @property
    def all(self) -> list[Finding]:
        """Errors first, each group in the order of finding."""
        return sorted(self._found.values(), key=lambda each: each.level == "warning")

    @property
    def failed(self) -> bool:
        """Whether there is an error."""
        return any(each.level == "error" for each in self._found.values())
