"""Two versions of a form side by side, and values carried from the old one to the new one (携带)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from asp.forms.definition.model import Definition, Field
from asp.forms.errors import Invalid
from asp.forms.evaluation import work_out
from asp.forms.files import FileDesk, FileInfo
from asp.forms.kinds import Context, kind_of
from asp.forms.schema import misfits

Text = str | Promise

_ASPECTS: tuple[tuple[str, Text], ...] = (
    ("name", _("name")),
    ("kind", _("kind")),
    ("label", _("label")),
    ("help", _("help")),
    ("width", _("width")),
    ("required", _("must be filled in")),
    ("when", _("condition")),
    ("initial", _("value to begin with")),
    ("options", _("settings")),
)


@dataclass(frozen=True)
class Change:
    """A field that both versions have, and in what it differs."""

    old: Field
    new: Field
    aspects: tuple[Text, ...]


@dataclass(frozen=True)
class Comparison:
    """What the new version has, has no longer, and has otherwise. `moved` stands elsewhere on the form."""

    added: tuple[Field, ...]
    removed: tuple[Field, ...]
    changed: tuple[Change, ...]
    moved: tuple[Field, ...]
    same: int

    @property
    def is_empty(self) -> bool:
        """Whether both versions ask the same in the same order."""
        return not (self.added or self.removed or self.changed or self.moved)


def compare(old: Definition, new: Definition) -> Comparison:
    """What has changed. A field is the same if it has its name, or says in `was` that it had it."""
    partners = pairs(old.fields, new.fields)
    changed, moved, same = [], [], 0
    before = [one.name for one in old.fields if one.name in {each.name for each in partners.values()}]
    after = [partners[each.name].name for each in new.fields if each.name in partners]
    stay = _longest_common(before, after)
    for each in new.fields:
        partner = partners.get(each.name)
        if partner is None:
            continue
        aspects = tuple(_differences(partner, each))
        elsewhere = partner.name not in stay or _section(old, partner) != _section(new, each)
        if aspects:
            changed.append(Change(partner, each, aspects))
        if elsewhere:
            moved.append(each)
        same += not aspects and not elsewhere
    kept = {each.name for each in partners.values()}
    return Comparison(
        added=tuple(each for each in new.fields if each.name not in partners),
        removed=tuple(each for each in old.fields if each.name not in kept),
        changed=tuple(changed),
        moved=tuple(moved),
        same=same,
    )


def pairs(old: Any, new: Any) -> dict[str, Field]:
    """The old field for each new field's name."""
    known = {each.name: each for each in old}
    found: dict[str, Field] = {}
    taken: set[str] = set()
    listed = list(new)
    for each in listed:
        if each.name in known:
            found[each.name] = known[each.name]
            taken.add(each.name)
    for each in listed:
        former = next((name for name in reversed(each.was) if name in known and name not in taken), None)
        if each.name not in found and former is not None:
            found[each.name] = known[former]
            taken.add(former)
    return found


def _section(definition: Definition, each: Field) -> str:
    return definition.section_of[each.name].name


def _longest_common(before: list[str], after: list[str]) -> set[str]:
    """Names that need not move: the longest run that stands in the same order in both."""
    from bisect import bisect_left

    place = {name: number for number, name in enumerate(before)}
    ends: list[int] = []
    tails: list[int] = []
    back: list[int] = [-1] * len(after)
    for index, name in enumerate(after):
        at = bisect_left(ends, place[name])
        if at == len(ends):
            ends.append(place[name])
            tails.append(index)
        else:
            ends[at], tails[at] = place[name], index
        back[index] = tails[at - 1] if at else -1
    stay: set[str] = set()
    index = tails[-1] if tails else -1
    while index >= 0:
        stay.add(after[index])
        index = back[index]
    return stay


def _differences(old: Field, new: Field) -> Iterator[Text]:
    for key, title in _ASPECTS:
        if _plain(getattr(old, key)) != _plain(getattr(new, key)):
            yield title


def _plain(value: Any) -> Any:
    """A value that can be compared: expressions by their text, registered things by their code."""
    if hasattr(value, "tree") and hasattr(value, "text"):
        return value.text
    if hasattr(value, "code") and isinstance(value.code, str):
        return value.code
    if isinstance(value, tuple):
        return tuple(_plain(each) for each in value)
    if hasattr(value, "__dataclass_fields__"):
        return tuple(
            (each.name, _plain(getattr(value, each.name)))
            for each in fields(value)
            if each.name not in ("was", "order")
        )
    return value


# ----- carrying values over


@dataclass(frozen=True)
class Carried:
    """One field's value on its way: what it was and is, for people; `reason` if it could not be taken along."""

    old: Field
    new: Field | None
    before: str
    after: str
    reason: Text = ""


@dataclass(frozen=True)
class Carrying:
    """The values for the new version, and what happens to each: `kept`, `converted`, `dropped`."""

    values: Mapping[str, Any]
    kept: tuple[Carried, ...]
    converted: tuple[Carried, ...]
    dropped: tuple[Carried, ...]


