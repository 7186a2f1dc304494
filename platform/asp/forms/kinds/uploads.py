"""Attachments (附件): files that were uploaded through the caller's desk."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from asp.forms.errors import Invalid
from asp.forms.files import TYPES, type_fits
from asp.forms.kinds.base import Columns, Context, Kind, Sent

if TYPE_CHECKING:
    from asp.forms.definition.model import Field
    from asp.forms.definition.reader import Reader

MOST_FILES = 20
ID_LONGEST = 64


@dataclass(frozen=True)
class AttachmentOptions:
    """How many files, and of which types."""

    least: int = 0
    most: int = 5
    types: tuple[str, ...] = ()


class Attachment(Kind):
    """Stored as a list of {"id", "name", "size"}, as the desk describes them; the browser sends ids only."""

    code = "attachment"
    title = _("Attachment")
    icon = "paperclip"

    def read(self, reader: "Reader", columns: Columns) -> AttachmentOptions:
        """`min`, `max`, `types`."""
        del columns
        least = reader.integer("min", least=0, most=MOST_FILES, default=0)
        most = reader.integer("max", least=1, most=MOST_FILES, default=max(5, least))
        if least > most:
            reader.fault("max", _("The largest value is smaller than the smallest one."))
        types = reader.list_of("types", most=len(TYPES))
        if not all(isinstance(each, str) and each in TYPES for each in types):
            reader.fault("types", _("Only one of these can be used: {allowed}."), allowed=", ".join(TYPES))
            types = []
        return AttachmentOptions(least, most, tuple(types))

    def schema(self, each: "Field") -> dict[str, Any]:
        """A list of files."""
        one = {
            "type": "object",
            "properties": {
                "id": {"type": "string", "minLength": 1, "maxLength": ID_LONGEST},
                "name": {"type": "string", "maxLength": 255},
                "size": {"type": "integer", "minimum": 0},
            },
            "required": ["id", "name", "size"],
            "additionalProperties": False,
        }
        return {"type": "array", "items": one, "minItems": 1, "maxItems": each.options.most}

    def repeats(self, each: "Field") -> bool:
        """One key for each file."""
        del each
        return True

    def gather(self, each: "Field", sent: Sent) -> list[str]:
        """Ids."""
        del each
        return list(dict.fromkeys(value.strip() for value in sent.get((), []) if value.strip()))

    def raw(self, each: "Field", value: Any) -> list[str]:
        """Ids."""
        del each
        return [one["id"] for one in value or []]

    def refers(self, each: "Field", raw: list[str]) -> Iterable[tuple[str, str]]:
        """Which files it names."""
        del each
        return (("file", one) for one in raw[: MOST_FILES + 1] if len(one) <= ID_LONGEST)

    def clean(self, each: "Field", raw: list[str], context: Context) -> list[dict[str, Any]]:
        """Only files that the desk knows."""
        options: AttachmentOptions = each.options
        if len(raw) > options.most:
            raise Invalid(_("At most {most} files."), most=options.most)
        found = []
        for one in raw:
            info = context.infos.get(one)
            if info is None:
                raise Invalid(_("A file is not there any more. Upload it again."))
            if info.media_type and not type_fits(info.media_type, options.types):
                raise Invalid(
                    _("{name} is of another type. Possible are {types}."),
                    name=info.name,
                    types=types_text(options),
                )
            found.append({"id": info.id, "name": info.name, "size": info.size})
        return found

    def check_complete(self, each: "Field", value: Any) -> None:
        """Enough files, once there are any or they are required."""
        if len(value or []) < each.options.least and (value or each.required):
            raise Invalid(_("At least {least} files."), least=each.options.least)

    def missing(self, each: "Field") -> Invalid:
        """Uploading, not writing."""
        del each
        return Invalid(_("Upload a file."))

    def values(self, each: "Field", value: Any) -> dict[str, Any]:
        """How many there are."""
        return {each.name: Decimal(len(value)) if value else None}

    def text(self, each: "Field", value: Any, context: Context) -> str:
        """Their names."""
        del each, context
        return gettext(", ").join(one["name"] for one in value or [])


def types_text(options: AttachmentOptions) -> str:
    """The types that a field takes, in words; nothing if it takes any."""
    return gettext(", ").join(str(TYPES[each][0]) for each in options.types)
