"""Upgrading the fleet: what was written down once gives every office the same as Django would."""

import dataclasses
import threading

import pytest
from django.db import connection, transaction

from tenants import fleet, pool, version
from tenants.catalogue import differences, facts
from tenants.context import bureau_context, host_context, owner_context
from tenants.fleet import errors, plan, replay
from tenants.keys import uuid7
from tenants.models import Bureau, BureauUpgrade, ReadySchema
from tenants.site import BureauRef
from tests.support import migrations
from tests.support.client import SiteClient

LABEL = "notices"
TEXT = {
    "0101_mark": """
        operations = [
            migrations.AddField("hostnotice", "mark", models.CharField(max_length=20, default="100%")),
            migrations.AddField("hostnotice", "code", models.CharField(max_length=20, null=True)),
            migrations.CreateModel(
                "Shelf",
                [
                    ("id", models.UUIDField(primary_key=True, default=tenants.keys.uuid7)),
                    ("notice", models.ForeignKey("notices.hostnotice", models.CASCADE)),
                ],
            ),
        ]
    """,
    "0102_index": """
        operations = [
            migrations.AddConstraint(
                "hostnotice", models.UniqueConstraint(fields=["code"], name="notice_code_once")
            ),
            migrations.AddIndex("shelf", models.Index(fields=["notice"], name="shelf_by_notice")),
            migrations.RunSQL("UPDATE notices_hostnotice SET mark = '50%' WHERE mark LIKE '1%' -- a remark"),
            migrations.AlterField(
                "shelf", "notice", models.ForeignKey("notices.hostnotice", models.CASCADE, null=True)
            ),
        ]
    """,
}
PYTHON = """
    operations = [
        migrations.RunPython(
            lambda apps, editor: apps.get_model("notices", "hostnotice").objects.update(mark="python"),
        ),
    ]
"""
CONCURRENT = """
    atomic = False
    operations = [
        AddIndexConcurrently("hostnotice", models.Index(fields=["mark"], name="notice_by_mark")),
    ]
"""
THEN = """
    operations = [migrations.AddField("hostnotice", "after", models.IntegerField(null=True))]
"""


def versions() -> dict[str, str]:
    with host_context():
        return dict(Bureau.objects.values_list("slug", "version"))


def notice(bureau: BureauRef) -> None:
    """A row as people have them, in the table as it is now."""
    with owner_context(bureau.schema), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO notices_hostnotice"
            " (id, title, title_en, text, text_en, important, published_at, received_at)"
            " VALUES (%s, '春节放假安排', '', '', '', false, now(), now())",
            [uuid7()],
        )


def read(bureau: BureauRef, query: str) -> list[tuple]:
    with bureau_context(bureau), connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def test_every_office_gets_what_django_would_give_it(offices, tmp_path):
    here = offices(3)
    for bureau in here:
        notice(bureau)
    told = []
    with migrations.added(tmp_path, LABEL, TEXT):
        made = plan.make(here[0].version)
        assert [step.text is not None for step in made.steps] == [True, True]
        outcome = fleet.upgrade(tell=told.append)
        code = version.code_version()
        assert (outcome.total, outcome.done, outcome.failed) == (3, 3, 0)
        assert set(versions().values()) == {code}
        wanted = facts(pool.build())
        for bureau in here:
            assert differences(facts(bureau.schema), wanted) == {}
            assert read(bureau, "SELECT mark, code FROM notices_hostnotice") == [("50%", None)]
        with host_context():
            assert set(ReadySchema.objects.values_list("version", flat=True)) == {code}
        assert fleet.upgrade().total == 0
    assert [each.slug for each in told][0] == "office3"
    assert told[-1].seconds_left == 0


def test_its_log_says_so_and_a_new_function_brings_its_first_rows(offices, tmp_path, monkeypatch):
    (bureau,) = offices(1)
    seeded = []
    monkeypatch.setattr(
        "office.library.services.cabinets.seed", lambda: seeded.append(connection.schema_name)
    )
    with migrations.added(tmp_path, LABEL, {"0101_mark": TEXT["0101_mark"]}):
        made = plan.make(bureau.version)
        new = dataclasses.replace(made, new_functions=("library",))
        with host_context():
            row = Bureau.objects.get(pk=bureau.id)
        replay.replay(new, row, check=None, record=lambda: None)
    assert seeded == [bureau.schema]
    entries = read(bureau, "SELECT params->>'after' FROM audit_entry WHERE action = 'audit.office_upgraded'")
    assert entries == [(made.version,)]
    with host_context():
        replay.replay(new, row, check=None, record=lambda: pytest.fail("done twice"))
    notes = read(bureau, "SELECT count(*) FROM django_migrations WHERE name = '0101_mark'")
    assert notes == [(1,)], "another run that believes to have the lock does nothing a second time"


def test_python_and_work_outside_transactions_take_djangos_path(offices, tmp_path):
    here = offices(2)
    for bureau in here:
        notice(bureau)
    more = {**TEXT, "0103_python": PYTHON, "0104_concurrent": CONCURRENT, "0105_then": THEN}
    with migrations.added(tmp_path, LABEL, more):
        made = plan.make(here[0].version)
        assert [step.text is None for step in made.steps] == [False, False, True, True, False]
        outcome = fleet.upgrade()
        assert (outcome.done, outcome.failed) == (2, 0)
        wanted = facts(pool.build())
        for bureau in here:
            assert differences(facts(bureau.schema), wanted) == {}
            assert read(bureau, "SELECT mark FROM notices_hostnotice") == [("python",)]


