"""The probe of log lines."""

import logging
from types import TracebackType
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext_lazy as _

from tenants.context import current_site
from tenants.isolation.attempts import canary
from tenants.isolation.registry import Finding, broken, held, not_tried, probe

PHONE, MAIL, NUMBER = "13912345678", "probe@example.org", "11010519491231002X"
Error = tuple[type[BaseException], BaseException, TracebackType | None]


@probe(
    "logs.content",
    control="3.logs",
    title=_("What the operators' logs say"),
    explanation=_(
        "Programs keep logs for the operators. We let an error happen that carries a name, a phone number, a mail address and "
        "an identity number, and look at the line: it may name the office, and nothing of that."
    ),
)
def content() -> Finding:
    word = canary()
    ours: Any = settings.LOGGING["handlers"]
    handlers = [each for each in logging.getLogger().handlers if each.name in ours]
    if not handlers:
        return not_tried(_("This process writes no logs."))
    lines = [
        each.format(_record("a phone %s, a mail %s, a number %s", (PHONE, MAIL, NUMBER), error))
        for each in handlers
        for error in (_bug(word), _refusal(word))
    ]
    told = sum(secret in line for line in lines for secret in (word, PHONE, MAIL, NUMBER))
    nameless = sum(current_site().key not in line for line in lines)
    if told:
        return broken(_("{count} pieces of what people had entered stood in log lines."), count=told)
    if nameless:
        return broken(_("{count} log lines did not say whose they were."), count=nameless)
    return held(_("{count} lines named the office and nothing of what was entered."), count=len(lines))


def _record(message: str, args: tuple[object, ...], error: Error) -> logging.LogRecord:
    return logging.LogRecord("asp.probe", logging.ERROR, __file__, 1, message, args, error)


def _bug(word: str) -> Error:
    try:
        raise ValueError(f"{word} {PHONE}")
    except ValueError as error:
        return type(error), error, error.__traceback__


def _refusal(word: str) -> Error:
    """PostgreSQL repeats values in its messages."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT %s::int", [f"{word} {PHONE}"])
    except DatabaseError as error:
        return type(error), error, error.__traceback__
    raise AssertionError("no word is a number")
