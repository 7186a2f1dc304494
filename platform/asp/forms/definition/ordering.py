"""In which order fields are decided and computed; names that do not exist, and circles, are faults."""

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from asp.forms.definition.model import Definition, names_used
from asp.forms.definition.reader import Reader
from asp.forms.errors import Fault


def check(definition: Definition, faults: list[Fault]) -> tuple[str, ...]:
    """The names of the fields, each after those that it depends on."""
    needs: dict[str, set[str]] = {}
    for section in definition.sections:
        by_section = set(section.when.names) if section.when else set()
        _unknown(section.name, "when", by_section, definition.names, faults)
        for each in section.fields:
            own = set(each.when.names) if each.when else set()
            _unknown(each.name, "when", own, definition.names, faults)
            inside = {column.name for column in getattr(each.options, "columns", ())}
            for part in (each, *getattr(each.options, "columns", ())):
                expression = getattr(part.options, "expression", None)
                if expression is not None:
                    _unknown(part.path, "expression", expression.names - inside, definition.names, faults)
            used = by_section | names_used(each)
            needs[each.name] = {definition.names[name] for name in used if name in definition.names}
    order, circle = arrange(needs)
    for name in circle:
        others = ", ".join(circle)
        faults.append(Fault(name, _option(definition, name), _("These depend on each other in a circle: {names}."), {"names": others}))  # fmt: skip
    return order


def rows(options: Any, reader: Reader) -> tuple[str, ...]:
    """The computed columns of a table, in the order in which they are computed."""
    computed = {each.name: each.options for each in options.columns if each.kind == "computed"}
    needs = {
        name: {other for other in one.expression.names if other in computed} if one.expression else set()
        for name, one in computed.items()
    }
    order, circle = arrange(needs)
    if circle:
        reader.fault(
            "columns", _("These depend on each other in a circle: {names}."), names=", ".join(circle)
        )
    return order


def arrange(needs: Mapping[str, Collection[str]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names in an order in which each follows what it needs, and the names of one circle if there is any.

    Without recursion: a chain may be as long as a form.
    """
    left = {name: set(others) for name, others in needs.items()}
    users: dict[str, list[str]] = {name: [] for name in left}
    for name, others in left.items():
        for other in others:
            users[other].append(name)
    ready = [name for name, others in left.items() if not others]
    order: list[str] = []
    while ready:
        done = ready.pop()
        order.append(done)
        for name in users[done]:
            left[name].discard(done)
            if not left[name]:
                ready.append(name)
    if len(order) == len(left):
        return tuple(order), ()
    stuck = {name: others for name, others in left.items() if others}
    at, path = next(iter(stuck)), []
    while at not in path:
        path.append(at)
        at = next(other for other in sorted(stuck[at]) if other in stuck)
    return tuple(order), tuple(path[path.index(at) :])


def _option(definition: Definition, name: str) -> str:
    each = definition.by_name[name]
    return "expression" if each.kind == "computed" else "when"


def _unknown(
    where: str, option: str, used: Collection[str], known: Collection[str], faults: list[Fault]
) -> None:
    for name in sorted(used):
        if name not in known:
            faults.append(Fault(where, option, _("There is no field called “{name}”."), {"name": name}))
