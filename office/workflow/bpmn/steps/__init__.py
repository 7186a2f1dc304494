"""A process as a list of steps, for people who do not draw: the same BPMN, written and read back."""

from office.workflow.bpmn.steps.model import (
    Group,
    ListedStep,
    StepList,
    StepsFault,
    steps_as_json,
    steps_from_json,
)
from office.workflow.bpmn.steps.reader import NotAList, steps_of
from office.workflow.bpmn.steps.writer import definition_of_steps, write_steps

__all__ = [
    "Group",
    "ListedStep",
    "NotAList",
    "StepList",
    "StepsFault",
    "definition_of_steps",
    "steps_as_json",
    "steps_from_json",
    "steps_of",
    "write_steps",
]
