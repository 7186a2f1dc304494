"""A word that people of one bureau use is met nowhere else: no answer, no row, no key, no log line, no metric.

The word is planted by ordinary use – names of people and files, a task, a notification, a wrong sign-in, the cache – and
looked for in everything that another bureau, the host or whoever reads the machine's own records could see.
"""

import copy
import io
import logging
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse

from asp.accounts import sources
from asp.accounts.models import Session
from asp.audit.actor import Actor
from asp.audit.sealer import seal
from asp.audit.tasks import verify_log
from asp.blobs import store
from asp.blobs.services import blob_write
from asp.jobs import job_start
from asp.jobs.runner import run_job
from asp.notify.services import announce
from asp.operations import exposer
from asp.outbox.relay.relay import BUSY_PAUSE, Relay
from asp.search.services import search
from asp.ui.logs import JsonFormatter, TextFormatter
from office.library import services as library
from office.organization.services import Place, member_create
from provisioning.figures import report_send
from tenants.cache import prefix_key
from tenants.context import bureau_context, host_context, owner_context
from tenants.site import BureauRef
from tests.isolation.addresses import Address, Ids, addresses, bureau_addresses
from tests.isolation.asking import ask, show
from tests.support.bureaus import open_bureau
from tests.support.client import SiteClient
from tests.support.host import host_administrators
from tests.support.people import Cast, people

# Chinese and Latin: both ways in which search cuts words, and both spellings of logs.
LATIN = f"canary{secrets.token_hex(6)}"
WORD = f"金丝雀{LATIN}"
# What is typed when it is looked for: a page that repeats the question is no leak.
PART = WORD[:-3]
FAILURES = 5


@dataclass(frozen=True)
class World:
    """Bureau A, where the word is at home, bureau B, and all that was logged meanwhile."""

    a: Cast
    b: Cast
    told: io.StringIO


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    a, b = people(open_bureau()), people(open_bureau())
    told, handlers = io.StringIO(), []
    for formatter in (JsonFormatter(), TextFormatter()):
        handlers.append(logging.StreamHandler(told))
        handlers[-1].setFormatter(formatter)
        logging.getLogger().addHandler(handlers[-1])
    level = logging.getLogger().level
    logging.getLogger().setLevel(logging.INFO)
    plant(a)
    yield World(a, b, told)
    logging.getLogger().setLevel(level)
    for each in handlers:
        logging.getLogger().removeHandler(each)


def plant(cast: Cast) -> None:
    """What people of an office do in a day, with the word in everything they type."""
    with bureau_context(cast.bureau):
        head, system = Actor.of_account(cast.head), Actor.of_account(cast.system)
        member_create(actor=system, name=WORD, login=LATIN, places=[Place(cast.section.pk, cast.post.pk)])
        top = library.folder_get_for(
            account=cast.head, node_id=library.cabinet_open_personal(actor=head, account=cast.head).pk
        )
        folder = library.folder_create(actor=head, parent=top, name=WORD)
        blob = blob_write(actor=head, data=WORD.encode() * 20, filename=f"{WORD}.txt")
        library.file_store(actor=head, place=folder, name=f"{WORD}.txt", blob=blob)
        announce(kind="library.shared", to=[cast.clerk.pk], params={"name": WORD, "person": WORD, "level": 1})
        job = job_start(actor=Actor.of_account(cast.audit), job=verify_log, title_params={"name": WORD})
        cache.set(WORD, WORD, timeout=300)
        seal(full=True)
        run_job(job.id)
        report_send()
    client = SiteClient(cast.bureau).login_as(cast.head)
    client.get(f"/search/?q={WORD}")
    client.get(f"/{WORD}/")
    gate = SiteClient(cast.bureau)
    for _ in range(FAILURES + 1):
        gate.post("/accounts/sign-in/", {"identifier": WORD, "password": WORD})
    relay = Relay()
    relay.prepare()
    while relay.work() == BUSY_PAUSE:
        pass


# ----- the control


def test_it_is_met_at_home(world):
    """Without this, every other test here could pass because nothing was planted."""
    client = SiteClient(world.a.bureau).login_as(world.a.head)
    assert WORD in client.get("/library/", follow=True).content.decode()
    with bureau_context(world.a.bureau):
        assert search(account=world.a.head, query=PART)
        assert cache.get(WORD) == WORD
    assert rows_with(world.a.bureau.schema)
    assert any(WORD.encode() in key for key, _value in kept())


# ----- answers


def pages(kind: str) -> list[Address]:
    return bureau_addresses() if kind == "bureau" else addresses(settings.URL_TABLES[kind])


def visitor(world: World, kind: str, address: Address) -> SiteClient:
    """Whoever may use the address there; that others may not is tried in test_addresses."""
    duties = getattr(address.view.access, "duties", ())
    if kind == "hall":
        return SiteClient("hall")
    if kind == "host":
        people_there = dict(zip(("system", "security", "audit"), host_administrators(), strict=True))
        return SiteClient("host").login_as(people_there[duties[0] if duties else "system"])
    return SiteClient(world.b.bureau).login_as(getattr(world.b, duties[0]) if duties else world.b.head)


@pytest.mark.parametrize("kind", ["bureau", "host", "hall"])
def test_no_page_shows_it(kind, world):
    ids = Ids(world.a.bureau), Ids(world.b.bureau)
    seen, asked = [], 0
    for address in pages(kind):
        client = visitor(world, kind, address)
        for target in {path for each in ids for path in list(address.paths(each))[:2]}:
            asked += 1
            if WORD in show(ask(client, "get", f"{target}?q={PART}&text={PART}&person={PART}")):
                seen.append(target)
    assert seen == []
    assert asked > len(pages(kind)) / 2, "the walk itself must work"


