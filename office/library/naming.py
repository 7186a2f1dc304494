"""Names of folders and files: which are taken, what makes two the same, how they are sorted."""

import re
import unicodedata
from collections.abc import Collection

from asp.blobs.names import clean_filename

_NUMBER = re.compile(r"\d+")
_COPY = re.compile(r" \(\d+\)$")
MOST_BYTES = 255


def clean(name: str) -> str:
    """Return a name as it is kept. Raises `asp.blobs.errors.FileNameRefused` with the reason in words."""
    return clean_filename(name)


def key_of(name: str) -> str:
    """What is equal for two names that people would take for the same one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def sort_key_of(name: str) -> str:
    """What puts 第2章 before 第10章 and 北京 before 上海: padded numbers, pinyin, small letters."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    padded = _NUMBER.sub(lambda match: match.group().lstrip("0").zfill(12), plain)
    if padded.isascii():
        return padded[:300]
    # Late, as in asp.accounts.pinyin: its dictionaries take a third of a second to read.
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(padded, style=Style.TONE3, neutral_tone_with_five=True))[:300]


def free_name(name: str, taken: Collection[str]) -> str:
    """Return `name`, or "name (2).ext" with the first number whose key is not in `taken`."""
    if key_of(name) not in taken:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or not stem:
        stem, extension = name, ""
    stem = _COPY.sub("", stem)
    for number in range(2, len(taken) + 3):
        tail = f" ({number}){dot}{extension}" if extension else f" ({number})"
        candidate = _cut(stem, MOST_BYTES - len(tail.encode())) + tail
        if key_of(candidate) not in taken:
            return candidate
    raise AssertionError("more names than numbers")


def _cut(text: str, most: int) -> str:
    return text.encode()[: max(0, most)].decode("utf-8", "ignore").rstrip()
