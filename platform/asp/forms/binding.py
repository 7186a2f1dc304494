"""Values, a definition and what a person may do, put together (绑定): what a form shows, and what it takes."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from asp.forms.definition.model import Definition, Field, Section
from asp.forms.errors import FormRefused, Invalid, ValuesDoNotFit
from asp.forms.evaluation import Outcome, work_out
from asp.forms.files import FileDesk
from asp.forms.kinds import Context, kind_of
from asp.forms.kinds.tables import NUMBER, InvalidRows
from asp.forms.schema import misfits

HIDDEN: Final = "hidden"
READ: Final = "read"
EDIT: Final = "edit"
REQUIRED: Final = "required"
ACCESS: Final = (HIDDEN, READ, EDIT, REQUIRED)
PREFIX: Final = "f."
_RANK = {HIDDEN: 0, READ: 1, EDIT: 2, REQUIRED: 3}


@dataclass
class State:
    """One field as this person meets it."""

    field: Field
    access: str
    asked: bool = True  # its conditions are fulfilled
    value: Any = None
    raw: Any = None
    error: Invalid | None = None
    live: bool = False

    @property
    def editable(self) -> bool:
        """Whether it is filled in here."""
        return self.access in (EDIT, REQUIRED)

    @property
    def required(self) -> bool:
        """Whether it must be filled in, once it is asked."""
        return self.access == REQUIRED or (self.editable and self.field.required)

    @property
    def id(self) -> str:
        """Of its control in the page."""
        return f"f-{self.field.name}"


@dataclass
class Bound:
    """A form for one person at one step. `is_valid` first, then `values`."""

    definition: Definition
    states: Mapping[str, State]
    context: Context
    outcome: Outcome
    posted: bool = False
    partial: bool = False
    refused: tuple[str, ...] = ()
    _values: dict[str, Any] = field(default_factory=dict)

    @property
    def sections(self) -> list[tuple[Section, list[State]]]:
        """What is on the page: sections with the fields that this person may know of."""
        found = []
        for section in self.definition.sections:
            states = [
                self.states[each.name] for each in section.fields if self.states[each.name].access != HIDDEN
            ]
            if states:
                found.append((section, states))
        return found

    @property
    def errors(self) -> dict[str, Invalid]:
        """What is wrong, by field."""
        return {name: state.error for name, state in self.states.items() if state.error is not None}

    @property
    def is_valid(self) -> bool:
        """Whether what was sent can be taken as it is."""
        return self.posted and not self.refused and not self.errors

    @property
    def values(self) -> dict[str, Any]:
        """Everything to be stored: what was there, what was typed, what was computed; JSON.

        Raises FormRefused if something was sent that is not asked here, and ValueError for other errors. A draft
        (`partial`) gives what can be taken; what cannot stays as it was stored.
        """
        if self.refused:
            raise FormRefused(params={"names": ", ".join(self.refused[:5])})
        if self.posted and self.errors and not self.partial:
            raise ValueError("this form has errors: look at is_valid first")
        return dict(self._values)

    @property
    def changed(self) -> tuple[str, ...]:
        """The fields whose stored value differs from before, computed ones too."""
        before = self._before
        return tuple(
            each.name
            for each in self.definition.fields
            if self._values.get(each.name) != before.get(each.name)
        )

    _before: Mapping[str, Any] = field(default_factory=dict)

    def scalars(self) -> dict[str, Any]:
        """What a process may decide by: the names of expressions with JSON scalars, lists and tables left out.

        Numbers are int or float; whoever computes money uses the form's own computed fields.
        """
        return scalars_of(self.outcome.names)


def scalars_of(names: Mapping[str, Any]) -> dict[str, Any]:
    """Names with values that JSON and a process engine know."""
    from decimal import Decimal

    found: dict[str, Any] = {}
    for name, value in names.items():
        if isinstance(value, Decimal):
            found[name] = int(value) if value == value.to_integral_value() else float(value)
        elif value is None or isinstance(value, (str, bool)):
            found[name] = value
    return found


def bind(
    definition: Definition,
    values: Mapping[str, Any] | None = None,
    access: Mapping[str, str] | str = EDIT,
    *,
    default: str = READ,
    posted: "MultiValueDict[str, str] | None" = None,
    files: FileDesk | None = None,
    partial: bool = False,
) -> Bound:
    """Put a form together for one person at one step.

    `values` is what is stored (JSON, {} for a new form). `access` says hidden, read, edit or required for each field
    by name, `default` for those not named; one word stands for all. `posted` is `request.POST`; only its keys that
    begin with `f.` are the form's. `partial` is for drafts: nothing must be filled in, and what cannot be taken yet
    stays as it was. `files` is needed where attachments are shown or taken.

    Raises ValuesDoNotFit if what is stored belongs to another version. What was sent though it is hidden, read only or
    unknown is named in `refused`: nothing of such a form is taken.
    """
    stored = dict(values or {})
    wrong = misfits(definition, stored)
    if wrong:
        raise ValuesDoNotFit(params={"names": ", ".join(wrong[:5])})
    before = work_out(definition, stored)
    states = _states(definition, access, default)
    context = Context(files=files)
    if posted is None:
        return _shown(definition, states, context, before)
    return _taken(definition, states, context, stored, posted, partial=partial)


def _states(definition: Definition, access: Mapping[str, str] | str, default: str) -> dict[str, State]:
    named: Mapping[str, str] = {} if isinstance(access, str) else access
    rest = access if isinstance(access, str) else default
    unknown = ({*named.values(), rest} - set(ACCESS)) or (set(named) - set(definition.by_name))
    if unknown:
        raise ValueError(f"no such access or field: {', '.join(sorted(unknown))}")
    states = {}
    for each in definition.fields:
        given = named.get(each.name, rest)
        if not kind_of(each).asks and given in (EDIT, REQUIRED):
            given = READ
        states[each.name] = State(each, given, live=each.name in definition.live)
    return states


def _shown(definition: Definition, states: dict[str, State], context: Context, outcome: Outcome) -> Bound:
    for name, state in states.items():
        state.asked = name in outcome.asked
        state.value = outcome.values.get(name)
        state.raw = kind_of(state.field).raw(state.field, state.value)
    _look_up(states.values(), context)
    values = dict(outcome.values)
    return Bound(definition, states, context, outcome, _values=values, _before=values)


def _taken(
    definition: Definition,
    states: dict[str, State],
    context: Context,
    stored: dict[str, Any],
    posted: "MultiValueDict[str, str]",
    *,
    partial: bool,
) -> Bound:
    sent, refused = _sort_out(states, posted)
    for name, state in states.items():
        kind = kind_of(state.field)
        state.value = stored.get(name)
        state.raw = (
            kind.gather(state.field, sent.get(name, {}))
            if state.editable
            else kind.raw(state.field, state.value)
        )
    _look_up(states.values(), context)
    kept = dict(stored)
    for state in states.values():
        if state.editable:
            _clean(state, kept, context, partial=partial)
    outcome = work_out(definition, kept)
    for name, state in states.items():
        state.asked = name in outcome.asked
        if not state.editable:
            continue
        if not state.asked:
            _not_asked(state, partial=partial)
            kept.pop(name, None)
        elif not partial and state.error is None:
            _complete(state, kept.get(name))
    # What is not asked had no say in the outcome, so taking it out changes nothing but the values.
    final = {
        name: value for name, value in outcome.values.items() if name in kept or name in _computed(states)
    }
    for name, state in states.items():
        state.value = final.get(
            name
        )  # rows side by side with what was typed, also those that nothing is left of
    if partial:
        _drop_blank_rows(states, final)
        for name, state in states.items():
            if state.error is not None and state.asked and name in stored and name not in final:
                final[name] = stored[name]
    if not refused and misfits(definition, final):
        raise ValuesDoNotFit(params={"names": ", ".join(misfits(definition, final)[:5])})
    return Bound(
        definition,
        states,
        context,
        outcome,
        posted=True,
        partial=partial,
        refused=tuple(refused),
        _values=final,
        _before=stored,
    )


def _drop_blank_rows(states: Mapping[str, State], final: dict[str, Any]) -> None:
    """Rows of a draft in which nothing could be taken are no rows."""
    for name, state in states.items():
        if isinstance(state.error, InvalidRows) and name in final:
            asked = {each.name for each in state.field.options.columns if kind_of(each).asks}
            rows = [row for row in final.pop(name) if asked & set(row)]
            if rows:
                final[name] = rows


def _computed(states: Mapping[str, State]) -> set[str]:
    return {name for name, state in states.items() if not kind_of(state.field).asks}


def _sort_out(
    states: Mapping[str, State], posted: "MultiValueDict[str, str]"
) -> tuple[dict[str, dict[tuple[str, ...], list[str]]], list[str]]:
    """What was sent for each field, and the keys that nobody has asked for."""
    sent: dict[str, dict[tuple[str, ...], list[str]]] = {}
    refused = []
    for key in posted:
        if not key.startswith(PREFIX):
            continue
        name, *rest = key[len(PREFIX) :].split(".")
        state = states.get(name)
        values = posted.getlist(key)
        fits = (
            state is not None
            and state.editable
            and kind_of(state.field).accepts(state.field, tuple(rest))
            and (len(values) == 1 or kind_of(state.field).repeats(state.field))
        )
        if fits:
            sent.setdefault(name, {})[tuple(rest)] = values
        else:
            # The name was sent, so it may be said; the label of a hidden field was not.
            refused.append(key[len(PREFIX) :][:60])
    return sent, refused


def _look_up(states: Iterable[State], context: Context) -> None:
    """Ask directories and the desk once, for everything that is shown or was typed."""
    shown: dict[str, list[uuid.UUID]] = {}
    typed: dict[str, list[uuid.UUID]] = {}
    files: list[str] = []
    for state in states:
        if state.access == HIDDEN:
            continue
        kind = kind_of(state.field)
        for what, key in kind.refers(state.field, state.raw):
            if what == "file":
                files.append(key)
                continue
            shown.setdefault(what, []).append(key)
            if state.editable:
                typed.setdefault(what, []).append(key)
    context.learn(shown)
    context.allow(typed)
    context.fetch(files)


def _clean(state: State, kept: dict[str, Any], context: Context, *, partial: bool) -> None:
    kind = kind_of(state.field)
    name = state.field.name
    before = kept.pop(name, None)
    if kind.is_blank(state.raw):
        return
    if before is not None and kind.raw(state.field, before) == state.raw and not kind.lively(state.field):
        # Not touched: what was right when it was written stays, though somebody may have left since.
        kept[name] = before
        return
    try:
        kept[name] = kind.clean(state.field, state.raw, context)
    except InvalidRows as error:
        state.error = error
        if partial:
            kept[name] = error.rows
    except Invalid as error:
        state.error = error


def _not_asked(state: State, *, partial: bool) -> None:
    """A field whose condition is not fulfilled: nothing may be sent for it; of a draft it is left out."""
    state.error = None
    if not partial and not kind_of(state.field).is_blank(state.raw):
        state.error = Invalid(_("This is not asked for with these answers. What was typed here has to go."))


def _complete(state: State, value: Any) -> None:
    kind = kind_of(state.field)
    confirm = getattr(state.field.options, "confirm", False)
    if value is None or (confirm and value is False):
        if state.required:
            state.error = kind.missing(state.field)
        return
    try:
        kind.check_complete(state.field, value)
    except InvalidRows as error:
        state.error = error
    except Invalid as error:
        state.error = error


def is_form_key(key: str) -> bool:
    """Whether a key of a request belongs to the form."""
    return key.startswith(PREFIX)


def as_posted(bound: Bound) -> QueryDict:
    """What a browser would send for the form as it stands, without changing anything; for carrying over and tests."""
    found = QueryDict(mutable=True)
    for state in bound.states.values():
        if state.editable and state.asked:
            _put(found, f"{PREFIX}{state.field.name}", state.raw)
    return found


def _put(found: QueryDict, key: str, raw: Any) -> None:
    if isinstance(raw, dict):
        for part, value in raw.items():
            if part == NUMBER:
                continue
            _put(found, f"{key}.{part}", value)
    elif isinstance(raw, list):
        if raw and isinstance(raw[0], dict):
            for number, row in enumerate(raw):
                _put(found, f"{key}.{number}", row)
        elif raw:
            found.setlist(key, raw)
    elif raw != "":
        found[key] = raw
