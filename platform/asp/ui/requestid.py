"""A short number for each request: on error pages, in the log, in the answer."""

import logging
import secrets
from contextvars import ContextVar

current: ContextVar[str] = ContextVar("asp_request_id", default="-")


def request_id_new() -> str:
    """Ten hex digits in two groups, easy to read out on the telephone: 8c41-0f3a7e."""
    digits = secrets.token_hex(5)
    return f"{digits[:4]}-{digits[4:]}"


class RequestIdFilter(logging.Filter):
    """Puts `request_id` on every log record."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true; the record is only marked."""
        record.request_id = current.get()
        return True
