"""Why a bureau's upgrade failed: a code and parameters, shown in the reader's language.

What PostgreSQL says of a failure may quote a bureau's content, which the host must not read. Only the
names that it gives (condition, table, column, constraint) are kept.
"""

from collections.abc import Mapping
from typing import Any

from django.db import Error, InterfaceError, OperationalError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from psycopg2 import errorcodes

DATABASE, BUSY, UNPLANNED, DIFFERS, STEP = "database", "busy", "unplanned", "differs", "step"
NEWER, PLANNING, PYTHON = "newer", "planning", "python"

TEXTS: Mapping[str, str | Promise] = {
    DATABASE: _("Migration {migration} was refused by the database: {condition} {where}"),
    BUSY: _("The office's tables were in use, {attempts} times for {seconds} seconds; nothing was changed."),
    UNPLANNED: _("The schema does not hold the migrations of its version {version}: {names}"),
    DIFFERS: _("After the upgrade the schema would not be what the code expects: {kinds}"),
    NEWER: _("The office is of version {version}, which is newer than this software."),
    PLANNING: _("No way could be planned from version {version}: {name}"),
    PYTHON: _("The upgrade broke off: {name}"),
    STEP: _("A step after the migrations failed: {name}"),
}
IN_USE = frozenset({errorcodes.LOCK_NOT_AVAILABLE, errorcodes.DEADLOCK_DETECTED})
SHUT_DOWN = frozenset({errorcodes.ADMIN_SHUTDOWN, errorcodes.CRASH_SHUTDOWN, errorcodes.CANNOT_CONNECT_NOW})


class UpgradeError(Exception):
    """A bureau could not be upgraded; its schema is as it was before the step that failed."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params


def sqlstate(error: BaseException) -> str:
    """The SQLSTATE of a database error, or an empty text."""
    return getattr(error.__cause__, "pgcode", None) or ""


def is_busy(error: Error) -> bool:
    """Somebody else held what was needed; trying again may help."""
    return sqlstate(error) in IN_USE


def is_gone(error: Error) -> bool:
    """The database went away: no fault of the bureau's."""
    state = sqlstate(error)
    if not state:
        return isinstance(error, OperationalError | InterfaceError)
    return state in SHUT_DOWN or state.startswith(errorcodes.CLASS_CONNECTION_EXCEPTION)


def database_error(error: Error, migration: str) -> UpgradeError:
    """Describe `error` by the names of things, without a value from any row."""
    state = sqlstate(error)
    try:
        condition = errorcodes.lookup(state)
    except KeyError:
        condition = state or type(error).__name__
    diag = getattr(error.__cause__, "diag", None)
    names = (getattr(diag, f"{kind}_name", None) for kind in ("table", "column", "constraint"))
    where = ".".join(name for name in names if name)
    return UpgradeError(DATABASE, migration=migration, condition=condition, where=where)


def text_of(code: str, params: Mapping[str, Any]) -> str:
    """The reason in the active language."""
    text = TEXTS.get(code)
    if text is None:
        return code
    return str(text).format_map({**dict.fromkeys(_names(str(text)), ""), **params})


def _names(text: str) -> list[str]:
    from string import Formatter

    return [name for _before, name, _spec, _conversion in Formatter().parse(text) if name]
