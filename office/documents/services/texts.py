"""Texts as the register keeps them."""

from asp.blobs.marks import is_marked
from asp.jobs.values import clean_text
from office.documents import errors

TITLE_LONGEST = 300
REASON_LONGEST = 500


def title_kept(text: str) -> str:
    """A title in one line. Raises TextUnfit, SecretText."""
    line = " ".join(clean_text(text).split())
    if not line or len(line) > TITLE_LONGEST:
        raise errors.TextUnfit(params={"limit": TITLE_LONGEST})
    return unmarked(line)


def reason_kept(text: str) -> str:
    """A reason in one line. Raises ReasonMissing, SecretText."""
    line = " ".join(clean_text(text).split())[:REASON_LONGEST]
    if not line:
        raise errors.ReasonMissing
    return unmarked(line)


def unmarked(text: str) -> str:
    """The text itself, if it carries no mark of state secrecy. Raises SecretText."""
    if is_marked(text):
        raise errors.SecretText
    return text
