"""Small helpers for words: names in the reader's language, numbers of bytes."""

from typing import Any

from django.utils.translation import get_language, gettext

UNITS = ("B", "KB", "MB", "GB", "TB", "PB")


def reads_chinese(language: str | None = None) -> bool:
    """Whether the reader's language (or `language`) is Chinese."""
    return (language or get_language() or "zh-hans").startswith("zh")


def localized(thing: Any, attr: str = "name", *, language: str | None = None) -> str:
    """The name of `thing` in the reader's language: `name_en` for readers of English, if there is one.

    Takes objects and mappings; None and things without a name give an empty string.
    """

    def read(key: str) -> str:
        value = thing.get(key) if isinstance(thing, dict) else getattr(thing, key, None)
        return str(value) if value else ""

    if thing is None:
        return ""
    if not reads_chinese(language):
        english = read(f"{attr}_en")
        if english:
            return english
    return read(attr)


def bytes_text(size: int | float | None) -> str:
    """A size as people write it: 84 KB, 1.8 GB (steps of 1,024)."""
    if size is None:
        return gettext("unknown size")
    amount = float(size)
    unit = 0
    while abs(amount) >= 1024 and unit < len(UNITS) - 1:
        amount /= 1024
        unit += 1
    # 1023.9 KB would be written as 1024 KB: say 1 MB.
    if round(amount) >= 1024 and unit < len(UNITS) - 1:
        amount /= 1024
        unit += 1
    if unit == 0 or amount >= 100 or abs(amount - round(amount)) < 0.05:
        number = f"{amount:,.0f}"
    else:
        number = f"{amount:.1f}"
    return f"{number} {UNITS[unit]}"


def initial_of(name: str) -> str:
    """The sign of a bureau or person: the first Chinese character, or up to two Latin initials."""
    name = name.strip()
    if not name:
        return "·"
    if ord(name[0]) > 0x2E80:
        return name[0]
    words = [word for word in name.replace("-", " ").split() if word[0].isalnum()]
    return "".join(word[0] for word in words[:2]).upper() or name[0]
