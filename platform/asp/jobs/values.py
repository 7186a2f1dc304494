"""Turning what services hand over into values that PostgreSQL's jsonb can keep."""

import datetime
import uuid
from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise


def clean_text(text: str) -> str:
    """Return `text` without what PostgreSQL cannot store: NUL and lone surrogates."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def jsonable(value: Any) -> Any:
    """Return `value` in JSON types; keys, dates and lazy texts become strings.

    Raises TypeError for anything else, rather than storing a representation that nobody can read.
    """
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, (uuid.UUID, Promise)):
        return clean_text(str(value))
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {clean_text(str(name)): jsonable(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [jsonable(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted((jsonable(item) for item in value), key=str)
    raise TypeError(f"cannot store a {type(value).__name__} as JSON")


class Blanks(dict[str, Any]):
    """Parameters of a text; one that an older version did not store reads as a dash, not as an error."""

    def __missing__(self, key: str) -> str:
        return "–"


def fill(text: object, params: Mapping[str, Any]) -> str:
    """Return `text` with its `{name}` places filled from `params`."""
    try:
        return str(text).format_map(Blanks(params))
    except (ValueError, IndexError, AttributeError, TypeError):
        # A text that does not fit what was stored must not hide the row it belongs to.
        return f"{text} {dict(params)}" if params else str(text)
