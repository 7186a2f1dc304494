"""The console's page about backups: it tells the truth about a living, a silent and a failing process."""

import datetime
from dataclasses import replace
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.utils import timezone, translation

from asp.audit.models import Entry
from asp.operations import board
from asp.operations.backups import process, services
from asp.operations.backups.selectors import SILENT_AFTER, Standing, standing
from asp.operations.backups.words import TROUBLES
from asp.operations.checks.backups import backed_up
from asp.operations.models import BackupReport, BackupRequest
from infra.backup.trouble import WORDS
from tenants.context import host_context
from tenants.observe.checks import Status
from tests.support.client import SiteClient
from tests.support.host import host_administrators
from tests.support.people import people

PATH = "/operations/backups/"


@pytest.fixture(scope="module")
def administrators():
    return dict(zip(("system", "security", "audit"), host_administrators(), strict=True))


@pytest.fixture
def console(administrators) -> SiteClient:
    return SiteClient("host").login_as(administrators["system"])


@pytest.fixture(autouse=True)
def set_up(monkeypatch):
    """A host that has backups, of which nobody has spoken yet."""
    monkeypatch.setattr(settings, "ASP", replace(settings.ASP, backup=True))
    clear()
    yield
    clear()


def clear() -> None:
    with host_context():
        BackupReport.objects.all().delete()
        BackupRequest.objects.all().delete()


def ago(**span: float) -> str:
    return (timezone.now() - datetime.timedelta(**span)).isoformat()


def report(**changes) -> dict:
    """What a healthy process says."""
    value = {
        "target": "/mnt/backup",
        "recipient": "age1xyz",
        "machine": "host-1",
        "settings": {"at": "02:30", "keep": 7, "mirror_minutes": 60, "journal_seconds": 30},
        "trouble": None,
        "journal": {"through_at": ago(seconds=20), "trouble": None, "since": None},
        "base": {"running_since": None, "bytes": 0, "trouble": None, "next_at": ago(hours=-5)},
        "mirror": {
            "trouble": None,
            "next_at": ago(minutes=-30),
            "last": {"at": ago(minutes=30), "objects": 12, "bytes": 4096, "differing": []},
        },
        "backups": [
            {
                "id": "20261128T020000Z",
                "by": "schedule",
                "started_at": ago(hours=6),
                "seconds": 4.2,
                "bytes": 9000,
            }
        ],
        "failures": [],
        "drills": [],
        "space": {"free": 5 * 1024**3, "total": 10 * 1024**3},
    }
    return value | changes


def said(value: dict, *, age: datetime.timedelta = datetime.timedelta(0)) -> None:
    with host_context():
        services.report_keep(report=value)
        BackupReport.objects.update(said_at=timezone.now() - age)


def drill(**changes) -> dict:
    value = {
        "at": ago(days=1),
        "matched": True,
        "backup": "20261128T020000Z",
        "schemas": [{"schema": "public", "tables": 40, "rows": 600, "wrong": 0}],
        "objects": 12,
        "seconds": {"all": 6.7},
        "differences": [],
        "troubles": [],
    }
    return value | changes


def test_it_shows_what_is_there(console):
    said(report(drills=[drill()]))
    text = console.get(PATH).content.decode()
    for words in (
        "Complete",
        "/mnt/backup",
        "every night at 02:30",
        "Matched",
        "40 tables with 600 rows",
        "the schedule",
    ):
        assert words in text
    assert "silent" not in text


def test_a_silent_process_is_told_as_silent(console):
    said(report(base={"running_since": ago(hours=1), "trouble": None}), age=SILENT_AFTER * 2)
    text = console.get(PATH).content.decode()
    assert "The backup process is silent" in text
    assert "is being taken" not in text, "nobody knows of a silent process"


def test_a_process_that_never_spoke_is_told(console):
    text = console.get(PATH).content.decode()
    assert "It has never spoken" in text


def test_a_host_without_backups_says_so_and_takes_no_wish(console, monkeypatch):
    monkeypatch.setattr(settings, "ASP", replace(settings.ASP, backup=False))
    text = console.get(PATH).content.decode()
    assert "not set up" in text
    assert "Back up now" not in text
    assert console.post(f"{PATH}now/").status_code == 409
    with host_context():
        assert not BackupRequest.objects.exists()


