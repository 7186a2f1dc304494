"""The checker is checked (对照): each planted fault is found, and named."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.faults import facts
from tests.faults.ledger import Approved, Kept, Ledger
from tests.faults.storm import World

pytestmark = [pytest.mark.faults, pytest.mark.timeout(420)]


@pytest.fixture
def planted(after_the_storm: World) -> Iterator[Any]:
    """A connection whose changes nobody else ever sees."""
    connection = after_the_storm.stack.connect()
    try:
        yield connection
    finally:
        connection.rollback()
        connection.close()


def judge(world: World, connection: Any, ledger: Ledger | None = None) -> str:
    return "\n".join(
        facts.problems(facts.read(connection, files_of=world.bureau), ledger or world.ledger),
    )


FAULTS = {
    "a lost file": (
        "UPDATE {schema}.library_node SET trash_id = id WHERE name = '{name}'",
        "{name} was acknowledged, and is there 0 times",
    ),
    "other bytes": (
        "UPDATE {schema}.blobs_blob SET sha256 = repeat('0', 64) WHERE id = "
        "(SELECT blob_id FROM {schema}.library_node WHERE name = '{name}')",
        "{name}: ",
    ),
    "a wrong sum": ("UPDATE {schema}.blobs_storageaccount SET used = used + 1", "bytes count as used"),
    "reserved for ever": (
        "UPDATE {schema}.blobs_storageaccount SET reserved = reserved + 1",
        "bytes are reserved",
    ),
    "a schema that was claimed and lost": ("CREATE SCHEMA b_lost", "schema b_lost is nobody's"),
    "a role without a schema": ("CREATE ROLE b_left", "role b_left has no schema"),
    "a half-open bureau": (
        "DELETE FROM {office}.accounts_link; DELETE FROM {office}.accounts_account WHERE duty = 'audit'",
        "has 2 administrators",
    ),
    "a bureau without its quota": ("DELETE FROM {office}.blobs_storageaccount", "is stored as -1"),
    "an approval that was lost": (
        "UPDATE provisioning_application SET state = 'approved', bureau_id = NULL WHERE granted_slug = '{slug}'",
        "but the application is approved",
    ),
    "an office that was opened twice": (
        "INSERT INTO audit_entry SELECT (jsonb_populate_record(e, jsonb_build_object('id', gen_random_uuid()))).* "
        "FROM audit_entry e JOIN tenants_bureau b ON b.id = e.target_id "
        "WHERE e.action = 'provisioning.bureau_opened' AND b.slug = '{slug}'",
        "2 audit entries",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(after_the_storm: World, planted: Any, fault: str) -> None:
    world = after_the_storm
    approved = world.ledger.approved[0]
    rows = world.stack.ask("SELECT schema_name FROM tenants_bureau WHERE slug = %s", approved.slug)
    names = {
        "schema": world.schema,
        "office": rows[0][0],
        "name": world.ledger.kept[0].name,
        "slug": approved.slug,
    }
    statement, expected = FAULTS[fault]
    with planted.cursor() as cursor:
        cursor.execute(statement.format(**names))
    assert expected.format(**names) in judge(world, planted)


def test_a_client_that_believes_without_an_answer_is_found(after_the_storm: World, planted: Any) -> None:
    """Who takes a request that was sent for one that was acknowledged, finds things missing."""
    believer = replace(after_the_storm.ledger, kept=[*after_the_storm.ledger.kept])
    believer.kept.append(Kept(name="只发出.bin", folder="-", size=1, sha256="-", node="-"))
    believer.approved = [*believer.approved, Approved("nobody", "nowhere", "-", 1)]
    found = judge(after_the_storm, planted, believer)
    assert "只发出.bin was acknowledged, and is there 0 times" in found
    assert "approval of nobody (nowhere) was acknowledged, but there is no row" in found