def test_an_office_left_between_two_steps_is_served_by_nobody_and_goes_on_from_there(
    offices, tmp_path, monkeypatch
):
    (bureau,) = offices(1)
    more = {**TEXT, "0103_python": PYTHON, "0104_then": THEN}
    with migrations.added(tmp_path, LABEL, more):
        with monkeypatch.context() as patch:
            patch.setattr(replay, "_finish", lambda *_, **__: 1 / 0)
            outcome = fleet.upgrade()
        assert [(slug, error.code) for slug, error in outcome.failures] == [("office1", errors.PYTHON)]
        assert versions() == {"office1": "~" + bureau.version[:-1]}
        assert read(bureau, "SELECT count(*) FROM django_migrations WHERE name = '0103_python'") == [(1,)]
        assert read(bureau, "SELECT count(*) FROM django_migrations WHERE name = '0104_then'") == [(0,)]
    assert SiteClient(bureau).get("/").status_code == 503, "by the former program"
    with migrations.added(tmp_path, LABEL, more):
        assert fleet.upgrade().done == 1
        assert differences(facts(bureau.schema), facts(pool.build())) == {}


def test_one_that_fails_is_under_maintenance_while_the_others_work(offices, tmp_path):
    here = offices(9)
    seventh = here[2]  # the canary is office9, then office8 …
    notice(seventh)
    notice(seventh)
    broken = {
        "0101_mark": TEXT["0101_mark"],
        "0102_once": """
        operations = [
            migrations.RunSQL("UPDATE notices_hostnotice SET code = 'geheim'"),
            migrations.AddConstraint(
                "hostnotice", models.UniqueConstraint(fields=["code"], name="notice_code_once")
            ),
        ]
    """,
    }
    before = facts(seventh.schema)
    with migrations.added(tmp_path, LABEL, broken):
        outcome = fleet.upgrade()
        assert (outcome.done, outcome.failed, outcome.stopped) == (8, 1, False)
        assert differences(facts(seventh.schema), before) == {}, "a failure leaves everything as it was"
        assert SiteClient(seventh).get("/").status_code == 503
        assert SiteClient(here[3]).get("/", follow=True).status_code == 200
        with host_context():
            found = fleet.status()
        assert [each.bureau.slug for each in found.outdated] == ["office3"]
        failure = found.outdated[0].failure
        assert failure.error == errors.DATABASE
        text = errors.text_of(failure.error, failure.params)
        assert "notices.0102_once" in text
        assert "UNIQUE_VIOLATION" in text
        assert "geheim" not in text + str(failure.params), "values stay in the bureau"
        with owner_context(seventh.schema), connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM notices_hostnotice WHERE id = (SELECT min(id::text)::uuid FROM notices_hostnotice)"
            )
        assert fleet.bureaus_upgrade(only=[seventh.id]).done == 1
        assert SiteClient(seventh).get("/", follow=True).status_code == 200
        with host_context():
            assert fleet.status().outdated == []


def test_nobody_is_touched_when_the_canary_fails(offices, tmp_path):
    here = offices(3)
    with owner_context(here[2].schema), connection.cursor() as cursor:
        cursor.execute("CREATE INDEX by_hand ON notices_hostnotice (title)")
    former = versions()
    with migrations.added(tmp_path, LABEL, TEXT):
        outcome = fleet.upgrade()
        assert (outcome.done, outcome.failed, outcome.stopped) == (0, 1, True)
        assert outcome.failures[0][1].code == errors.DIFFERS
        assert outcome.failures[0][1].params == {"kinds": "columns, indexes, relations"}
        assert versions() == former
        with host_context():
            assert fleet.status().runs[0].state == "stopped"
            assert BureauUpgrade.objects.count() == 1
        outcome = fleet.upgrade(canary="office1")
        assert (outcome.done, outcome.failed, outcome.stopped) == (3, 0, False), "only the canary is compared"


def test_an_unknown_former_version_takes_djangos_path(offices, tmp_path):
    (bureau,) = offices(1)
    with owner_context(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM tenants_schematemplate")
    with migrations.added(tmp_path, LABEL, TEXT):
        assert plan.make(bureau.version) is None
        assert fleet.upgrade().done == 1
        assert differences(facts(bureau.schema), facts(pool.build())) == {}


def test_a_schema_that_is_not_what_its_version_says_is_left_alone(offices, tmp_path):
    here = offices(2)
    with owner_context(here[0].schema), connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'library'")
    with migrations.added(tmp_path, LABEL, TEXT):
        outcome = fleet.upgrade()
    assert outcome.done == 1
    assert [(slug, error.code) for slug, error in outcome.failures] == [("office1", errors.UNPLANNED)]


def test_tables_in_use_are_waited_for_and_then_left(offices, tmp_path, monkeypatch):
    monkeypatch.setattr(replay, "TIMEOUT", "SET LOCAL lock_timeout = '200ms'")
    monkeypatch.setattr(replay, "ATTEMPTS", 2)
    here = offices(2)
    held, release = threading.Event(), threading.Event()

    def work() -> None:
        with bureau_context(here[0]), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM notices_hostnotice")
            held.set()
            release.wait(60)
        connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    held.wait(20)
    try:
        with migrations.added(tmp_path, LABEL, TEXT):
            outcome = fleet.upgrade()
            assert [(slug, error.code) for slug, error in outcome.failures] == [("office1", errors.BUSY)]
            release.set()
            worker.join()
            assert fleet.upgrade().done == 1
    finally:
        release.set()
        worker.join()