def carry(
    old: Definition, new: Definition, values: Mapping[str, Any], *, files: FileDesk | None = None
) -> Carrying:
    """Take values of `old` over to `new`; nothing is stored, so this is the preview as well.

    What fits is kept, what can be written in the new kind is converted, everything else is named with the reason.
    """
    partners = _targets(old, new)
    context = _context(old, values, files)
    taken: dict[str, Any] = {}
    kept: list[Carried] = []
    converted: list[Carried] = []
    dropped: list[Carried] = []
    for each in old.fields:
        value = values.get(each.name)
        if value is None or not kind_of(each).asks:
            continue
        before = kind_of(each).text(each, value, context)
        target = partners.get(each.name)
        if target is None or not kind_of(target).asks:
            dropped.append(Carried(each, target, before, "", _("The new version does not ask for it.")))
            continue
        try:
            found = _converted(each, target, value, context)
        except Invalid as error:
            dropped.append(Carried(each, target, before, "", error.text))
            continue
        taken[target.name] = found
        line = Carried(each, target, before, kind_of(target).text(target, found, context))
        same = each.kind == target.kind and kind_of(each).raw(each, value) == kind_of(target).raw(
            target, found
        )
        (kept if same else converted).append(line)
    return Carrying(dict(work_out(new, taken).values), tuple(kept), tuple(converted), tuple(dropped))


def _targets(old: Definition, new: Definition) -> dict[str, Field]:
    partners = pairs(old.fields, new.fields)
    return {partner.name: new.by_name[name] for name, partner in partners.items()}


def _context(old: Definition, values: Mapping[str, Any], files: FileDesk | None) -> Context:
    context = Context(files=files)
    wanted: dict[str, list[Any]] = {}
    for each in old.fields:
        kind = kind_of(each)
        if values.get(each.name) is not None:
            for what, key in kind.refers(each, kind.raw(each, values[each.name])):
                wanted.setdefault(what, []).append(key)
            if each.kind == "attachment":
                for one in values[each.name]:
                    context.infos[one["id"]] = FileInfo(one["id"], one["name"], one["size"])
    wanted.pop("file", None)
    context.learn(wanted)
    # Whoever stood in the old version may stand in the new one, even if they have left since.
    context.usable.update({what: set(keys) for what, keys in wanted.items()})
    return context


def _converted(old: Field, new: Field, value: Any, context: Context) -> Any:
    kind = kind_of(new)
    if old.kind == new.kind == "table":
        return _rows(old, new, value, context)
    raw = _raw(old, new, value, context)
    if kind.is_blank(raw):
        raise Invalid(_("Nothing of it can be taken over."))
    found = kind.clean(new, raw, context)
    if old.kind == new.kind == "period" and old.options.days == new.options.days and "days" in value:
        found["days"] = value["days"]  # as it was counted then
    return found


def _raw(old: Field, new: Field, value: Any, context: Context) -> Any:
    """What one would type into the new field. Raises Invalid where nobody could say."""
    kind = kind_of(old)
    if old.kind == new.kind:
        raw = kind.raw(old, value)
        if old.kind == "choice" and old.options.multiple != new.options.multiple:
            return [raw] if new.options.multiple else _only(raw)
        if old.kind in ("person", "department") and not new.options.many:
            return [_only(raw)]
        return raw
    if new.kind == "text" and kind_of(old).asks and old.kind not in ("table", "attachment"):
        return kind.text(old, value, context)
    numbers = ("number", "money")
    if (old.kind in numbers and new.kind in numbers) or (
        old.kind == "text" and new.kind in (*numbers, "date", "time")
    ):
        return format(Decimal(value), "f") if old.kind in numbers else value
    if old.kind == "date" and new.kind == "period":
        return {"from": value, "to": value}
    if old.kind == "text" and new.kind == "choice":
        found = next(
            (one.value for one in new.options.options if value in (one.value, one.label.zh, one.label.en)), ""
        )
        return [found] if new.options.multiple and found else found
    raise Invalid(_("A value of the old kind cannot be one of the new kind."))


def _only(raw: list[str]) -> str:
    if len(raw) != 1:
        raise Invalid(_("There are several, and the new version takes one."))
    return raw[0]


def _rows(old: Field, new: Field, value: Any, context: Context) -> list[dict[str, Any]]:
    """Cells go where their columns went. One that cannot be taken over keeps the whole table back: half a row would
    say something that nobody has written."""
    partners = pairs(old.options.columns, new.options.columns)
    rows = []
    for row in value:
        cells = {}
        for column in new.options.columns:
            partner = partners.get(column.name)
            if partner is None or not kind_of(column).asks or row.get(partner.name) is None:
                continue
            cells[column.name] = _converted(partner, column, row[partner.name], context)
        if cells:
            rows.append(cells)
    if not rows:
        raise Invalid(_("Nothing of it can be taken over."))
    if len(rows) > new.options.most:
        raise Invalid(_("At most {most} rows."), most=new.options.most)
    return rows


def fits(definition: Definition, values: Mapping[str, Any]) -> bool:
    """Whether stored values belong to this version."""
    return not misfits(definition, values)
