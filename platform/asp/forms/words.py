"""Text in two languages, and what no text of a form may hold."""

import re
import unicodedata
from dataclasses import dataclass

from asp.ui.text import reads_chinese

# Control characters (PostgreSQL keeps no NUL in JSON, XML takes none), halves of characters, and the marks that turn
# the direction of writing around, with which a label can be made to read as something else.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)


@dataclass(frozen=True, slots=True)
class Words:
    """A label or a help text: Chinese, and English if somebody wrote it."""

    zh: str = ""
    en: str = ""

    @property
    def text(self) -> str:
        """In the language that is active now; the other one where there is nothing in it."""
        return (self.zh or self.en) if reads_chinese() else (self.en or self.zh)

    def __str__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)


def tidy(text: str, *, lines: bool = False) -> str:
    """`text` composed (NFC), with plain line ends and no blanks around; one line unless `lines`."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    if not lines:
        text = re.sub(r" *[\n\t]+ *", " ", text)
    return text.strip()


def has_unwanted(text: str) -> bool:
    """Whether `text` holds characters that cannot be stored or shown as what they are."""
    return _UNWANTED.search(text) is not None
