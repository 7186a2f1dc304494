"""Prepare one database for the run and give each worker a copy, a Valkey database and a bucket."""

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = "tongban_test_template"


def prepare_template() -> None:
    """Drop what an earlier run left, and migrate a fresh template database (public schema and a pool)."""
    _execute(f"DROP DATABASE IF EXISTS {TEMPLATE} WITH (FORCE)", f"CREATE DATABASE {TEMPLATE}")
    environment = {
        **os.environ,
        **_urls(TEMPLATE),
        "POOL_SIZE": "6",
        "SCHEMA_PREFIX": "b_t_",
        "ASP_DB_LOGIN": "owner",
    }
    subprocess.run([sys.executable, str(ROOT / "manage.py"), "upgrade"], env=environment, check=True)  # noqa: S603


def use_copy(worker: str) -> None:
    """Point this process at the copy of the template that belongs to `worker`."""
    os.environ.update(copy_make(worker, queue=1 + worker_number(worker)), ASP_DB_LOGIN="owner")


def worker_number(worker: str) -> int:
    """0 of `main` and `gw0`, 1 of `gw1` …"""
    return int(re.sub(r"\D", "", worker) or 0)


def copy_make(name: str, *, queue: int) -> dict[str, str]:
    """Make a fresh copy of the template; return the environment of those who work with it.

    `queue` is the number of its Valkey database (1 to 63).
    """
    database = copy_bare(name)
    return {
        **_urls(database),
        "REDIS_URL": urlunsplit(urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{queue}")),
        "S3_BUCKET": f"test-{name}",
        "SCHEMA_PREFIX": f"b_{name}_",
        "POOL_SIZE": "2",
    }


def copy_bare(name: str) -> str:
    """Make a fresh copy of the template, and nothing beside it; return the name of the database."""
    database = f"tongban_test_{name}"
    drop(database)
    _execute(f"CREATE DATABASE {database} TEMPLATE {TEMPLATE}")
    return database


def drop(database: str) -> None:
    """Drop a database, whoever is in it."""
    _execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")


def _urls(name: str) -> dict[str, str]:
    return {
        key: urlunsplit(urlsplit(os.environ[key])._replace(path=f"/{name}"))
        for key in ("DATABASE_URL", "DATABASE_OWNER_URL")
    }


def _execute(*statements: str) -> None:
    connection = psycopg2.connect(os.environ["DATABASE_OWNER_URL"])
    connection.autocommit = True
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    connection.close()