def test_no_search_finds_it(world):
    for account in (world.b.head, world.b.clerk, *world.b.administrators):
        with bureau_context(world.b.bureau):
            assert not search(account=account, query=PART)
    client = SiteClient(world.b.bureau).login_as(world.b.system)
    assert WORD not in client.get(f"/organization/people/?q={PART}").content.decode()


# ----- records


def rows_with(schema: str) -> list[str]:
    """Tables of a schema in which the word stands, in any column."""
    found = []
    with owner_context(), connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema])
        for (name,) in cursor.fetchall():
            cursor.execute(f"SELECT count(*) FROM {schema}.{name} t WHERE t::text LIKE %s", [f"%{LATIN}%"])
            if cursor.fetchone()[0]:
                found.append(name)
    return found


def test_no_row_of_the_host_or_of_another_bureau_holds_it(world):
    assert rows_with("public") == []
    assert rows_with(world.b.bureau.schema) == []


def kept() -> Iterator[tuple[bytes, str]]:
    """Every key of Valkey with what it holds."""
    client = redis.Redis.from_url(settings.ASP.redis_url)
    readers: dict[bytes, Callable[[bytes], Any]] = {
        b"string": client.get,
        b"hash": client.hgetall,
        b"list": lambda key: client.lrange(key, 0, -1),
        b"set": client.smembers,
        b"zset": lambda key: client.zrange(key, 0, -1, withscores=True),
    }
    for key in client.scan_iter():
        value = readers[client.type(key)](key)
        yield key, repr(value) + (value.decode("utf-8", "replace") if isinstance(value, bytes) else "")


def test_only_keys_of_its_own_bureau_hold_it(world):
    home = f"b:{world.a.bureau.id}:"
    strange = [
        key for key, value in kept() if (LATIN.encode() in key or LATIN in value) and home.encode() not in key
    ]
    assert strange == []


def test_no_cache_of_another_site_gives_it(world):
    for site in (bureau_context(world.b.bureau), host_context()):
        with site:
            assert cache.get(WORD) is None
            assert str(world.a.bureau.id) not in prefix_key(WORD)


def test_no_log_line_tells_it(world):
    lines = world.told.getvalue().splitlines()
    assert any(f"b:{world.a.bureau.id}" in line for line in lines), "the control: something was logged"
    assert [line for line in lines if LATIN in line] == []


def test_no_log_line_of_another_bureau_speaks_of_this_one(world):
    client = SiteClient(world.b.bureau).login_as(world.b.head)
    before = len(world.told.getvalue())
    client.get("/library/")
    lines = world.told.getvalue()[before:].splitlines()
    assert any(str(world.b.bureau.id) in line for line in lines)
    assert [line for line in lines if str(world.a.bureau.id) in line] == []


def test_no_metric_tells_it(world):
    text = exposer.text().decode()
    assert world.a.bureau.slug in text, "the control: the bureau's requests are counted"
    assert LATIN not in text


def test_no_stored_object_shows_it(world):
    found = 0
    for each in store.objects(""):
        found += each.name.startswith(world.a.bureau.storage_prefix)
        assert LATIN not in each.name
        assert WORD.encode() not in store.read(each.name, 0, min(each.size, 1 << 20))
    assert found, "the control: something was stored"


# ----- what is counted and remembered


def test_a_lock_in_one_bureau_is_none_in_another(world):
    """The same account name: locked where the failures were, open elsewhere."""

    def sign_in(bureau: BureauRef) -> HttpResponse:
        return SiteClient(bureau).post("/accounts/sign-in/", {"identifier": "outsider", "password": "wrong"})

    # The counter over all offices looks at where attempts come from: here, all tests come from one address.
    sources.forget("127.0.0.1")
    for _ in range(FAILURES + 1):
        here = sign_in(world.a.bureau)
    assert (here.status_code, sign_in(world.b.bureau).status_code) == (429, 422)


def test_a_session_is_one_bureaus(world):
    client = SiteClient(world.a.bureau).login_as(world.a.head)
    with bureau_context(world.b.bureau):
        assert not Session.objects.filter(account_id=world.a.head.pk).exists()
    stranger = SiteClient(world.b.bureau)
    stranger.cookies = copy.deepcopy(client.cookies)
    assert stranger.get("/").status_code == 302
    assert client.get("/").status_code == 200


def test_the_answer_to_a_repeat_is_one_bureaus(world):
    """The same key, the same address, in two bureaus: each has its own effect and its own answer."""
    key = secrets.token_urlsafe(16)
    answers = [
        SiteClient(cast.bureau).login_as(cast.audit).post("/audit/verify/", HTTP_IDEMPOTENCY_KEY=key)
        for cast in (world.a, world.b)
    ]
    assert [each.get("Idempotent-Replayed") for each in answers] == [None, None]


def test_a_planted_leak_is_found(world):
    """The control of the records: a word in a shared table and in a foreign key of Valkey is seen."""
    client = redis.Redis.from_url(settings.ASP.redis_url)
    client.set("h:planted", WORD, ex=60)
    try:
        with pytest.raises(AssertionError):
            test_only_keys_of_its_own_bureau_hold_it(world)
    finally:
        client.delete("h:planted")
    with host_context(), connection.cursor() as cursor:
        cursor.execute("UPDATE tenants_bureau SET level = %s WHERE id = %s", [LATIN, world.b.bureau.id])
        try:
            with pytest.raises(AssertionError):
                test_no_row_of_the_host_or_of_another_bureau_holds_it(world)
        finally:
            cursor.execute("UPDATE tenants_bureau SET level = '' WHERE id = %s", [world.b.bureau.id])
