"""The registry of audited actions: code -> sentence, filled with the entry's parameters when shown.

Each app registers its own in `audit_actions.py`, which is imported when Django is ready.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise

from asp.jobs.values import fill
from asp.ui.text import reads_chinese

CODE = re.compile(r"[a-z_]+\.[a-z_]+\Z")

Word = Callable[[str], str | Promise]

_texts: dict[str, str | Promise] = {}
_words: dict[str, Mapping[str, Word]] = {}


class UnknownActionError(LookupError):
    """An action was recorded that no app has registered."""


def register(code: str, text: str | Promise, *, words: Mapping[str, Word] | None = None) -> None:
    """Declare action `code` ("app.thing_done") with its sentence ("Renamed {old} to {new}").

    `words` says for parameters that hold codes ("system") what they are called ("System administrator").
    Raises ValueError if the code is malformed or already has another sentence.
    """
    if not CODE.match(code):
        raise ValueError(f"not an action code: {code!r}")
    if code in _texts and _texts[code] is not text and str(_texts[code]) != str(text):
        raise ValueError(f"action {code} is registered twice")
    _texts[code] = text
    _words[code] = words or {}


def is_registered(code: str) -> bool:
    """Whether some app has declared this action."""
    return code in _texts


def codes() -> list[str]:
    """Every registered action code, sorted."""
    return sorted(_texts)


def sentence(code: str, params: dict[str, Any], *, target_name: str = "") -> str:
    """Return the sentence of one entry in the reader's language; the bare code if nobody knows it."""
    text = _texts.get(code)
    if text is None:
        return code
    words = _words.get(code, {})
    said = {name: _said(value, words.get(name)) for name, value in params.items()}
    return fill(text, {"target": target_name, **said})


def _said(value: Any, word: Word | None) -> Any:
    """A parameter as it stands in a sentence: lists joined as the reader's language does, codes as words."""
    if isinstance(value, list):
        return ("、" if reads_chinese() else ", ").join(str(_said(each, word)) for each in value) or "–"
    return word(value) if word and isinstance(value, str) else value


def label(code: str) -> str:
    """Return the sentence with its blanks shown as an ellipsis, for lists of actions to choose from."""
    text = _texts.get(code)
    return re.sub(r"\{[^}]*\}", "…", str(text)) if text is not None else code
