"""What the database says, read in one snapshot, and what is wrong with it (检查器).

The rules are told to the checker here once more, in plain SQL: it uses none of the code that it judges.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from psycopg2 import sql

from tests.faults.ledger import Ledger

GIB = 1024**3
PUBLIC = "public"

SITES = "SELECT id::text, slug, schema_name, quota_bytes, octet_length(wrapped_key) FROM tenants_bureau"
SCHEMAS = r"SELECT nspname FROM pg_namespace WHERE nspname LIKE 'b\_%'"
ROLES = r"SELECT rolname FROM pg_roles WHERE rolname LIKE 'b\_%'"
READY = "SELECT schema FROM tenants_readyschema"
APPLICATIONS = """
    SELECT a.id::text, a.credit_code, a.state, a.granted_slug, a.bureau_id::text,
           (SELECT count(*) FROM provisioning_opening o WHERE o.application_id = a.id AND o.state = 'done'),
           (SELECT count(*) FROM provisioning_opening o WHERE o.application_id = a.id
                AND o.state IN ('waiting', 'running')),
           (SELECT count(*) FROM tenants_bureau b WHERE b.credit_code = a.credit_code),
           (SELECT count(*) FROM audit_entry e WHERE e.action = 'provisioning.bureau_opened'
                AND e.target_id = a.bureau_id)
    FROM provisioning_application a WHERE a.state <> 'draft'"""
STORAGE = """
    SELECT coalesce((SELECT "limit" FROM blobs_storageaccount), -1),
           coalesce((SELECT used FROM blobs_storageaccount), 0),
           coalesce((SELECT reserved FROM blobs_storageaccount), 0),
           coalesce((SELECT sum(size) FROM blobs_blob WHERE state IN ('checking', 'ready', 'broken')), 0),
           coalesce((SELECT sum(reserved) FROM blobs_upload
                     WHERE state = 'receiving' AND expires_at < now() + interval '25 hours'), 0),
           (SELECT count(*) FROM blobs_blob WHERE state = 'checking'),
           (SELECT count(*) FROM blobs_blob WHERE state = 'broken')"""
PEOPLE = """
    SELECT (SELECT count(*) FROM accounts_account WHERE kind = 'administrator'),
           (SELECT count(DISTINCT duty) FROM accounts_account WHERE kind = 'administrator'),
           (SELECT count(*) FROM accounts_link WHERE purpose = 'activation' AND channel = 'mail'),
           (SELECT count(*) FROM asp_messages_message WHERE template = 'accounts.activation')"""
FILES = """
    SELECT n.id::text, n.name, n.parent_id::text, n.size, n.number, b.state, b.sha256, b.size,
           (SELECT count(*) FROM library_version v WHERE v.file_id = n.id)
    FROM library_node n LEFT JOIN blobs_blob b ON b.id = n.blob_id
    WHERE n.kind = 'f' AND n.trash_id IS NULL"""


@dataclass
class Storage:
    """Sums of one site's storage."""

    limit: int
    used: int
    reserved: int
    held: int
    promised: int
    checking: int
    broken: int


@dataclass
class BureauFacts:
    """One bureau's row and what its schema holds; no counts if there is no schema."""

    id: str
    slug: str
    schema: str
    quota: int
    key: int
    storage: Storage | None = None
    people: tuple[int, ...] = ()


@dataclass
class Facts:
    """Everything that the rules are about."""

    schemas: set[str]
    roles: set[str]
    ready: list[str]
    bureaus: list[BureauFacts]
    applications: dict[str, tuple[Any, ...]]
    host: Storage
    files: list[tuple[Any, ...]] = field(default_factory=list)  # of the bureau that files were sent to


def read(connection: Any, *, files_of: str) -> Facts:
    """Read everything in the current transaction of `connection`, or in one of its own."""
    with connection.cursor() as cursor:

        def rows(query: str, schema: str = PUBLIC) -> list[tuple[Any, ...]]:
            cursor.execute(sql.SQL("SET LOCAL search_path = {}").format(sql.Identifier(schema)))
            cursor.execute(query)
            return list(cursor.fetchall())

        found = Facts(
            schemas={name for (name,) in rows(SCHEMAS)},
            roles={name for (name,) in rows(ROLES)},
            ready=[name for (name,) in rows(READY)],
            bureaus=[BureauFacts(*row) for row in rows(SITES)],
            applications={row[0]: row[1:] for row in rows(APPLICATIONS)},
            host=Storage(*rows(STORAGE)[0]),
        )
        for bureau in found.bureaus:
            if bureau.schema in found.schemas:
                bureau.storage = Storage(*rows(STORAGE, bureau.schema)[0])
                bureau.people = rows(PEOPLE, bureau.schema)[0]
            if bureau.slug == files_of:
                found.files = rows(FILES, bureau.schema)
        return found


def problems(facts: Facts, ledger: Ledger) -> list[str]:
    """Everything that is not as it must be, each in a sentence."""
    return [
        *_office_problems(facts, ledger),
        *_schema_problems(facts),
        *(text for bureau in facts.bureaus for text in _bureau_problems(bureau)),
        *_storage_problems("the host", facts.host),
        *_file_problems(facts, ledger),
        *ledger.wrong,
    ]


