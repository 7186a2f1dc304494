"""Which fields are asked, and what computed ones are, from a set of values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from asp.forms.definition.model import Definition, Field
from asp.forms.expressions import Expression, evaluate
from asp.forms.kinds import KINDS, kind_of
from asp.forms.kinds.computed import Computed
from asp.forms.kinds.tables import Table


@dataclass(frozen=True)
class Outcome:
    """`asked`: fields whose conditions are fulfilled; `values`: what was given, with computed ones; `names` as
    expressions see them (fields that are not asked are absent)."""

    asked: frozenset[str]
    values: Mapping[str, Any]
    names: Mapping[str, Any]


def work_out(definition: Definition, values: Mapping[str, Any]) -> Outcome:
    """Decide every condition and compute every computed field, each after what it depends on."""
    names: dict[str, Any] = dict.fromkeys(definition.names)
    found = {key: value for key, value in values.items() if definition.by_name[key].kind != "computed"}
    asked: set[str] = set()
    sections: dict[str, bool] = {}
    for name in definition.order:
        each = definition.by_name[name]
        section = definition.section_of[name]
        if section.name not in sections:
            # The order has put everything that the section depends on before each of its fields.
            sections[section.name] = _true(section.when, names)
        if not sections[section.name] or not _true(each.when, names):
            names.update(kind_of(each).values(each, None))
            continue
        asked.add(name)
        value = _computed(each, found.get(name), names)
        if value is not None:
            found[name] = value
        names.update(kind_of(each).values(each, value))
    return Outcome(frozenset(asked), found, names)


def _true(condition: Expression | None, names: Mapping[str, Any]) -> bool:
    return condition is None or bool(evaluate(condition, names))


def _computed(each: Field, value: Any, names: Mapping[str, Any]) -> Any:
    kind = KINDS[each.kind]
    if isinstance(kind, Computed):
        return kind.result(each, evaluate(each.options.expression, names))
    if isinstance(kind, Table):
        return kind.compute(each, value, names)
    return value
