"""What is written down does what Django does, also where Django does it in its own way."""

import pytest
from django.db import connection

from tenants import fleet, pool
from tenants.catalogue import differences, facts
from tenants.context import bureau_context, owner_context
from tenants.fleet import plan
from tenants.keys import uuid7
from tests.support import migrations

LABEL = "notices"


def notice(bureau) -> None:
    """A row as people have them."""
    with owner_context(bureau.schema), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO notices_hostnotice"
            " (id, title, title_en, text, text_en, important, published_at, received_at)"
            " VALUES (%s, '通知', '', '', '', false, now(), now())",
            [uuid7()],
        )


def column(bureau, name: str) -> list:
    with bureau_context(bureau), connection.cursor() as cursor:
        cursor.execute(f"SELECT {name} FROM notices_hostnotice")  # noqa: S608
        return [row[0] for row in cursor.fetchall()]


def test_a_migration_after_one_that_changed_rows_works_where_there_are_rows(offices, tmp_path):
    """Pending checks of a foreign key keep a table from being altered: each migration ends with its checks done."""
    here = offices(2)
    notice(here[0])
    bodies = {
        "0101_shelf": """
            operations = [
                migrations.CreateModel(
                    "Shelf",
                    [
                        ("id", models.UUIDField(primary_key=True, default=tenants.keys.uuid7)),
                        ("notice", models.ForeignKey("notices.hostnotice", models.CASCADE)),
                    ],
                ),
            ]
        """,
        "0102_rows": """
            operations = [
                migrations.RunSQL(
                    "INSERT INTO notices_shelf (id, notice_id) SELECT gen_random_uuid(), id FROM notices_hostnotice"
                ),
            ]
        """,
        "0103_more": """
            operations = [migrations.AddField("shelf", "name", models.CharField(max_length=9, default=""))]
        """,
    }
    with migrations.added(tmp_path, LABEL, bodies):
        outcome = fleet.upgrade()
        assert (outcome.done, outcome.failures) == (2, [])


@pytest.mark.parametrize(
    "field", ["models.UUIDField(default=tenants.keys.uuid7)", "models.IntegerField(default=7)"]
)
def test_a_random_default_is_each_bureaus_own(offices, tmp_path, field):
    here = offices(2)
    for bureau in here:
        notice(bureau)
    body = f'operations = [migrations.AddField("hostnotice", "mark", {field})]'
    with migrations.added(tmp_path, LABEL, {"0101_mark": body}):
        assert plan.make(here[0].version).is_text == ("uuid7" not in field)
        assert fleet.upgrade().done == 2
        values = {value for bureau in here for value in column(bureau, "mark")}
        assert len(values) == (2 if "uuid7" in field else 1)


def test_a_squash_beside_the_old_and_then_alone(offices, tmp_path):
    first = 'operations = [migrations.AddField("hostnotice", "mark", models.IntegerField(null=True))]'
    second = 'operations = [migrations.AddField("hostnotice", "code", models.IntegerField(null=True))]'
    squash = """
        replaces = [("notices", "0101_first"), ("notices", "0102_second")]
        operations = [
            migrations.AddField("hostnotice", "mark", models.IntegerField(null=True)),
            migrations.AddField("hostnotice", "code", models.IntegerField(null=True)),
        ]
    """
    here = offices(2)
    with migrations.added(tmp_path / "1", LABEL, {"0101_first": first, "0102_second": second}):
        assert fleet.upgrade().done == 2
    both = {"0101_first": first, "0102_second": second}
    with migrations.added(tmp_path / "2", LABEL, both, squashed={"0103_squash": squash}):
        outcome = fleet.upgrade()
        assert (outcome.done, outcome.failures) == (2, [])
    with migrations.added(tmp_path / "3", LABEL, {"0103_squash": squash.replace("replaces", "formerly")}):
        outcome = fleet.upgrade()
        assert (outcome.done, outcome.failures) == (2, [])
        assert differences(facts(here[0].schema), facts(pool.build())) == {}


def test_a_squash_that_runs_is_noted_as_django_notes_it(offices, tmp_path):
    first = 'operations = [migrations.AddField("hostnotice", "mark", models.IntegerField(null=True))]'
    squash = """
        replaces = [("notices", "0101_first")]
        operations = [migrations.AddField("hostnotice", "mark", models.IntegerField(null=True))]
    """
    here = offices(2)
    with migrations.added(tmp_path, LABEL, {"0101_first": first}, squashed={"0102_squash": squash}):
        outcome = fleet.upgrade()
        assert (outcome.done, outcome.failures) == (2, [])
        assert differences(facts(here[0].schema), facts(pool.build())) == {}
