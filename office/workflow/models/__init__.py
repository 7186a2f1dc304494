"""Tables of the workflow app; they exist in every bureau's schema."""

from office.workflow.models.absences import Absence
from office.workflow.models.files import FormFile
from office.workflow.models.instances import (
    CLOSED_STATES,
    OPEN_STATES,
    Event,
    Instance,
    InstanceState,
    Step,
    StepState,
)
from office.workflow.models.processes import Process, ProcessKind, ProcessVersion, large_of
from office.workflow.models.work import Follow, ItemKind, ItemState, WorkItem

__all__ = [
    "CLOSED_STATES",
    "OPEN_STATES",
    "Absence",
    "Event",
    "Follow",
    "FormFile",
    "Instance",
    "InstanceState",
    "ItemKind",
    "ItemState",
    "Process",
    "ProcessKind",
    "ProcessVersion",
    "Step",
    "StepState",
    "WorkItem",
    "large_of",
]
