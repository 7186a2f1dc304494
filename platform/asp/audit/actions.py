"""The registry of audited actions: code -> sentence, filled with the entry's parameters when shown.

Each app registers its own in `audit_actions.py`, which is imported when Django is ready.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from asp.jobs.values import fill
from asp.ui.text import reads_chinese
from tenants import registry

CODE = re.compile(r"[a-z_]+\.[a-z_]+\Z")

Word = Callable[[str], str | Promise]
Outcome = Literal["done", "refused", "failed"]
OUTCOMES: dict[Outcome, str | Promise] = {"done": _("Done"), "refused": _("Denied"), "failed": _("Failed")}

_texts: dict[str, str | Promise] = {}
_words: dict[str, Mapping[str, Word]] = {}
_outcomes: dict[str, Outcome] = {}


class UnknownActionError(LookupError):
    """An action was recorded that no app has registered."""


def register(
    code: str,
    text: str | Promise,
    *,
    words: Mapping[str, Word] | None = None,
    outcome: Outcome = "done",
) -> None:
    """Declare action `code` ("app.thing_done") with its sentence ("Renamed {old} to {new}").

    `words` says for parameters that hold codes ("system") what they are called ("System administrator");
    `outcome` says how the act ended: what was refused or failed is an action of its own.
    Raises ValueError if the code is malformed or already has another sentence.
    """
    if not CODE.match(code):
        raise ValueError(f"not an action code: {code!r}")
    if code in _texts and _texts[code] is not text and str(_texts[code]) != str(text):
        raise ValueError(f"action {code} is registered twice")
    _texts[code] = text
    _words[code] = words or {}
    _outcomes[code] = outcome


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


def outcome(code: str) -> Outcome:
    """How acts of this kind ended; of one that nobody knows any more, that it was done."""
    return _outcomes.get(code, "done")


def codes_ending(wanted: Outcome) -> list[str]:
    """The registered actions that end so, sorted."""
    return sorted(code for code, each in _outcomes.items() if each == wanted)


def groups() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Every action by the function it belongs to: prefix, title, (code, label) by label."""
    found: dict[str, list[tuple[str, str]]] = {}
    for code in _texts:
        found.setdefault(code.partition(".")[0], []).append((code, label(code)))
    titled = [
        (prefix, group_title(prefix), sorted(pairs, key=lambda pair: pair[1]))
        for prefix, pairs in found.items()
    ]
    return sorted(titled, key=lambda group: group[1])


def group_title(prefix: str) -> str:
    """What the function is called whose actions begin with `prefix`."""
    function = registry.by_code(prefix)
    return str(function.title) if function is not None else prefix


def codes_saying(words: str) -> list[str]:
    """The actions whose sentence has these words, as the reader reads it."""
    wanted = words.casefold()
    return sorted(code for code in _texts if wanted in label(code).casefold())
