"""Two at once, what breaks off in the middle, and what only one office has."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, transaction

from tenants import advisory, fleet, pool
from tenants.catalogue import facts
from tenants.context import bureau_context, host_context, owner_context
from tenants.fleet import errors, plan, replay, rollout
from tenants.fleet.status import is_running
from tenants.models import Bureau, BureauUpgrade, FleetUpgrade, ReadySchema
from tenants.privileges import renew
from tests.support import migrations

LABEL = "notices"
FIELD = 'operations = [migrations.AddField("hostnotice", "mark", models.CharField(max_length=20, null=True))]'
CONCURRENT = """
    atomic = False
    operations = [AddIndexConcurrently("hostnotice", models.Index(fields=["title"], name="notice_by_title"))]
"""
FAILS_SOMEWHERE = """
    operations = [
        migrations.RunPython(
            lambda apps, editor: 1 / apps.get_model("accounts", "account").objects.filter(login="only.here").count()
            if editor.connection.schema_name == SCHEMA
            else None
        ),
    ]
"""


def elsewhere(work):
    """Run `work` in a thread, with a connection of its own."""

    def whole():
        try:
            return work()
        finally:
            connection.close()

    return whole


def versions() -> dict[str, str]:
    with host_context():
        return dict(Bureau.objects.values_list("slug", "version"))


@pytest.mark.timeout(120)
def test_two_runs_at_once_do_not_wait_for_each_other_for_ever(offices, tmp_path):
    """An index that is made concurrently waits for every snapshot, also that of a statement that waits for a lock."""
    offices(3)
    with migrations.added(tmp_path, LABEL, {"0101_mark": FIELD, "0102_index": CONCURRENT}):
        with ThreadPoolExecutor(2) as both:
            outcomes = [
                each.result(100) for each in [both.submit(elsewhere(fleet.upgrade)) for _ in range(2)]
            ]
        assert sorted(each.done for each in outcomes) == [0, 3]
    with host_context():
        assert BureauUpgrade.objects.count() == 3


def test_one_asked_for_in_the_console_does_not_wait(offices):
    offices(1)
    with rollout._alone(), host_context():
        assert is_running()
        with ThreadPoolExecutor(1) as other, pytest.raises(advisory.Taken):
            other.submit(elsewhere(fleet.bureaus_upgrade)).result(30)
        assert fleet.status().running is None
    with host_context():
        assert not is_running()


def test_a_run_that_lost_its_lock_stops(offices, tmp_path, monkeypatch):
    offices(3)
    one = rollout._one

    def then_lose(*arguments, **named):
        found = one(*arguments, **named)
        with owner_context(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
                [rollout.LOCK],
            )
        return found

    monkeypatch.setattr(rollout, "_one", then_lose)
    with migrations.added(tmp_path, LABEL, {"0101_mark": FIELD}):
        with pytest.raises(OperationalError):
            fleet.upgrade()
        monkeypatch.undo()
        with host_context():
            assert BureauUpgrade.objects.count() == 1
        outcome = fleet.upgrade()
        assert (outcome.done, outcome.failed) == (2, 0)
        with host_context():
            assert [run.state for run in fleet.status().runs] == ["done", "interrupted"]


def test_a_schema_that_an_opening_claims_meanwhile_is_not_dropped(fleet_database):
    pool.fill(1)
    claimed, go_on = threading.Event(), threading.Event()

    def opening() -> str:
        with host_context(), transaction.atomic():
            schema, _ = pool.claim()
            Bureau.objects.create(
                slug="claimer",
                name="x",
                schema_name=schema,
                storage_prefix="x",
                wrapped_key=b"",
                quota_bytes=1,
                version="x",
            )
            claimed.set()
            go_on.wait(30)
        return schema

    with ThreadPoolExecutor(2) as both:
        opened = both.submit(elsewhere(opening))
        claimed.wait(30)
        with owner_context():
            # The row is gone for the opening only: everybody else still sees it.
            schema = ReadySchema.objects.get().schema
        dropped = both.submit(elsewhere(lambda: pool.discard(schema)))
        with pytest.raises(TimeoutError):
            dropped.result(1)
        go_on.set()
        assert opened.result(30) == schema
        with pytest.raises(pool.Claimed):
            dropped.result(30)
    assert facts(schema)["columns"]


def test_what_only_one_office_has_stops_nobody_else(offices, tmp_path):
    here = offices(4)
    with owner_context(), connection.cursor() as cursor:
        cursor.execute(f'DROP SCHEMA "{here[1].schema}" CASCADE')
    body = FAILS_SOMEWHERE.replace("SCHEMA", repr(here[0].schema))
    with migrations.added(tmp_path, LABEL, {"0101_python": body, "0102_mark": FIELD}):
        outcome = fleet.upgrade()
        assert (outcome.done, outcome.failed, outcome.stopped) == (2, 2, False)
        reasons = {slug: (error.code, error.params) for slug, error in outcome.failures}
    assert reasons["office1"] == (errors.PYTHON, {"name": "ZeroDivisionError"})
    assert reasons["office2"][0] in (errors.DATABASE, errors.UNPLANNED)


def test_a_version_without_a_way_concerns_its_own_offices(offices, tmp_path, monkeypatch):
    offices(3)
    with host_context():
        Bureau.objects.filter(slug="office1").update(version="f" * 16)
    make = plan.make
    monkeypatch.setattr(plan, "make", lambda start: 1 / 0 if start == "f" * 16 else make(start))
    with migrations.added(tmp_path, LABEL, {"0101_mark": FIELD}):
        outcome = fleet.upgrade()
    assert [(slug, error.code) for slug, error in outcome.failures] == [("office1", errors.PLANNING)]


def test_an_older_program_leaves_newer_offices_alone(offices, tmp_path):
    offices(2)
    with migrations.added(tmp_path, LABEL, {"0101_mark": FIELD}):
        fleet.upgrade()
        newer = versions()
    outcome = fleet.upgrade()
    assert {error.code for _slug, error in outcome.failures} == {errors.NEWER}
    assert versions() == newer


def test_a_busy_office_is_no_canary(offices, tmp_path, monkeypatch):
    monkeypatch.setattr(replay, "TIMEOUT", "SET LOCAL lock_timeout = '200ms'")
    monkeypatch.setattr(replay, "ATTEMPTS", 1)
    here = offices(3)
    held, release = threading.Event(), threading.Event()

    def work() -> None:
        with bureau_context(here[2]), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM notices_hostnotice")
            held.set()
            release.wait(60)

    with ThreadPoolExecutor(1) as other:
        other.submit(elsewhere(work))
        held.wait(20)
        try:
            with migrations.added(tmp_path, LABEL, {"0101_mark": FIELD}):
                outcome = fleet.upgrade()
        finally:
            release.set()
    assert (outcome.done, outcome.failed, outcome.stopped) == (2, 1, False)


def test_a_canary_that_is_not_there_is_said(offices, tmp_path):
    offices(1)
    with (
        migrations.added(tmp_path, LABEL, {"0101_mark": FIELD}),
        pytest.raises(rollout.CanaryUnfitError, match="office9"),
    ):
        fleet.upgrade(canary="office9")


def test_rights_that_were_changed_by_hand_are_put_right(offices):
    (bureau,) = offices(1)
    before = facts(bureau.schema)
    role = f'"{bureau.role}"'
    with owner_context(bureau.schema), connection.cursor() as cursor:
        cursor.execute(f"GRANT UPDATE, DELETE ON audit_entry TO {role}")
        cursor.execute(f"REVOKE SELECT ON library_node FROM {role}")
        cursor.execute("GRANT SELECT ON library_node TO PUBLIC")
    assert facts(bureau.schema) != before
    with owner_context():
        renew(schema=bureau.schema, role=bureau.role)
    with bureau_context(bureau), connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege('audit_entry', 'UPDATE'), has_table_privilege('library_node', 'SELECT')"
        )
        assert cursor.fetchone() == (False, True)
    with owner_context(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM information_schema.table_privileges WHERE grantee = 'PUBLIC' AND table_schema = %s",
            [bureau.schema],
        )
        assert cursor.fetchone() == (0,)
    with host_context():
        assert FleetUpgrade.objects.count() == 0
