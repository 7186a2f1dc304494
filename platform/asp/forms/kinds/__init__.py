"""The kinds of fields (字段类型). Each knows its settings, how it is filled in, checked, stored, shown and computed with."""

from asp.forms.definition.model import Field
from asp.forms.kinds.base import Context, Kind, Sent
from asp.forms.kinds.choices import Choice, YesNo
from asp.forms.kinds.computed import Computed, Note
from asp.forms.kinds.dates import Date, DateTime, Period, Time
from asp.forms.kinds.numbers import Money, Number
from asp.forms.kinds.people import Department, Person
from asp.forms.kinds.tables import Table
from asp.forms.kinds.texts import Text
from asp.forms.kinds.uploads import Attachment

KINDS: dict[str, Kind] = {
    each.code: each
    for each in (
        Text(),
        Number(),
        Money(),
        Date(),
        Time(),
        DateTime(),
        Period(),
        Choice(),
        YesNo(),
        Person(),
        Department(),
        Table(),
        Attachment(),
        Computed(),
        Note(),
    )
}


def kind_of(field: Field) -> Kind:
    """The kind of a field that was read."""
    return KINDS[field.kind]


__all__ = ["KINDS", "Context", "Kind", "Sent", "kind_of"]
