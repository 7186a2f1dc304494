"""The checker of smaller acts (检查器): what was acknowledged is there exactly once, and nothing is half done.

Told once more in plain SQL, as in `facts`: it uses none of the code that it judges.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from psycopg2 import sql

from tests.faults.ledger import Ledger

Rows = Callable[..., list[tuple[Any, ...]]]

SITES = "SELECT schema_name FROM tenants_bureau UNION SELECT 'public'"
UNFINISHED_JOBS = "SELECT name, state, error_code FROM jobs_job WHERE state IN ('queued', 'running') AND actor_kind <> 'system'"
# Work of the clock that was killed too often is done by the next one of its name: only the last one counts.
FAILED_JOBS = """
    SELECT name, error_code, error_params::text FROM jobs_job j
    WHERE state = 'failed' AND name <> 'provisioning.open_bureau' AND NOT (
        actor_kind = 'system' AND error_code = 'jobs.worker_vanished' AND EXISTS (
            SELECT FROM jobs_job l
            WHERE l.name = j.name AND l.actor_kind = 'system' AND l.state = 'done' AND l.created_at > j.created_at))"""
UNSEALED = """
    SELECT count(*) FROM audit_entry e WHERE NOT EXISTS (SELECT FROM audit_seal s WHERE s.entry = e.id)"""
TAMPERED = "SELECT count(*) FROM audit_entry WHERE action = 'audit.tampering_found'"
OPEN_IMPORTS = "SELECT filename, state FROM organization_import WHERE state NOT IN ('done', 'discarded')"
FOLDERS = "SELECT name FROM library_node WHERE kind = 'd' AND name LIKE '文件夹-%' AND trash_id IS NULL"
PEOPLE = r"""
    SELECT a.login FROM accounts_account a JOIN organization_member m ON m.account_id = a.id
    WHERE a.login ~ '^p\d{5}[a-h]$'"""
CHECKS = "SELECT extract(epoch FROM max(occurred_at))::float FROM audit_entry WHERE action = 'audit.verified'"
# Each try of the route with its answers.
PROBES = """
    SELECT e.id::text, e.state, (SELECT count(*) FROM outbox_relay_envelope a
                                 WHERE a.causation = e.id AND a.state = 'delivered'),
           (SELECT count(*) FROM outbox_inmessage i WHERE i.id IN
                (SELECT a.id FROM outbox_relay_envelope a WHERE a.causation = e.id))
    FROM outbox_relay_envelope e WHERE e.type = 'outbox.probe.v1'"""
NUMBERS = """
    SELECT p.sender, p.receiver, p.last_seq, count(e.id), count(e.id) FILTER (WHERE e.state <> 'delivered')
    FROM outbox_relay_pair p LEFT JOIN outbox_relay_envelope e ON e.pair_id = p.id GROUP BY p.id"""
UNSENT = "SELECT count(*) FROM outbox_outmessage"
# What people did, as the log has it: an act whose answer was lost and which was repeated stands there once.
MADE = "SELECT target_name, count(*) FROM audit_entry WHERE action = 'library.folder_created' GROUP BY 1"
CONFIRMED = (
    "SELECT target_name, count(*) FROM audit_entry WHERE action = 'organization.import_confirmed' GROUP BY 1"
)
DECIDED = "SELECT target_id::text, count(*) FROM audit_entry WHERE action = 'provisioning.application_approved' GROUP BY 1"
VERIFICATIONS = "SELECT count(*) FROM jobs_job WHERE name = 'audit.verify' AND actor_kind <> 'system'"
# Each process with how often each of its steps was done, and whether anything of it is left.
PROCESSES = """
    SELECT i.title, i.state, (SELECT count(*) FROM workflow_step s WHERE s.instance_id = i.id AND s.state = 'open'),
           (SELECT count(*) FROM workflow_workitem w WHERE w.instance_id = i.id AND w.state IN ('open', 'waiting'))
    FROM workflow_instance i WHERE i.title LIKE '流程-%'"""
STEPS = """
    SELECT i.title || ' ' || e.node, count(*) FROM workflow_event e JOIN workflow_instance i ON i.id = e.instance_id
    WHERE e.kind = 'done' AND i.title LIKE '流程-%' GROUP BY 1"""
DRAFTS = "SELECT count(*) FROM provisioning_application WHERE state = 'draft'"
APPLICATIONS = "SELECT id::text FROM provisioning_application WHERE state <> 'draft'"


def problems(connection: Any, schema: str, ledger: Ledger) -> list[str]:
    """Everything that is not as it must be; `schema` is the bureau that people work in."""
    with connection.cursor() as cursor:

        def rows(query: str, of: str = "public") -> list[tuple[Any, ...]]:
            cursor.execute(sql.SQL("SET LOCAL search_path = {}").format(sql.Identifier(of)))
            cursor.execute(query)
            return list(cursor.fetchall())

        found = [text for (site,) in rows(SITES) for text in _site_problems(site, rows)]
        found += [f"import {name} is {state}" for name, state in rows(OPEN_IMPORTS, schema)]
        found += _once("folder", ledger, (name for (name,) in rows(FOLDERS, schema)))
        found += _once("person", ledger, (login for (login,) in rows(PEOPLE, schema)))
        found += _once("application", ledger, (key for (key,) in rows(APPLICATIONS)), only_these=False)
        found += _message_problems(rows, ledger)
        found += _process_problems(rows(PROCESSES, schema), rows(STEPS, schema), ledger)
        for what, done in (
            ("folder", rows(MADE, schema)),
            ("import", rows(CONFIRMED, schema)),
            ("approval of", rows(DECIDED)),
        ):
            found += [f"{what} {name} was done {count} times" for name, count in done if count != 1]
        if drafts := rows(DRAFTS)[0][0]:
            found.append(f"{drafts} applications were begun, and nobody goes on with them")
        checks, clicks = rows(VERIFICATIONS, schema)[0][0], len(ledger.noted.get("check", []))
        if checks > clicks:
            found.append(f"{clicks} checks of the log were asked for, {checks} were begun")
        asked = max(map(float, ledger.noted.get("check", ["0"])))
        # A click while a check runs finds that one: it may have begun a moment before.
        if asked and (rows(CHECKS, schema)[0][0] or 0) < asked - 60:
            found.append("a check of the log was acknowledged and never made")
        return found


def _process_problems(
    processes: list[tuple[Any, ...]], steps: list[tuple[Any, ...]], ledger: Ledger
) -> list[str]:
    """Every process was begun once and has come to its end; every step of it was done once."""
    found = _once("process", ledger, (title for title, *_rest in processes))
    found += [
        f"process {title} is {state}, with {open_steps} steps and {items} to-do items left"
        for title, state, open_steps, items in processes
        if (state, open_steps, items) != ("completed", 0, 0)
    ]
    done = dict(steps)
    acknowledged = set(ledger.noted.get("step", []))
    found += [
        f"step {name} was acknowledged, and was done {done.get(name, 0)} times"
        for name in acknowledged
        if done.get(name) != 1
    ]
    found += [
        f"step {name} was done {count} times"
        for name, count in steps
        if count != 1 and name not in acknowledged
    ]
    return found


def _message_problems(rows: Rows, ledger: Ledger) -> list[str]:
    """Every message has arrived, in a place of its own, and has had one effect."""
    probes = rows(PROBES)
    found = [
        f"message {key} is {state}, {answers} answers, {received} of them received"
        for key, state, answers, received in probes
        if (state, answers, received) != ("delivered", 1, 1)
    ]
    wanted = len(ledger.noted.get("probe", []))
    if len(probes) != wanted:
        found.append(f"{wanted} messages were acknowledged, {len(probes)} were sent")
    for sender, receiver, last, count, left in rows(NUMBERS):
        if last != count or left:
            found.append(
                f"{sender} to {receiver}: numbered to {last}, {count} messages, {left} not delivered"
            )
    return found


def _site_problems(site: str, rows: Rows) -> list[str]:
    """No site has work that nobody will do, or a log that is not sealed."""
    found = [f"{site}: job {name} is {state} {code}" for name, state, code in rows(UNFINISHED_JOBS, site)]
    found += [f"{site}: job {name} failed: {code} {params}" for name, code, params in rows(FAILED_JOBS, site)]
    if unsealed := rows(UNSEALED, site)[0][0]:
        found.append(f"{site}: {unsealed} entries of the log are not sealed")
    if unsent := rows(UNSENT, site)[0][0]:
        found.append(f"{site}: {unsent} messages were never taken over")
    if rows(TAMPERED, site)[0][0]:
        found.append(f"{site}: the log's check found signs of changes")
    return found


def _once(kind: str, ledger: Ledger, there: Iterable[str], *, only_these: bool = True) -> list[str]:
    """Each acknowledged name is there once; with `only_these`, nothing else is."""
    names, counts = ledger.noted.get(kind, []), Counter(there)
    found = [
        f"{kind} {name} was acknowledged, and is there {counts[name]} times"
        for name in names
        if counts[name] != 1
    ]
    if only_these:
        found += [f"{kind} {name} is there, but nobody was told so" for name in counts.keys() - set(names)]
    return found
