"""What every kind of field answers."""

import datetime
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.functional import Promise

from asp.forms.directories import Entry, directory
from asp.forms.errors import Invalid
from asp.forms.files import FileDesk, FileInfo
from asp.ui import moments

if TYPE_CHECKING:
    from asp.forms.definition.model import Field
    from asp.forms.definition.reader import Reader

# What was sent for one field: the rest of each key after its name, split at the dots -> the values.
Sent = Mapping[tuple[str, ...], list[str]]
Columns = Callable[["Reader"], tuple["Field", ...]]


@dataclass
class Context:
    """What reading and showing values needs from outside, asked for once for the whole form."""

    files: FileDesk | None = None
    today: datetime.date = field(default_factory=moments.today)
    entries: dict[str, dict[uuid.UUID, Entry]] = field(default_factory=dict)
    usable: dict[str, set[uuid.UUID]] = field(default_factory=dict)
    infos: dict[str, FileInfo] = field(default_factory=dict)

    def learn(self, wanted: Mapping[str, Collection[uuid.UUID]]) -> None:
        """Find the names of people and departments: one search for each kind."""
        for kind, ids in wanted.items():
            known = self.entries.setdefault(kind, {})
            new = [each for each in dict.fromkeys(ids) if each not in known]
            found = directory(kind)
            if new and found is not None:
                known.update({each.id: each for each in found.labels(new)})

    def allow(self, wanted: Mapping[str, Collection[uuid.UUID]]) -> None:
        """Find out which people and departments may be chosen."""
        for kind, ids in wanted.items():
            found = directory(kind)
            if ids and found is not None:
                self.usable.setdefault(kind, set()).update(found.usable(list(dict.fromkeys(ids))))

    def fetch(self, ids: Collection[str]) -> None:
        """Ask the caller's desk about files."""
        new = [each for each in dict.fromkeys(ids) if each not in self.infos]
        if new and self.files is not None:
            self.infos.update({key: each for key, each in self.files.describe(new).items() if key in new})


class Kind:
    """One kind of field. Values are JSON; absent is None and is not stored."""

    code: ClassVar[str]
    title: ClassVar[str | Promise]
    icon: ClassVar[str]
    asks: ClassVar[bool] = True  # people fill it in
    stores: ClassVar[bool] = True
    column: ClassVar[bool] = False  # may stand in a table
    width: ClassVar[str] = "full"

    # ----- the definition

    def read(self, reader: "Reader", columns: Columns) -> Any:
        """The settings of this kind, out of the field's JSON."""
        raise AssertionError(self.code)

    def read_initial(self, reader: "Reader", options: Any) -> Any:
        """What the field begins with; most kinds begin with nothing."""
        del reader, options
        return None

    def begin(self, each: "Field", me: uuid.UUID | None) -> Any:
        """The value with which a new form begins."""
        del me
        return each.initial

    def schema(self, each: "Field") -> dict[str, Any]:
        """What a stored value looks like (JSON Schema 2020-12)."""
        raise AssertionError(self.code)

    # ----- filling in

    def accepts(self, each: "Field", rest: tuple[str, ...]) -> bool:
        """Whether a key with this rest belongs to the field."""
        del each
        return rest == ()

    def repeats(self, each: "Field") -> bool:
        """Whether one key may carry several values."""
        del each
        return False

    def gather(self, each: "Field", sent: Sent) -> Any:
        """What was typed, in the shape in which the controls show it."""
        del each
        return sent.get((), [""])[0]

    def raw(self, each: "Field", value: Any) -> Any:
        """The same for a stored value."""
        del each
        return "" if value is None else str(value)

    def is_blank(self, raw: Any) -> bool:
        """Whether nothing was filled in."""
        return not (raw.strip() if isinstance(raw, str) else raw)

    def clean(self, each: "Field", raw: Any, context: Context) -> Any:
        """The value of something that is not blank. Raises Invalid."""
        raise AssertionError(self.code)

    def check_complete(self, each: "Field", value: Any) -> None:
        """What a finished form demands besides that the field is filled in. Raises Invalid."""

    def refers(self, each: "Field", raw: Any) -> Iterable[tuple[str, Any]]:
        """People, departments and files (`file`) that a raw value names, so that they are looked up together."""
        del each, raw
        return ()

    def missing(self, each: "Field") -> Invalid:
        """What is said when it must be filled in and is not."""
        from django.utils.translation import gettext_lazy as _

        del each
        return Invalid(_("Fill this in."))

    # ----- computing and showing

    def provides(self, each: "Field") -> tuple[str, ...]:
        """The names that expressions may use for it."""
        return (each.name,)

    def values(self, each: "Field", value: Any) -> dict[str, Any]:
        """What these names stand for."""
        return {each.name: value}

    def lively(self, each: "Field") -> bool:
        """Whether the page shows something next to it that changes with it."""
        del each
        return False

    def text(self, each: "Field", value: Any, context: Context) -> str:
        """A stored value for people, in one line."""
        del each, context
        return "" if value is None else str(value)
