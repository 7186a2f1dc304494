"""Filters of the pages; their state is in the address."""

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from asp.ui.forms import DateField, Form
from asp.ui.moments import today
from asp.ui.text import localized
from office.workflow.insight.instances import Wanted
from office.workflow.insight.scope import Scope, period
from office.workflow.models import InstanceState

if TYPE_CHECKING:
    from office.organization.tree import Tree

INDENT = "\u3000"


def _departments(tree: "Tree") -> list[tuple[str, str]]:
    return [
        ("", gettext("All departments")),
        *(
            (str(node.department.id), INDENT * (node.depth - 1) + localized(node.department))
            for node in tree.walk()
        ),
    ]


class _Filter(Form):
    """Whatever is wrong in an address is left out, so that a page is always shown."""

    department = forms.ChoiceField(label=_("Department of the starter"), required=False)

    def __init__(self, *args: Any, tree: "Tree", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tree = tree
        self.fields["department"].choices = _departments(tree)  # type: ignore[attr-defined]
        self.is_valid()

    def departments(self) -> frozenset[uuid.UUID] | None:
        """The chosen department with those below it; None for all."""
        chosen = self.cleaned_data.get("department")
        return frozenset(self.tree.below(uuid.UUID(chosen))) if chosen else None


class ScopeForm(_Filter):
    """Which time, and whose instances."""

    since = DateField(required=False)
    until = DateField(required=False)

    def scope(self, process: uuid.UUID | None = None) -> Scope:
        """What is looked at."""
        chosen = self.cleaned_data
        first, last = period(chosen.get("since"), chosen.get("until"), today())
        return Scope(first, last, process, self.departments())


class InstancesForm(_Filter):
    """Which instances the list shows."""

    q = forms.CharField(max_length=100, required=False)
    process = forms.ChoiceField(label=_("Process"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)
    late = forms.BooleanField(label=_("Late only"), required=False)
    starter = forms.CharField(label=_("Starter"), max_length=60, required=False)

    def __init__(self, *args: Any, processes: Sequence[tuple[str, str]], tree: "Tree", **kwargs: Any) -> None:
        self.processes = processes
        super().__init__(*args, tree=tree, **kwargs)

    def full_clean(self) -> None:
        """With the choices that depend on the office."""
        self.fields["process"].choices = [("", gettext("All processes")), *self.processes]  # type: ignore[attr-defined]
        states = [("", gettext("All states")), ("open", gettext("Not ended")), *InstanceState.choices]
        self.fields["state"].choices = states  # type: ignore[attr-defined]
        super().full_clean()

    def wanted(self) -> Wanted:
        """What the list shows."""
        chosen = self.cleaned_data
        return Wanted(
            process=uuid.UUID(chosen["process"]) if chosen.get("process") else None,
            state=chosen.get("state") or "",
            late=bool(chosen.get("late")),
            starter=chosen.get("starter") or "",
            departments=self.departments(),
            text=chosen.get("q") or "",
        )


class PeriodForm(Form):
    """Which instances the simulator plays."""

    since = DateField(label=_("Started from"))
    until = DateField(label=_("Started until"))

    def clean(self) -> dict[str, Any]:
        """In order."""
        chosen: dict[str, Any] = super().clean() or {}
        if chosen.get("since") and chosen.get("until") and chosen["since"] > chosen["until"]:
            self.add_error("until", gettext("The period ends before it begins."))
        return chosen
