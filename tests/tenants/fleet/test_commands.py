"""`manage.py fleet` and `upgrade` in a process of their own: what they say, and kill -9 in the middle."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection

from tenants import fleet
from tenants.catalogue import facts
from tenants.context import host_context, owner_context
from tenants.models import Bureau, BureauUpgrade
from tests.support import migrations
from tests.support.databases import ROOT

# Slow enough that a kill after one office's line hits the next one in its transaction.
SLOW = {
    "0101_first": """
        operations = [
            migrations.AddField("hostnotice", "mark", models.CharField(max_length=20, null=True)),
            migrations.RunSQL("SELECT pg_sleep(0.15)"),
        ]
    """,
    "0102_second": """
        operations = [migrations.AddField("hostnotice", "code", models.CharField(max_length=20, null=True))]
    """,
}

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Return a function that starts `manage.py …` on this test's database, with the slow migrations."""
    package = migrations.write(tmp_path, "notices", SLOW)

    def begin(*arguments: str) -> subprocess.Popen[str]:
        name = connection.settings_dict["NAME"]
        urls = {
            key: urlunsplit(urlsplit(os.environ[key])._replace(path=f"/{name}"))
            for key in ("DATABASE_URL", "DATABASE_OWNER_URL")
        }
        environment = {
            **os.environ,
            **urls,
            "DJANGO_SETTINGS_MODULE": "tests.support.settings_upgraded",
            "MORE_MIGRATIONS": json.dumps({"notices": package}),
            "PYTHONPATH": str(tmp_path),
            "PYTHONUNBUFFERED": "1",
        }
        return subprocess.Popen(  # noqa: S603
            [sys.executable, str(ROOT / "manage.py"), *arguments],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    return begin


def said(process: subprocess.Popen[str]) -> tuple[int, str]:
    text, _ = process.communicate(timeout=120)
    return process.returncode, text


def test_an_upgrade_ended_by_kill_goes_on_where_it_was(offices, start: Start):
    here = offices(8)
    before = facts(here[0].schema)
    process = start("fleet", "upgrade")
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("3 of 8"):
            process.send_signal(signal.SIGKILL)
            break
    process.communicate(timeout=60)
    with host_context():
        done = set(BureauUpgrade.objects.values_list("bureau_id", flat=True))
        versions = dict(Bureau.objects.values_list("id", "version"))
        assert fleet.status().runs[0].state == "interrupted"
    assert 3 <= len(done) < 8
    old = here[0].version
    for bureau in here:
        assert (versions[bureau.id] != old) == (bureau.id in done)
        assert (facts(bureau.schema) == before) == (bureau.id not in done), "half an upgrade"
    status, text = said(start("fleet", "status"))
    assert status == 1
    assert "interrupted, 3 done" in text or "interrupted, 4 done" in text

    status, text = said(start("fleet", "upgrade"))
    assert status == 0, text
    assert f"{8 - len(done)} offices are current, 0 failed" in text
    with host_context():
        assert (
            BureauUpgrade.objects.count()
            == len({each.bureau_id for each in BureauUpgrade.objects.all()})
            == 8
        )
    status, text = said(start("fleet", "compare"))
    assert status == 0, text
    assert text.count(": equal") == 8
    assert said(start("fleet", "status"))[0] == 0


def test_the_start_goes_on_with_an_office_that_failed_and_the_command_says_why(offices, start: Start):
    here = offices(3)
    with owner_context(here[0].schema), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE notices_hostnotice ADD COLUMN code int")
    status, text = said(start("upgrade"))
    assert status == 0, "the other offices and the console shall start"
    assert (
        "office1 FAILED: Migration notices.0102_second was refused by the database: DUPLICATE_COLUMN" in text
    )
    assert "2 offices are current, 1 failed" in text
    status, text = said(start("fleet", "status"))
    assert status == 1
    assert "office1" in text
    status, text = said(start("fleet", "upgrade", "--bureau", "nobody"))
    assert status == 1
    assert "there is no bureau nobody" in text
    status, text = said(start("fleet", "upgrade", "--canary", "office2"))
    assert status == 1
    assert "office2 is not among the offices to be upgraded" in text
    assert "Traceback" not in text
    with owner_context(here[0].schema), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE notices_hostnotice DROP COLUMN code")
    assert said(start("fleet", "upgrade", "--bureau", "office1"))[0] == 0
    with owner_context(here[1].schema), connection.cursor() as cursor:
        cursor.execute("CREATE INDEX by_hand ON notices_hostnotice (title)")
    status, text = said(start("fleet", "compare", "--bureau", "office2", "--bureau", "office3"))
    assert status == 1
    assert "office2: DIFFERS" in text
    assert "by_hand" in text
    assert "office3: equal" in text
