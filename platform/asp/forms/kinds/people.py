"""People (人员) and departments (部门), chosen from the directories."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from asp.forms.directories import DEPARTMENT, PERSON
from asp.forms.errors import Invalid
from asp.forms.kinds.base import Columns, Context, Kind, Sent

if TYPE_CHECKING:
    from asp.forms.definition.model import Field
    from asp.forms.definition.reader import Reader

MOST = 50
ME = "me"
UUID = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"


@dataclass(frozen=True)
class PeopleOptions:
    """One, or several."""

    many: bool = False


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


class Person(Kind):
    """Stored as the account's id, or as a list of ids."""

    code = "person"
    title = _("Person")
    icon = "user"
    width = "half"
    directory = PERSON

    def read(self, reader: "Reader", columns: Columns) -> PeopleOptions:
        """`many`."""
        del columns
        return PeopleOptions(reader.flag("many"))

    def read_initial(self, reader: "Reader", options: PeopleOptions) -> str | None:
        """Whoever begins the form, if wanted."""
        del options
        return reader.one_of("initial", ["", ME], default="") or None

    def begin(self, each: "Field", me: Any) -> Any:
        """Whoever begins the form."""
        if each.initial != ME or me is None:
            return None
        return [str(me)] if each.options.many else str(me)

    def schema(self, each: "Field") -> dict[str, Any]:
        """An id, or a list of ids."""
        one = {"type": "string", "pattern": UUID}
        if each.options.many:
            return {"type": "array", "items": one, "uniqueItems": True, "minItems": 1, "maxItems": MOST}
        return one

    def repeats(self, each: "Field") -> bool:
        """Several boxes send one key several times."""
        return bool(each.options.many)

    def gather(self, each: "Field", sent: Sent) -> list[str]:
        """Ids, also where there is one."""
        del each
        return list(dict.fromkeys(value.strip() for value in sent.get((), []) if value.strip()))

    def raw(self, each: "Field", value: Any) -> list[str]:
        """The same."""
        if value is None:
            return []
        return list(value) if each.options.many else [value]

    def refers(self, each: "Field", raw: list[str]) -> Iterable[tuple[str, uuid.UUID]]:
        """Whom it names."""
        del each
        for text in raw[: MOST + 1]:
            found = _uuid(text)
            if found is not None:
                yield self.directory, found

    def clean(self, each: "Field", raw: list[str], context: Context) -> Any:
        """Only those who are there and may be chosen."""
        if len(raw) > MOST:
            raise Invalid(_("At most {most} can be chosen."), most=MOST)
        usable = context.usable.get(self.directory, set())
        ids = [_uuid(text) for text in raw]
        if any(one is None or one not in usable for one in ids):
            raise Invalid(self._gone())
        keys = [str(one) for one in ids]
        return keys if each.options.many else keys[0]

    def _gone(self) -> Any:
        return _("Somebody chosen here is not there any more. Choose again.")

    def missing(self, each: "Field") -> Invalid:
        """Choosing, not writing."""
        del each
        return Invalid(_("Choose here."))

    def text(self, each: "Field", value: Any, context: Context) -> str:
        """Their names."""
        known = context.entries.get(self.directory, {})
        names = []
        for text in self.raw(each, value):
            entry = known.get(uuid.UUID(text))
            names.append(entry.label if entry is not None else gettext("not there any more"))
        return gettext(", ").join(names)


class Department(Person):
    """The same for departments."""

    code = "department"
    title = _("Department")
    icon = "building-community"
    directory = DEPARTMENT

    def read_initial(self, reader: "Reader", options: PeopleOptions) -> str | None:
        """Nothing to begin with."""
        del reader, options
        return None

    def _gone(self) -> Any:
        return _("A department chosen here is not there any more. Choose again.")
