"""The worked example of CONTRIBUTING.md is a function that runs.

Its blocks are taken out of the text and put beside the code; in processes of their own the migration is made, a copy of
the database gets the function, a bureau is built with it, and the example's own test runs.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest

from tests.support import databases

ROOT = databases.ROOT
BLOCK = re.compile(r"^`((?:office|tests)/[\w/.]+)`(?:[^\n]*\n){1,3}?```(\w+)\n(.*?)^```$", re.M | re.S)
SETTINGS = """
import office

office.__path__.append({office!r})
from asp.config.settings import *

TENANT_APPS = [*TENANT_APPS, "office.visitors"]
INSTALLED_APPS = [*INSTALLED_APPS, "office.visitors"]
"""
CONFTEST = """
import django

django.setup()
pytest_plugins = ["tests.support.fixtures"]
"""
VALKEY = 62  # a database of its own: workers count from 1
# Roles belong to the cluster: those of the copy's ready schemas are still those of other copies.
FORGET_POOL = "DELETE FROM public.tenants_readyschema"


def blocks() -> dict[str, str]:
    text = (ROOT / "CONTRIBUTING.md").read_text()
    return {path: content for path, _language, content in BLOCK.findall(text)}


def test_every_file_of_the_example_is_found() -> None:
    kinds = {Path(each).name for each in blocks()}
    assert {
        "apps.py",
        "function.py",
        "models.py",
        "services.py",
        "selectors.py",
        "views.py",
        "urls.py",
    } <= kinds
    assert {"visit.bpmn", "list.html", "test_visits.py", "forms.py", "permissions.py", "__init__.py"} <= kinds


@pytest.mark.slow
def test_the_example_runs(tmp_path: Path) -> None:
    for path, content in blocks().items():
        file = tmp_path / path if path.startswith("office/") else tmp_path / Path(path).name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    (tmp_path / "office/visitors/migrations").mkdir()
    (tmp_path / "office/visitors/migrations/__init__.py").touch()
    (tmp_path / "example_settings.py").write_text(SETTINGS.format(office=str(tmp_path / "office")))
    (tmp_path / "conftest.py").write_text(CONFTEST)
    name = f"example{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    environment = {
        **os.environ,
        **databases.copy_make(name, queue=VALKEY),
        "POOL_SIZE": "1",
        "ASP_DB_LOGIN": "owner",
        "DJANGO_SETTINGS_MODULE": "example_settings",
        "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT), str(ROOT / "platform")]),
    }
    with psycopg2.connect(environment["DATABASE_OWNER_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute(FORGET_POOL)
    connection.close()
    environment = {key: value for key, value in environment.items() if not key.startswith("PYTEST_")}
    manage, alone = str(ROOT / "manage.py"), ["-p", "no:cacheprovider", "-p", "no:valkey", "-p", "no:xdist"]
    pytest_ini = ["-c", os.devnull, "--rootdir", str(tmp_path), "--import-mode", "importlib"]
    commands = (
        [manage, "makemigrations", "visitors"],
        [manage, "upgrade"],
        ["-m", "pytest", *alone, *pytest_ini, "-q", str(tmp_path / "test_visits.py")],
    )
    try:
        for command in commands:
            ran = subprocess.run(  # noqa: S603
                [sys.executable, *command],
                env=environment,
                capture_output=True,
                text=True,
                check=False,
                cwd=tmp_path,
            )
            assert ran.returncode == 0, f"{' '.join(command)}\n{ran.stdout[-6000:]}\n{ran.stderr[-6000:]}"
    finally:
        databases.drop(f"tongban_test_{name}")
    assert "3 passed" in ran.stdout