def _office_problems(facts: Facts, ledger: Ledger) -> list[str]:
    """An acknowledged approval has exactly one office; no application has two."""
    found = []
    for each in ledger.approved:
        row = facts.applications.get(each.application)
        if row is None:
            found.append(
                f"approval of {each.application} ({each.slug}) was acknowledged, but there is no row"
            )
            continue
        _code, state, slug, bureau, *_counts = row
        if state != "opened" or bureau is None:
            found.append(f"approval of {each.slug} was acknowledged, but the application is {state}")
        if slug != each.slug:
            found.append(f"approval for the address {each.slug} was acknowledged, but {slug!r} is stored")
        granted = [each_bureau.quota for each_bureau in facts.bureaus if each_bureau.slug == each.slug]
        if granted != [each.quota_gb * GIB]:
            found.append(f"{each.slug}: {each.quota_gb} GB were granted to one bureau, found {granted}")
    codes = Counter(row[0] for row in facts.applications.values())
    found += [f"{count} applications with the code {code}" for code, count in codes.items() if count > 1]
    for key, (_code, state, slug, _bureau, done, under_way, bureaus, entries) in facts.applications.items():
        if (done, under_way, bureaus, entries) != ((1, 0, 1, 1) if state == "opened" else (0, 0, 0, 0)):
            found.append(
                f"application {key} ({slug}, {state}): {done} openings done, {under_way} under way, "
                f"{bureaus} bureaus, {entries} audit entries"
            )
    return found


def _schema_problems(facts: Facts) -> list[str]:
    """Every bureau's schema is a bureau's or waits in the pool, and has its role; nothing is both."""
    claimed = Counter(bureau.schema for bureau in facts.bureaus)
    ready = Counter(facts.ready)
    found = [f"schema {name} belongs to {count} bureaus" for name, count in claimed.items() if count > 1]
    found += [f"schema {name} is in the pool {count} times" for name, count in ready.items() if count > 1]
    found += [f"schema {name} is a bureau's and in the pool" for name in claimed.keys() & ready.keys()]
    known = claimed.keys() | ready.keys()
    found += [f"schema {name} is nobody's" for name in sorted(facts.schemas - known)]
    found += [f"schema {name} is known, but does not exist" for name in sorted(known - facts.schemas)]
    found += [f"role {name} has no schema" for name in sorted(facts.roles - facts.schemas)]
    found += [f"schema {name} has no role" for name in sorted(facts.schemas - facts.roles)]
    return found


def _bureau_problems(bureau: BureauFacts) -> list[str]:
    """A bureau is whole: three administrators, quota, key, one activation for each; never half open."""
    if bureau.storage is None:
        return [f"bureau {bureau.slug} has no schema"]
    found = _storage_problems(f"bureau {bureau.slug}", bureau.storage)
    administrators, duties, links, messages = bureau.people
    if (administrators, duties) != (3, 3):
        found.append(f"bureau {bureau.slug} has {administrators} administrators of {duties} kinds")
    if links != messages or links not in (0, 3):
        found.append(f"bureau {bureau.slug}: {links} activations by mail, {messages} messages")
    if bureau.key < 32:
        found.append(f"bureau {bureau.slug} has no key")
    if bureau.storage.limit != bureau.quota:
        found.append(f"bureau {bureau.slug}: quota {bureau.quota} is stored as {bureau.storage.limit}")
    return found


def _storage_problems(site: str, storage: Storage) -> list[str]:
    """What is used is what is held; what is reserved is promised to uploads that will expire."""
    found = []
    if storage.used != storage.held:
        found.append(f"{site}: {storage.used} bytes count as used, but content of {storage.held} is held")
    if storage.reserved != storage.promised:
        found.append(f"{site}: {storage.reserved} bytes are reserved, {storage.promised} by open uploads")
    if storage.checking:
        found.append(f"{site}: {storage.checking} contents are still not checked")
    if storage.broken:
        found.append(f"{site}: {storage.broken} contents are broken")
    return found


def _file_problems(facts: Facts, ledger: Ledger) -> list[str]:
    """Every acknowledged upload is in its folder exactly once, in one version, with the bytes that were sent."""
    found = []
    for kept in ledger.kept:
        here = [row for row in facts.files if row[1] == kept.name]
        if len(here) != 1:
            found.append(f"{kept.name} was acknowledged, and is there {len(here)} times")
            continue
        node, _name, folder, size, number, state, sha256, blob_size, versions = here[0]
        if node != kept.node or folder != kept.folder:
            found.append(f"{kept.name} is not the file, or not in the folder, that the answer named")
        if (number, versions) != (1, 1):
            found.append(f"{kept.name} was sent once, and has {versions} versions")
        if (size, blob_size, sha256, state) != (kept.size, kept.size, kept.sha256, "ready"):
            found.append(
                f"{kept.name}: {kept.size} bytes were sent, {blob_size} are stored ({state}, {sha256})"
            )
    sent = {kept.name for kept in ledger.kept}
    found += [f"{row[1]} is there, but nobody sent it" for row in facts.files if row[1] not in sent]
    return found
