"""Text (文本): one line or several, or of a known shape."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from asp.blobs.marks import is_marked
from asp.forms.errors import Invalid
from asp.forms.kinds.base import Columns, Context, Kind
from asp.forms.patterns import Pattern, pattern, patterns
from asp.forms.words import has_unwanted, tidy

if TYPE_CHECKING:
    from asp.forms.definition.model import Field
    from asp.forms.definition.reader import Reader

LONGEST = 10_000
LINE = 200
PARAGRAPH = 2000


@dataclass(frozen=True)
class TextOptions:
    """How long, how many lines, and of which shape."""

    multiline: bool = False
    max_length: int = LINE
    pattern: Pattern | None = None


class Text(Kind):
    """Stored as a text, composed (NFC), without blanks around it."""

    code = "text"
    title = pgettext_lazy("kind of field", "Text")
    icon = "letter-case"
    column = True

    def read(self, reader: "Reader", columns: Columns) -> TextOptions:
        """`multiline`, `max_length`, `pattern`."""
        del columns
        multiline = reader.flag("multiline")
        longest = reader.integer(
            "max_length", least=1, most=LONGEST, default=PARAGRAPH if multiline else LINE
        )
        code = reader.one_of("pattern", ["", *(each.code for each in patterns())], default="")
        if code and multiline:
            reader.fault("pattern", _("A text of several lines has no shape."))
        return TextOptions(multiline, longest, pattern(code) if code else None)

    def read_initial(self, reader: "Reader", options: TextOptions) -> str | None:
        """A text that stands there from the start."""
        return reader.text("initial", most=options.max_length, lines=options.multiline) or None

    def schema(self, each: "Field") -> dict[str, Any]:
        """A text of that length."""
        return {"type": "string", "minLength": 1, "maxLength": each.options.max_length}

    def clean(self, each: "Field", raw: str, context: Context) -> str:
        """The text; of a known shape in the form in which it is compared."""
        del context
        options: TextOptions = each.options
        text = tidy(raw, lines=options.multiline)
        if has_unwanted(text):
            raise Invalid(_("This holds characters that cannot be stored."))
        if len(text) > options.max_length:
            raise Invalid(
                _("{length} characters; at most {most} fit here."), length=len(text), most=options.max_length
            )
        if is_marked(text):
            raise Invalid(
                _("This carries a mark of state secrecy. Secrets must not be processed in this system.")
            )
        if options.pattern is None:
            return text
        try:
            return options.pattern.normalise(text)
        except ValueError:
            raise Invalid(options.pattern.wrong) from None
