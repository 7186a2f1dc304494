"""Both checkers together, and the check of the checkers (对照): faults that they must find.

A checker that finds nothing may be blind. So after each storm faults are planted in a transaction that nobody else
sees, and each has to be found and named.
"""

from typing import Any

from tests.faults import acts, facts
from tests.faults.ledger import Ledger
from tests.faults.storm import World


def judge(world: World, connection: Any, ledger: Ledger | None = None) -> list[str]:
    """Everything that is not as it must be, in one snapshot."""
    ledger = ledger or world.ledger
    found = facts.problems(facts.read(connection, files_of=world.bureau), ledger)
    return found + acts.problems(connection, world.schema, ledger)


def snapshot(world: World) -> Any:
    """A connection that sees one moment. Nothing done on it may be committed."""
    connection = world.stack.connect()
    connection.set_session(isolation_level="REPEATABLE READ")
    return connection


def plant(world: World, connection: Any, fault: str) -> tuple[str, str]:
    """Plant one of FAULTS; return what the checkers should say, and what they say."""
    approved = world.ledger.approved[0]
    rows = world.stack.ask("SELECT schema_name FROM tenants_bureau WHERE slug = %s", approved.slug)
    names = {
        "schema": world.schema,
        "office": rows[0][0],
        "name": world.ledger.kept[0].name,
        "slug": approved.slug,
        "folder": world.ledger.noted["folder"][0],
        "person": world.ledger.noted["person"][0],
    }
    statement, expected = FAULTS[fault]
    with connection.cursor() as cursor:
        cursor.execute(statement.format(**names))
    return expected.format(**names), "\n".join(judge(world, connection))


def blind_spots(world: World) -> list[str]:
    """The planted faults that the checkers do not see."""
    unseen = []
    for fault in FAULTS:
        connection = snapshot(world)
        try:
            expected, found = plant(world, connection, fault)
            if expected not in found:
                unseen.append(fault)
        finally:
            connection.rollback()
            connection.close()
    return unseen


# What is planted, and what the checkers say of it.
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
    "a lost folder": (
        "UPDATE {schema}.library_node SET trash_id = id WHERE name = '{folder}'",
        "folder {folder} was acknowledged, and is there 0 times",
    ),
    "a person who was not imported": (
        "DELETE FROM {schema}.organization_member WHERE account_id = "
        "(SELECT id FROM {schema}.accounts_account WHERE login = '{person}')",
        "person {person} was acknowledged, and is there 0 times",
    ),
    "an import that nobody ends": (
        "UPDATE {schema}.organization_import SET state = 'running'",
        ".xlsx is running",
    ),
    "a job that nobody runs": (
        "UPDATE {schema}.jobs_job SET state = 'queued' WHERE name = 'organization.import_run'",
        "job organization.import_run is queued",
    ),
    "a step that was done twice": (
        "INSERT INTO {schema}.workflow_event SELECT (jsonb_populate_record(e, jsonb_build_object('id', gen_random_uuid()))).* "
        "FROM {schema}.workflow_event e WHERE e.kind = 'done' AND e.node = 'left'",
        "was acknowledged, and was done 2 times",
    ),
    "a process that nobody ends": (
        "UPDATE {schema}.workflow_instance SET state = 'running'",
        "is running, with 0 steps and 0 to-do items left",
    ),
    "a message that was lost": (
        "DELETE FROM outbox_relay_envelope WHERE type = 'outbox.probe_answered.v1'",
        "0 answers, 0 of them received",
    ),
    "a message that was not received": (
        "DELETE FROM outbox_inmessage WHERE type = 'outbox.probe_answered.v1'",
        "1 answers, 0 of them received",
    ),
    "a message that was sent twice": (
        "INSERT INTO outbox_relay_envelope SELECT (jsonb_populate_record(e, jsonb_build_object("
        "'id', gen_random_uuid(), 'seq', 1000000))).* "
        "FROM outbox_relay_envelope e WHERE e.type = 'outbox.probe.v1' LIMIT 1",
        "messages were acknowledged, ",
    ),
    "a folder that was made twice": (
        "INSERT INTO {schema}.audit_entry SELECT (jsonb_populate_record(e, jsonb_build_object('id', gen_random_uuid()))).* "
        "FROM {schema}.audit_entry e WHERE e.action = 'library.folder_created' AND e.target_name = '{folder}'",
        "folder {folder} was done 2 times",
    ),
    "an import that was confirmed twice": (
        "INSERT INTO {schema}.audit_entry SELECT (jsonb_populate_record(e, jsonb_build_object('id', gen_random_uuid()))).* "
        "FROM {schema}.audit_entry e WHERE e.action = 'organization.import_confirmed'",
        ".xlsx was done 2 times",
    ),
    "an application that was approved twice": (
        "INSERT INTO audit_entry SELECT (jsonb_populate_record(e, jsonb_build_object('id', gen_random_uuid()))).* "
        "FROM audit_entry e WHERE e.action = 'provisioning.application_approved'",
        " was done 2 times",
    ),
    "a draft that was begun twice": (
        "UPDATE provisioning_application SET state = 'draft' WHERE id = "
        "(SELECT id FROM provisioning_application LIMIT 1)",
        "1 applications were begun, and nobody goes on with them",
    ),
    "a check of the log that was begun twice": (
        "INSERT INTO {schema}.jobs_job SELECT (jsonb_populate_record(j, jsonb_build_object('id', gen_random_uuid()))).* "
        "FROM {schema}.jobs_job j, generate_series(1, 100) WHERE j.name = 'audit.verify'",
        " checks of the log were asked for, ",
    ),
    "a message that nobody takes over": (
        'INSERT INTO {schema}.outbox_outmessage (id, "to", type, subject, body, occurred_at) '
        "VALUES (gen_random_uuid(), 'host', 'tests.lost.v1', '', '{{}}', now())",
        "1 messages were never taken over",
    ),
    "an entry without its seal": (
        "DELETE FROM {schema}.audit_seal WHERE seq = 1",
        "1 entries of the log are not sealed",
    ),
}
