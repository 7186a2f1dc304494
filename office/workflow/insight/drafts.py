"""The draft of a process as something that can be played, without publishing it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext_lazy as _

from asp.accounts.models import Account
from asp.forms import blank, carry
from asp.ui.errors import UserFacingError
from office.workflow.bpmn import spec as engine
from office.workflow.bpmn.elements import Definition
from office.workflow.desk.people import starter_variables
from office.workflow.desk.versions import Version
from office.workflow.managing.facts import DraftReport, report_of
from office.workflow.models import Process, ProcessVersion


class SimulationImpossible(UserFacingError):
    """The draft could not run: the gate has found faults in it, or there is none."""

    status = 422
    code = "workflow.simulation_impossible"
    message = _("The draft cannot be simulated before its faults are corrected.")


@dataclass(frozen=True)
class Draft:
    """The draft of a process, compiled."""

    version: Version

    @cached_property
    def spec(self) -> Mapping[str, Any]:
        """What the engine runs."""
        return self.version.spec

    @property
    def definition(self) -> Definition:
        """The drawing as it is understood."""
        return self.version.definition

    @cached_property
    def processes(self) -> Mapping[str, Definition]:
        """The drawing and those that it calls, by their codes."""
        return {code: engine.definition_of(self.spec, code) for code in self.spec["processes"]}

    def variables(self, before: Version, values: Mapping[str, Any], starter: Account) -> dict[str, Any]:
        """What the draft would know of a form that was filled in in another version."""
        carried = (
            values
            if before.row.form == self.version.row.form
            else carry(before.form, self.version.form, values).values
        )
        return {**self.version.variables(carried), **starter_variables(self.version.names, starter)}


def draft_of(process: Process) -> Draft:
    """The draft, checked as for publishing. Raises SimulationImpossible; its `report` has the findings."""
    report = report_of(process)
    if not report.ok or report.definition is None:
        raise _impossible(report)
    known = {code: each for code, each in report.callable.items() if each is not None}
    row = ProcessVersion(
        id=uuid.UUID(int=0),
        process=process,
        number=0,
        name=process.name,
        name_en=process.name_en,
        bpmn=process.draft_bpmn,
        spec=engine.compile_definition(report.definition, processes=known),
        form=process.draft_form if process.draft_form is not None else blank(process.name, process.name_en),
    )
    return Draft(Version(row))


def _impossible(report: DraftReport) -> SimulationImpossible:
    error = SimulationImpossible()
    error.report = report  # type: ignore[attr-defined]
    return error
