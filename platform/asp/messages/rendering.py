"""From template and parameters to subject and body."""

import re
from dataclasses import dataclass
from typing import Any

from django.template import Context, TemplateDoesNotExist
from django.template.loader import get_template
from django.utils import translation

SUBJECT_MAX = 200
# C0 and C1 controls and the separators that some mail programs take for the end of a line.
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# Marks that turn the writing direction and make "moc.live" read as "evil.com".
DIRECTION = re.compile(r"[\u202a-\u202e\u2066-\u2069\u200e\u200f]")


@dataclass(frozen=True)
class Text:
    """A message as it goes out."""

    subject: str
    body: str


def template_path(code: str, language: str) -> str:
    """Return where the template of a message lies; raises ValueError for a code that is no plain name."""
    if not re.fullmatch(r"[a-z_]+\.[a-z_]+", code) or not re.fullmatch(r"[a-z-]+", language):
        raise ValueError(f"not a message template: {code!r}, {language!r}")
    return f"messages/{code}.{language}.txt"


def template_exists(code: str, language: str) -> bool:
    """Whether there is a text for this message in this language."""
    try:
        get_template(template_path(code, language))
    except TemplateDoesNotExist:
        return False
    return True


def render(code: str, language: str, params: dict[str, Any], *, link: str = "") -> Text:
    """Return the message in `language`. The first line of the template is the subject.

    Parameters come from people, so control characters in them become spaces: a name can neither end
    the subject line nor begin a header. Nothing is escaped; this is plain text.
    """
    template = get_template(template_path(code, language))
    values = {name: _plain(value) for name, value in params.items()}
    with translation.override(language):
        text = template.template.render(Context({**values, "link": link}, autoescape=False))  # type: ignore[attr-defined]
    subject, _, body = text.lstrip().partition("\n")
    return Text(subject=_plain(subject).strip()[:SUBJECT_MAX], body=body.strip() + "\n")


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return DIRECTION.sub("", CONTROLS.sub(" ", value))
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return value
