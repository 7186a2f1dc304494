"""Counting statements, and telling of slow ones by their shape: no value ever reaches a log."""

import logging
import os
import re
import time
from collections.abc import Callable
from typing import Any

from tenants.observe import fields, metrics

log = logging.getLogger("tenants.slow")

SLOW_SECONDS = float(os.environ.get("SLOW_QUERY_MS", "300")) / 1000
LONGEST_SHAPE = 800

_DOLLAR = re.compile(r"\$(\w*)\$.*?\$\1\$", re.S)
_TEXT = re.compile(r"E?'(?:[^'\\]|''|\\.)*'", re.S)
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.S)
_NUMBER = re.compile(r"(?<![\w\"$.])-?\d+(?:\.\d+)?\b")
_LIST = re.compile(r"\((?:\s*(?:%s|\?)\s*,)+\s*(?:%s|\?)\s*\)")
_ROWS = re.compile(r"(\(…\)|\((?:%s|\?)\))(?:\s*,\s*(?:\(…\)|\((?:%s|\?)\)))+")


def shape(sql: object) -> str:
    """Return a statement without its values: literals become `?`, lists `(…)`, white space one blank."""
    text = sql if isinstance(sql, str) else ""
    if not text:
        # Composed statements carry their literals where they cannot be told apart.
        return f"({type(sql).__name__})"
    for pattern, put in ((_DOLLAR, "?"), (_TEXT, "?"), (_COMMENT, " "), (_NUMBER, "?"), (_LIST, "(…)")):
        text = pattern.sub(put, text)
    text = _ROWS.sub(r"\1 …", text)
    return " ".join(text.split())[:LONGEST_SHAPE]


def watch(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
    """Execute wrapper of the database backend: counts, measures, and logs what took too long."""
    begun = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        _count(sql, time.perf_counter() - begun)


def _count(sql: Any, seconds: float) -> None:
    kind = fields.site_kind()
    metrics.queries.labels(metrics.PROCESS, kind).inc()
    metrics.query_seconds.labels(metrics.PROCESS, kind).inc(seconds)
    found = fields.tally.get()
    if found is not None:
        found.queries += 1
        found.seconds += seconds
    if seconds >= SLOW_SECONDS:
        metrics.slow_queries.labels(metrics.PROCESS, kind).inc()
        log.warning(
            "slow statement",
            extra={
                "fields": {
                    "ms": round(seconds * 1000),
                    "sql": shape(sql),
                    "route": found.route if found else "",
                    "number": found.queries if found else 0,
                }
            },
        )
