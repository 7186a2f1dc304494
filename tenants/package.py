"""One bureau's schema as files, and back: `COPY` of every table in one snapshot, with a manifest.

`pg_dump -n` reads every sequence of the database first, which takes minutes with a thousand bureaus; this takes
as long as the bureau is large. The files are plain: whoever calls keeps them private, and not for long.
"""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from psycopg2 import sql

MANIFEST = "manifest.json"
FORMAT = 1
BEFORE = "before_"
# Nobody waits for a lock for longer: then somebody is still at work in the schema.
LOCK_SECONDS = 30


class PackageError(Exception):
    """The package cannot be taken into this schema; the message says why."""


@dataclass(frozen=True)
class Table:
    """One table of a package: its columns in order, its rows, and the SHA-256 of its file."""

    columns: list[str]
    rows: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a package holds. Migrations are compared before anything is taken in."""

    migrations: list[list[str]]
    tables: dict[str, Table] = field(default_factory=dict)

    def write(self, folder: Path) -> None:
        """Write it beside the files."""
        value = {
            "format": FORMAT,
            "migrations": self.migrations,
            "tables": {name: each.__dict__ for name, each in self.tables.items()},
        }
        (folder / MANIFEST).write_text(json.dumps(value, indent=1), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """Read it. Raises PackageError for one of another format."""
        value = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if value["format"] != FORMAT:
            raise PackageError(f"the package has format {value['format']}, not {FORMAT}")
        tables = {name: Table(**each) for name, each in value["tables"].items()}
        return cls(value["migrations"], tables)


class _Counted:
    """A file that hashes what passes."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.digest = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        return self._stream.write(data)

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self.digest.update(data)
        return data


def export_schema(connection: Any, schema: str, folder: Path) -> Manifest:
    """Write every table of `schema` into `folder`, all as of one moment. `connection` is psycopg2's own, with
    no transaction open."""
    folder.mkdir(mode=0o700)
    connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
    try:
        with connection.cursor() as cursor:
            manifest = Manifest(migrations(cursor, schema))
            for name in tables(cursor, schema):
                manifest.tables[name] = _export(cursor, schema, name, folder)
        manifest.write(folder)
        return manifest
    finally:
        connection.rollback()


def _export(cursor: Any, schema: str, name: str, folder: Path) -> Table:
    columns = _columns(cursor, schema, name)
    listed = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT").format(listed, sql.Identifier(schema, name))
    with (folder / name).open("wb") as stream:
        counted = _Counted(stream)
        cursor.copy_expert(statement.as_string(cursor), counted)
    return Table(columns, cursor.rowcount, counted.digest.hexdigest())


@contextmanager
def replaced(
    cursor: Any, schema: str, folder: Path, *, keep: Collection[str], reader: str
) -> Iterator[Mapping[str, int]]:
    """Put the rows of a package in the place of those of `schema`, in the caller's transaction.

    `cursor` is psycopg2's own, of the schema's owner. Tables of `keep` stay as they are. Inside the block every
    table that was replaced has its former rows in a temporary table `before_<name>`, which `reader` may read;
    they are gone at the end of the transaction. Yields the number of rows by table. Raises PackageError if the
    schema has other migrations or tables than the package, or a file is not what was exported.
    """
    manifest = Manifest.read(folder)
    _check(cursor, schema, manifest)
    names = [name for name in manifest.tables if name not in keep]
    identifiers = [sql.Identifier(schema, name) for name in names]
    cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{LOCK_SECONDS}s"])
    cursor.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(sql.SQL(", ").join(identifiers)))
    for name, identifier in zip(names, identifiers, strict=True):
        before = sql.Identifier(f"{BEFORE}{name}"[:63])
        cursor.execute(
            sql.SQL("CREATE TEMPORARY TABLE {} ON COMMIT DROP AS SELECT * FROM {}").format(before, identifier)
        )
        cursor.execute(sql.SQL("GRANT SELECT ON {} TO {}").format(before, sql.Identifier(reader)))
    cursor.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(identifiers)))
    for name in names:
        _import(cursor, schema, name, manifest.tables[name], folder)
    yield {name: manifest.tables[name].rows for name in names}


def _check(cursor: Any, schema: str, manifest: Manifest) -> None:
    if migrations(cursor, schema) != manifest.migrations:
        raise PackageError("the package has other migrations than the schema")
    found = {name: _columns(cursor, schema, name) for name in tables(cursor, schema)}
    if set(found) != set(manifest.tables):
        raise PackageError(f"other tables: {sorted(set(found) ^ set(manifest.tables))}")
    for name, table in manifest.tables.items():
        if sorted(found[name]) != sorted(table.columns):
            raise PackageError(f"{name} has other columns")


def _import(cursor: Any, schema: str, name: str, table: Table, folder: Path) -> None:
    listed = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(schema, name), listed)
    with (folder / name).open("rb") as stream:
        counted = _Counted(stream)
        cursor.copy_expert(statement.as_string(cursor), counted)
    if cursor.rowcount != table.rows or counted.digest.hexdigest() != table.sha256:
        raise PackageError(f"the file of {name} is not what was exported")


def tables(cursor: Any, schema: str) -> list[str]:
    """Names of the tables of a schema."""
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY 1", [schema])
    return [row[0] for row in cursor.fetchall()]


def migrations(cursor: Any, schema: str) -> list[list[str]]:
    """The migrations that a schema has, in order of their names."""
    cursor.execute(
        sql.SQL("SELECT app, name FROM {} ORDER BY 1, 2").format(sql.Identifier(schema, "django_migrations"))
    )
    return [list(row) for row in cursor.fetchall()]


def _columns(cursor: Any, schema: str, name: str) -> list[str]:
    cursor.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = format('%%I.%%I', %s::text, %s::text)::regclass"
        " AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum",
        [schema, name],
    )
    return [row[0] for row in cursor.fetchall()]
