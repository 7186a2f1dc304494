"""Opening bureaus, and what many of them cost: `make bench AREA=host`."""

import random
import secrets
import time
from collections.abc import Callable
from unittest.mock import patch
from urllib.parse import urlsplit

from django.db import connection, transaction
from psycopg2 import sql

from asp.accounts.models import Account, Link
from asp.accounts.services import link_url
from bench.results import Results, median, percentile
from bench.start import second_start
from provisioning import tasks
from tenants import pool, roles, template
from tenants.context import bureau_context, host_context, owner_context
from tenants.models import ReadySchema
from tenants.privileges import restrict
from tests.support import applications
from tests.support.bureaus import open_bureau
from tests.support.client import SiteClient
from tests.support.people import TESTER, activate

OPENINGS = 200
OPENINGS_WITHOUT_POOL = 20
BUREAUS = 300
ROUNDS = 900
MEGABYTE = 1024**2


def run(results: Results) -> None:
    """Measure the area; takes a few minutes."""
    from asp.blobs import store

    store.ensure_bucket()
    weight(results)
    openings(results)
    without_pool(results)
    pages(results)
    second_start(results)


def seconds(work: Callable[[], object]) -> float:
    """How long `work` takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def scalar(statement: str, *parameters: object) -> int:
    """One number from the catalogue, as the owner."""
    with owner_context(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.fetchone()[0])


def weight(results: Results) -> None:
    """Relations and bytes of an empty bureau; replay against Django's own way."""
    pool.fill(1)
    built = [pool.build() for _ in range(3)]
    relations = scalar(
        "SELECT count(*) FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind IN ('r', 'i')",
        built[0],
    )
    results.at_most("tables and indexes of an empty bureau", relations, "relations", 250)

    before = scalar("SELECT pg_database_size(current_database())")
    times = [seconds(pool.build) for _ in range(20)]
    growth = (scalar("SELECT pg_database_size(current_database())") - before) / 20 / MEGABYTE
    results.at_most("growth of the database by an empty bureau", growth, "MB", 3)

    stock = seconds(_stock)
    results.add("stock create_schema (Django's migrations)", stock, "s")
    results.add(
        "replay of the template, seeds included",
        median(times),
        "s",
        baseline="stock",
        ratio=median(times) / stock,
    )


def _stock() -> None:
    name = f"b_stock_{secrets.token_hex(6)}"
    with owner_context(), transaction.atomic(), connection.cursor() as cursor:
        roles.create_bureau_role(name)
        cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(name)))
        roles.grant_schema(name, name)
    template.migrate_schema(name)
    with owner_context():
        restrict(schema=name, role=name)


def openings(results: Results) -> None:
    """From the start of the opening's job until the first administrator's activation link works."""
    pool.fill(OPENINGS)
    approved = [applications.approved() for _ in range(OPENINGS)]
    opened, shown = [], []
    for each in approved:
        opened.append(_open(each))
        shown.append(seconds(lambda each=each: _visit(each)))
    times = opened
    probe = median([seconds(_round_trip) for _ in range(50)])
    results.at_most(
        "opening with a ready schema until the link works, p50", median(times) * 1000, "ms", 50,
        baseline="storage probe alone", ratio=median(times) / probe,
    )  # fmt: skip
    results.at_most(
        "opening with a ready schema until the link works, p99", percentile(times, 0.99) * 1000, "ms", 250
    )
    both = [first + second for first, second in zip(opened, shown, strict=True)]
    results.add("the same with the link's first page (form, QR code), p50", median(both) * 1000, "ms")


def _round_trip() -> None:
    """What every opening asks of the object store: write, read, delete."""
    from asp.blobs import store

    name = f"bench/{secrets.token_hex(8)}"
    store.put_new(name, b"x" * 64)
    store.read(name, 0, 64)
    store.delete(name)


def _open(approved: tuple) -> float:
    """Run the opening's job; return the seconds until its links were committed, from when on they work."""
    _application, _code, opening = approved
    committed: list[float] = []
    open_office = tasks.open_office

    def timed(**arguments: object) -> object:
        bureau = open_office(**arguments)
        committed.append(time.perf_counter())
        return bureau

    started = time.perf_counter()
    with patch.object(tasks, "open_office", timed):
        applications.run_opening(opening)
    return committed[0] - started


def _visit(approved: tuple) -> None:
    """Use the first link as its administrator does: the page must open."""
    application, _code, _opening = approved
    with host_context():
        application.refresh_from_db()
        bureau = application.bureau.ref
    with bureau_context(bureau):
        url = link_url(Link.objects.select_related("account").order_by("pk").first())
    response = SiteClient(bureau).get(urlsplit(url).path)
    assert response.status_code == 200, response.status_code


def without_pool(results: Results) -> None:
    """The same when no schema waits."""
    approved = [applications.approved() for _ in range(OPENINGS_WITHOUT_POOL)]
    times = []
    for each in approved:
        with host_context():
            ReadySchema.objects.all().delete()
        times.append(_open(each))
        _visit(each)
    results.at_most("opening with an empty pool, p95", percentile(times, 0.95), "s", 2)


def pages(results: Results) -> None:
    """The workbench of a random bureau of 300 against always the same one, on a warm connection."""
    clients = [_client(number) for number in range(BUREAUS)]
    connection.close()
    cold = [seconds(lambda client=client: _workbench(client)) for client in clients]
    for client in clients:
        _workbench(client)
    one, many = [], []
    for _ in range(ROUNDS):
        one.append(seconds(lambda: _workbench(clients[0])))
        many.append(seconds(lambda: _workbench(random.choice(clients))))
    ratio = median(many) / median(one)
    results.add("workbench, always one bureau, p50", median(one) * 1000, "ms")
    results.add(
        "workbench, a random bureau of 300, p50", median(many) * 1000, "ms",
        baseline="one bureau", ratio=ratio, target="≤ 1.15 ×", met=ratio <= 1.15,
    )  # fmt: skip
    results.add(
        "workbench, first visit of a connection, p50", median(cold) * 1000, "ms",
        baseline="one bureau", ratio=median(cold) / median(one),
    )  # fmt: skip
    with host_context(), connection.cursor() as cursor:
        cursor.execute("SELECT public.asp_backend_memory()")
        results.add("memory of a connection after 300 bureaus", cursor.fetchone()[0] / MEGABYTE, "MB")


def _client(number: int) -> SiteClient:
    from office.organization.services import Place, department_create, member_create

    bureau = open_bureau(slug=f"bench{number}", name=f"第{number}局")
    with bureau_context(bureau):
        office = department_create(actor=TESTER, name="办公室")
        member = member_create(actor=TESTER, name="甲乙", login="clerk", places=[Place(office.pk, None)])
        account = activate(Account.objects.get(pk=member.account_id))
    return SiteClient(bureau).login_as(account)


def _workbench(client: SiteClient) -> None:
    response = client.get("/")
    assert response.status_code == 200, response.status_code
