"""Log lines: JSON for machines, one line of text for a terminal. Neither holds personal data.

A line has fixed fields; what libraries hang on a record (the request, for one) is left out. Exceptions are
told by class, place and, where it can hold nothing that people typed, message: PostgreSQL repeats values in
its messages, parsers repeat their input. Paths carry one-time tokens, so the route's name stands for them.
"""

import datetime
import json
import logging
import re
from types import TracebackType
from typing import Any

import psycopg2
import redis
from django.db import Error as DatabaseError

from asp.ui import requestid
from asp.ui.errors import UserFacingError
from tenants.observe import fields, metrics

# Messages of these name code and types, not values.
SPEAKING = (AttributeError, ImportError, NameError, TypeError, MemoryError, RecursionError)
LONGEST = 4000
FRAMES = 40
_PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_NUMBER = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")


def describe(error: BaseException) -> str:
    """Return an exception in words that repeat nothing of what people have entered."""
    name = type(error).__name__
    if isinstance(error, UserFacingError):
        return f"{name} {error.code}"
    if isinstance(error, DatabaseError):
        cause = error.__cause__
        return f"{name} ({describe(cause)})" if isinstance(cause, psycopg2.Error) else name
    if isinstance(error, psycopg2.Error):
        return _database(error, name)
    if isinstance(error, redis.ConnectionError | redis.TimeoutError):
        return f"{name}: {_first_line(error)}"
    if isinstance(error, OSError):
        return f"{name}: {error.strerror}" if error.strerror else name
    return f"{name}: {_first_line(error)}" if isinstance(error, SPEAKING) else name


def _database(error: psycopg2.Error, name: str) -> str:
    if not error.pgcode:
        return f"{name}: {_first_line(error)}"
    places = {
        "table": error.diag.table_name,
        "column": error.diag.column_name,
        "constraint": error.diag.constraint_name,
    }
    found = "".join(f", {what} {which}" for what, which in places.items() if which)
    return f"{name}: sqlstate {error.pgcode}{found}"


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [""])[0][:300]


def trace(error: BaseException) -> list[str]:
    """Return the exception and what led to it, outermost first, as lines without source text."""
    lines: list[str] = []
    seen: set[int] = set()
    each: BaseException | None = error
    while each is not None and id(each) not in seen:
        seen.add(id(each))
        lines.append(describe(each))
        lines.extend(_frames(each.__traceback__))
        each = each.__cause__ or (None if each.__suppress_context__ else each.__context__)
    return lines


def _frames(step: TracebackType | None) -> list[str]:
    found = []
    while step is not None:
        code = step.tb_frame.f_code
        found.append(f"  {code.co_filename}:{step.tb_lineno} {code.co_name}")
        step = step.tb_next
    return found[-FRAMES:]


def route_of(request: Any) -> str:
    """Return the name of the view that a request came to; a path may hold a token and is never told."""
    match = getattr(request, "resolver_match", None)
    if match is not None:
        return str(match.view_name or "unnamed")
    return "static" if str(getattr(request, "path", "")).startswith("/static/") else "none"


def message_of(record: logging.LogRecord) -> str:
    """Return the record's message with exceptions described, and a request's path replaced by its route."""
    args: Any = record.args
    if isinstance(args, tuple):
        request = getattr(record, "request", None)
        paths = _paths(request)
        args = tuple(_safe(each, paths, request) for each in args)
    try:
        text = str(record.msg) % args if args else str(record.msg)
    except (TypeError, ValueError):
        text = str(record.msg)
    return scrubbed(text)[:LONGEST]


def _safe(value: Any, paths: frozenset[str], request: Any) -> Any:
    if isinstance(value, BaseException):
        return describe(value)
    return route_of(request) if isinstance(value, str) and value in paths else value


def _paths(request: Any) -> frozenset[str]:
    if not hasattr(request, "get_full_path"):
        return frozenset()
    paths = {request.path, request.path_info, request.get_full_path()}
    # Django escapes what it tells of requests.
    return frozenset(paths | {each.encode("unicode_escape").decode("ascii") for each in paths})


def scrubbed(text: str) -> str:
    """The last net: phone numbers, mail addresses and identity numbers of whatever source."""
    return _MAIL.sub("(mail)", _PHONE.sub("(phone)", _NUMBER.sub("(number)", text)))


def fields_of(record: logging.LogRecord) -> dict[str, Any]:
    """Return what a line says. `extra={"fields": {…}}` adds to it; its values must be safe."""
    moment = datetime.datetime.fromtimestamp(record.created, tz=datetime.UTC)
    line: dict[str, Any] = {
        "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "level": record.levelname,
        "logger": record.name,
        "process": metrics.PROCESS,
        "message": message_of(record),
    }
    # Django tells of an answer when the request's context is gone; the request itself still knows.
    request = getattr(record, "request", None)
    site = getattr(request, "site", None)
    where = {
        "request_id": requestid.current.get().strip("-") or getattr(request, "id", ""),
        "site": fields.site_key() or getattr(site, "key", ""),
        "job": fields.job.get(),
        "message_id": fields.message.get(),
    }
    line |= {name: value for name, value in where.items() if value}
    line |= getattr(record, "fields", None) or {}
    error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
    if error is not None:
        line["error"] = trace(error)
    return line


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        return json.dumps(fields_of(record), ensure_ascii=False, default=str)


class TextFormatter(logging.Formatter):
    """The same for a person at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; an exception follows on lines of its own."""
        line = fields_of(record)
        error = line.pop("error", [])
        head = " ".join(str(line.pop(name)) for name in ("time", "level", "logger", "message"))
        line.pop("process")
        rest = " ".join(f"{name}={value}" for name, value in line.items())
        return "\n".join([f"{head} {rest}".rstrip(), *error])