def test_troubles_failures_and_differences_come_with_what_to_do(console):
    full = {"code": "target_full", "params": {"path": "/mnt/backup"}}
    said(
        report(
            journal={"through_at": ago(minutes=40), "trouble": full, "since": ago(minutes=39)},
            failures=[
                {"at": ago(hours=2), "kind": "base", "code": "database_away", "params": {"reason": "refused"}}
            ],
            drills=[
                drill(
                    matched=False,
                    troubles=[{"code": "object_missing", "params": {"name": "b_x/1"}}],
                    differences=[{"schema": "b_1", "table": "papers", "living": 5, "restored": 4}],
                )
            ],
        )
    )
    text = console.get(PATH).content.decode()
    for words in (
        "No room is left in /mnt/backup",
        "The database goes on meanwhile",
        "The database does not answer: refused",
        "Differs",
        "Object b_x/1 is missing from the mirror",
        "b_1.papers differs: 5 rows living, 4 restored",
    ):
        assert words in text


def test_back_up_now_is_one_wish_and_on_record(console):
    said(report())
    for _ in range(3):
        assert console.post(f"{PATH}now/").status_code == 302
    with host_context():
        assert BackupRequest.objects.filter(taken_at=None).count() == 1
        wish = BackupRequest.objects.get()
        entries = Entry.objects.filter(action="operations.backup_requested", occurred_at__gte=wish.asked_at)
        assert entries.count() == 1
        assert "A backup was asked for" in console.get(PATH).content.decode()
        assert services.requests_take() == ["base"]
        assert services.requests_take() == []


def test_only_the_system_administrator_may(administrators, bureau_a):
    for duty in ("security", "audit"):
        client = SiteClient("host").login_as(administrators[duty])
        assert client.get(PATH).status_code == 403
        assert client.post(f"{PATH}now/").status_code == 403
    assert SiteClient("host").get(PATH).status_code == 302
    assert SiteClient(bureau_a).login_as(people(bureau_a).system).get(PATH).status_code == 404


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, "ok"),
        ({"backups": []}, "warning"),
        ({"backups": [{"id": "x", "by": "schedule", "started_at": ago(hours=27), "seconds": 1, "bytes": 1}]}, "warning"),
        ({"backups": [{"id": "x", "by": "schedule", "started_at": ago(hours=60), "seconds": 1, "bytes": 1}]}, "wrong"),
        ({"journal": {"through_at": ago(minutes=15)}}, "warning"),
        ({"journal": {"through_at": ago(hours=2)}}, "wrong"),
        ({"mirror": {"last": None}}, "warning"),
        ({"mirror": {"last": {"at": ago(hours=5), "differing": []}}}, "warning"),
        ({"mirror": {"last": {"at": ago(minutes=5), "differing": ["b_x/1"]}}}, "wrong"),
        ({"trouble": {"code": "target_foreign", "params": {"path": "/x"}}}, "wrong"),
        ({"base": {"trouble": {"code": "store_away", "params": {"reason": "x"}}}}, "wrong"),
        ({"drills": [drill(matched=False)]}, "wrong"),
        ({"drills": [drill()]}, "ok"),
    ],
)  # fmt: skip
def test_the_health_check_judges(changes, status):
    result = backed_up(Standing(True, timezone.now(), report(**changes)))
    assert result.status == status
    assert result.advice or status == "ok"
    for language in ("en", "zh-hans"):
        with translation.override(language):
            line = board.Line(SimpleNamespace(code="x", title="x"), result)
            assert "{" not in line.text + line.advice


def test_the_health_check_tells_silence_and_absence():
    old = timezone.now() - SILENT_AFTER * 2
    assert backed_up(Standing(True, old, report())).status == Status.WRONG
    assert backed_up(Standing(True)).status == Status.WRONG
    result = backed_up(Standing(False))
    assert result.status == Status.WARNING
    assert str(result.text).startswith("Not set up")


def test_every_trouble_has_words_here():
    """Those of commands on an empty machine are said by the command line only."""
    assert set(WORDS) - set(TROUBLES) == {"identity_missing", "identity_wrong", "not_empty"}
    for code, (text, advice) in TROUBLES.items():
        for language in ("en", "zh-hans"):
            with translation.override(language):
                assert translation.gettext(text), code
                assert translation.gettext(advice), code


def test_what_the_process_says_arrives(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "ASP", replace(settings.ASP, data_dir=tmp_path))
    process._publish(report())
    with host_context():
        found = standing()
        assert found.last is not None
        assert not found.is_silent
        services.backup_request(actor=process_actor())
    assert process._wishes() == [("base", "console")]
    assert (tmp_path / process.REPORT).exists()


def process_actor():
    from asp.audit.actor import Actor

    return Actor.system("console")
