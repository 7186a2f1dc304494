"""The fifteen types of official document (公文种类) and the direction in which each goes (行文方向).

Source: 党政机关公文处理工作条例 (2012), articles 8 and 14 to 17; reference §1.1.
"""

from collections.abc import Iterable
from enum import StrEnum

from django.db import models
from django.utils.translation import pgettext_lazy


class Direction(StrEnum):
    """Where a document goes, seen from its issuer."""

    UP = "up"  # 上行文
    DOWN = "down"  # 下行文
    LEVEL = "level"  # 平行文
    CONGRESS = "congress"  # a bill of a government to its People's Congress


class Kind(models.TextChoices):
    """The type of a document (文种)."""

    RESOLUTION = "resolution", pgettext_lazy("document type", "Resolution")
    DECISION = "decision", pgettext_lazy("document type", "Decision")
    ORDER = "order", pgettext_lazy("document type", "Order")
    COMMUNIQUE = "communique", pgettext_lazy("document type", "Communiqué")
    PROCLAMATION = "proclamation", pgettext_lazy("document type", "Announcement to the public")
    PUBLIC_NOTICE = "public_notice", pgettext_lazy("document type", "Notice to the public")
    OPINION = "opinion", pgettext_lazy("document type", "Opinion")
    NOTICE = "notice", pgettext_lazy("document type", "Notice")
    CIRCULAR = "circular", pgettext_lazy("document type", "Circular")
    REPORT = "report", pgettext_lazy("document type", "Report")
    REQUEST = "request", pgettext_lazy("document type", "Request for instructions")
    REPLY = "reply", pgettext_lazy("document type", "Reply")
    BILL = "bill", pgettext_lazy("document type", "Bill")
    LETTER = "letter", pgettext_lazy("document type", "Letter")
    MINUTES = "minutes", pgettext_lazy("document type", "Minutes")

    @property
    def directions(self) -> frozenset[Direction]:
        """The ways it may go; an opinion may go every way."""
        return _DIRECTIONS.get(self, frozenset((Direction.DOWN,)))

    @property
    def is_upward(self) -> bool:
        """Whether it goes up and nowhere else: it needs a signer's name, and has one addressee."""
        return self.directions == {Direction.UP}


_DIRECTIONS: dict[Kind, frozenset[Direction]] = {
    Kind.REPORT: frozenset((Direction.UP,)),
    Kind.REQUEST: frozenset((Direction.UP,)),
    Kind.LETTER: frozenset((Direction.LEVEL,)),
    Kind.OPINION: frozenset((Direction.UP, Direction.DOWN, Direction.LEVEL)),
    Kind.BILL: frozenset((Direction.CONGRESS,)),
}


def of_direction(direction: Direction) -> Iterable[Kind]:
    """The types that may go this way, in the order of the regulation."""
    return (each for each in Kind if direction in each.directions)
