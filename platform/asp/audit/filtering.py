"""What a reader asks of the log, and the entries that fit.

No index but the primary key is used: keys are UUIDv7, so a period is a range of keys, and reading a hundred
thousand rows takes about a tenth of a second. An index would weigh in every bureau and help few questions.
"""

import datetime
import re
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import GenericIPAddressField, Lookup, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from asp.audit import actions, chain
from asp.audit.actor import ANONYMOUS, SYSTEM, SYSTEM_NAMES, actor_label
from asp.audit.models import Entry
from asp.ui.moments import day_text

SHANGHAI = ZoneInfo("Asia/Shanghai")
EVERY = ".*"  # behind a prefix: all actions of one function
EVERYTHING = "*"
MOST_WORDS = 5
WORDS = re.compile(r'"([^"]+)"|“([^”]+)”|(\S+)')


@GenericIPAddressField.register_lookup
class Within(Lookup):  # type: ignore[type-arg]  # generic only in the stubs
    """`ip__within="10.3.0.0/16"`: in this network, or this very address."""

    lookup_name = "within"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} <<= {right}::inet", (*left_params, *right_params)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the reader asked for. Dates are days in Asia/Shanghai, both included.

    `person` and `target` are part of a name, or an id; `action` is a code or a function's "app.*"; `source` an
    address or a network; `result` how it ended; `text` words that stand anywhere in the entry, all of them.
    """

    since: datetime.date | None = None
    until: datetime.date | None = None
    person: str = ""
    action: str = ""
    target: str = ""
    source: str = ""
    result: str = ""
    text: str = ""

    @property
    def is_open(self) -> bool:
        """Whether everything fits."""
        return self == Wanted()

    def as_params(self) -> dict[str, Any]:
        """The same in JSON types, without what was left open."""
        said = {name: value for name, value in asdict(self).items() if value}
        return {
            name: value.isoformat() if isinstance(value, datetime.date) else value
            for name, value in said.items()
        }

    @classmethod
    def of_params(cls, params: Mapping[str, Any]) -> "Wanted":
        """Read back what `as_params` wrote."""
        days = {
            name: datetime.date.fromisoformat(params[name]) for name in ("since", "until") if name in params
        }
        return cls(**{**params, **days})


def entries_wanted(wanted: Wanted) -> QuerySet[Entry]:
    """Return the entries that fit, in no order."""
    entries = Entry.objects.order_by()
    if wanted.since:
        entries = entries.filter(id__gte=chain.first_key_at(_midnight(wanted.since)))
    if wanted.until:
        end = _midnight(wanted.until + datetime.timedelta(days=1))
        entries = entries.filter(id__lt=chain.first_key_at(end))
    if wanted.action:
        entries = entries.filter(_action(wanted.action))
    if wanted.result:
        entries = entries.filter(_result(wanted.result))
    if wanted.source:
        entries = entries.filter(ip__within=wanted.source)
    if wanted.person:
        entries = entries.filter(_person(wanted.person))
    if wanted.target:
        entries = entries.filter(_target(wanted.target))
    words = words_of(wanted.text)
    if words:
        entries = entries.annotate(params_text=Cast("params", TextField()))
        for word in words:
            entries = entries.filter(_anywhere(word))
    return entries


def words_of(text: str) -> list[str]:
    """The words of a question; what stands between quotation marks is one."""
    return [quoted or chinese or word for quoted, chinese, word in WORDS.findall(text)][:MOST_WORDS]


def as_list(wanted: Wanted) -> list[str]:
    """The same for the parameters of an entry: one string for each thing that was asked for."""
    return [f"{name}={value}" for name, value in wanted.as_params().items()] or [EVERYTHING]


def said(line: str) -> str:
    """One line of `as_list` in words."""
    name, _equals, value = line.partition("=")
    if line == EVERYTHING or name not in Wanted.__slots__:
        return _("everything")
    return " ".join(*in_words(Wanted.of_params({name: value})))


def in_words(wanted: Wanted) -> list[tuple[str, str]]:
    """What was asked for, as label and value in the reader's language; what was left open is not said."""
    results = {str(code): text for code, text in actions.OUTCOMES.items()}
    said = [
        (_("From date"), day_text(wanted.since)),
        (_("To date"), day_text(wanted.until)),
        (_("Person"), wanted.person),
        (_("Action"), action_text(wanted.action)),
        (_("Object"), wanted.target),
        (_("From address"), wanted.source),
        (_("Result"), str(results.get(wanted.result, ""))),
        (_("Text"), wanted.text),
    ]
    return [(label, value) for label, value in said if value]


def action_text(action: str) -> str:
    """An action, or all of a function's, in words."""
    if action.endswith(EVERY):
        return _("{function}: all").format(function=actions.group_title(action.removesuffix(EVERY)))
    return actions.label(action) if action else ""


def _action(wanted: str) -> Q:
    if wanted.endswith(EVERY):
        return Q(action__startswith=wanted.removesuffix("*"))
    return Q(action=wanted)


def _result(wanted: str) -> Q:
    if wanted == "done":
        return ~Q(action__in=[*actions.codes_ending("refused"), *actions.codes_ending("failed")])
    return Q(action__in=actions.codes_ending("refused" if wanted == "refused" else "failed"))


def _person(wanted: str) -> Q:
    key = _key(wanted)
    return Q(actor_id=key) if key is not None else _actor_named(wanted)


def _target(wanted: str) -> Q:
    key = _key(wanted)
    return Q(target_id=key) if key is not None else _has("target_name", wanted)


def _anywhere(word: str) -> Q:
    key = _key(word)
    if key is not None:
        return Q(id=key) | Q(target_id=key) | Q(actor_id=key) | Q(request_id=word)
    found = _has("target_name", word) | _actor_named(word) | _has("params_text", word) | Q(request_id=word)
    codes = actions.codes_saying(word)
    return found | Q(action__in=codes) if codes else found


def _actor_named(words: str) -> Q:
    """By the stored name, or by what the reader reads for the system's own parts."""
    found = _has("actor_name", words)
    wanted = words.casefold()
    parts = [name for name in SYSTEM_NAMES if wanted in actor_label(SYSTEM, name).casefold()]
    if parts:
        found |= Q(actor_kind=SYSTEM, actor_name__in=parts)
    if wanted in actor_label(ANONYMOUS, "").casefold():
        found |= Q(actor_kind=ANONYMOUS, actor_name="")
    return found


def _has(field: str, words: str) -> Q:
    # Most words here have no capitals, and comparing them as they are takes two thirds of the time.
    lookup = "contains" if words.upper() == words.lower() else "icontains"
    return Q(**{f"{field}__{lookup}": words})


def _key(words: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(words) if len(words) == 36 else None
    except ValueError:
        return None


def _midnight(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(), tzinfo=SHANGHAI)
