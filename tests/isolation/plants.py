"""A leak for each probe: what it must find. Each is taken back."""

import dataclasses
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import dramatiq
import pytest
from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.redis import RedisSerializer
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import clear_url_caches, include, path
from django.utils import timezone

import asp.config.urls_bureau as table
from asp.accounts import links as account_links
from asp.accounts import sources
from asp.accounts.models import Session
from asp.accounts.sessions import SessionStore, stored_key
from asp.audit.heads.models import SignedHead
from asp.blobs import keys as blob_keys
from asp.blobs import links as blob_links
from asp.blobs import sealed
from asp.idempotency import keys as request_keys
from asp.jobs import broker, sites
from asp.jobs.models import Job
from asp.live import audiences
from asp.search.models import SearchEntry
from tenants import context, naming
from tenants.context import host_context, owner_context
from tenants.site import BureauRef, Site

Plant = Callable[[BureauRef, pytest.MonkeyPatch], Any]
PLANTS: dict[str, Plant] = {}


def plants(code: str) -> Callable[[Plant], Plant]:
    """Declare what the probe called `code` has to find: a context manager, or a patch that is undone by the test."""

    def declare(plant: Plant) -> Plant:
        assert code not in PLANTS
        PLANTS[code] = plant
        return plant

    return declare


def by_sql(code: str, *pairs: tuple[str, str], everywhere: bool = False) -> None:
    """Plant by statements of the owner, each with what takes it back. `{s}` is the bureau's schema and role, `{o}`
    another schema; with `everywhere`, each other schema in turn."""

    @contextmanager
    def plant(bureau: BureauRef, _patch: pytest.MonkeyPatch) -> Iterator[None]:
        places = [{"s": bureau.schema, "o": other} for other in (_others(bureau) if everywhere else [""])]
        _execute(each[0].format(**names) for names in places for each in pairs)
        try:
            yield
        finally:
            _execute(each[1].format(**names) for names in places for each in pairs)

    plants(code)(plant)


def _execute(statements: Iterator[str]) -> None:
    with owner_context(), connection.cursor() as cursor:
        for each in statements:
            cursor.execute(each)


def _others(bureau: BureauRef) -> list[str]:
    with owner_context(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname NOT IN (%s, 'public', 'information_schema') "
            "AND nspname NOT LIKE 'pg\\_%%'",
            [bureau.schema],
        )
        return [row[0] for row in cursor.fetchall()]


# ----- the database
by_sql(
    "schemas.read",
    ("GRANT USAGE ON SCHEMA {o} TO {s}", "REVOKE USAGE ON SCHEMA {o} FROM {s}"),
    ("GRANT SELECT ON ALL TABLES IN SCHEMA {o} TO {s}", "REVOKE SELECT ON ALL TABLES IN SCHEMA {o} FROM {s}"),
    everywhere=True,
)
by_sql(
    "schemas.write",
    ("GRANT USAGE ON SCHEMA {o} TO {s}", "REVOKE USAGE ON SCHEMA {o} FROM {s}"),
    ("GRANT INSERT ON ALL TABLES IN SCHEMA {o} TO {s}", "REVOKE INSERT ON ALL TABLES IN SCHEMA {o} FROM {s}"),
    everywhere=True,
)
by_sql(
    "schemas.foreign_keys",
    ("CREATE TABLE {s}.planted (it uuid REFERENCES public.tenants_bureau (id))", "DROP TABLE {s}.planted"),
)
by_sql("schemas.keys", ("CREATE TABLE {s}.planted (id bigint PRIMARY KEY)", "DROP TABLE {s}.planted"))
by_sql("role.plain", ("ALTER ROLE {s} BYPASSRLS", "ALTER ROLE {s} NOBYPASSRLS"))
by_sql("role.structure", ("GRANT CREATE ON SCHEMA {s} TO {s}", "REVOKE CREATE ON SCHEMA {s} FROM {s}"))
by_sql(
    "role.machine",
    (
        "GRANT EXECUTE ON FUNCTION pg_ls_dir(text) TO {s}",
        "REVOKE EXECUTE ON FUNCTION pg_ls_dir(text) FROM {s}",
    ),
)
by_sql("host.tables", ("GRANT USAGE ON SCHEMA {s} TO asp_host", "REVOKE USAGE ON SCHEMA {s} FROM asp_host"))
by_sql(
    "login.alone",
    (
        "GRANT SELECT ON public.tenants_bureau TO app_login",
        "REVOKE SELECT ON public.tenants_bureau FROM app_login",
    ),
)
by_sql(
    "tables.insert_only",
    ("GRANT UPDATE ON {s}.audit_seal TO {s}", "REVOKE UPDATE ON {s}.audit_seal FROM {s}"),
)
by_sql(
    "shared.tables",
    (
        "GRANT SELECT ON public.tenants_bureau TO asp_bureau",
        "REVOKE SELECT ON public.tenants_bureau FROM asp_bureau",
    ),
)
by_sql(
    "shared.sender",
    (
        "ALTER TABLE public.tenants_doorbell DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE public.tenants_doorbell ENABLE ROW LEVEL SECURITY",
    ),
)
by_sql(
    "shared.rows",
    (
        "ALTER TABLE public.tenants_doorbell NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE public.tenants_doorbell FORCE ROW LEVEL SECURITY",
    ),
)
by_sql(
    "shared.messages",
    (
        "GRANT INSERT ON public.outbox_relay_envelope TO asp_bureau",
        "REVOKE INSERT ON public.outbox_relay_envelope FROM asp_bureau",
    ),
)
by_sql(
    "workdays.national",
    (
        "GRANT UPDATE ON public.workdays_national_day TO asp_bureau",
        "REVOKE UPDATE ON public.workdays_national_day FROM asp_bureau",
    ),
)
by_sql(
    "routes.registry",
    (
        "GRANT UPDATE ON public.tenants_domain TO asp_bureau",
        "REVOKE UPDATE ON public.tenants_domain FROM asp_bureau",
    ),
)


@plants("audit.chain")
@contextmanager
def altered(bureau: BureauRef, _patch: pytest.MonkeyPatch) -> Iterator[None]:
    change = (
        "UPDATE {s}.audit_entry SET ip = {ip} WHERE id = (SELECT entry FROM {s}.audit_seal WHERE seq = 1)"
    )
    _execute(iter([change.format(s=bureau.schema, ip="'203.0.113.9'")]))
    yield
    _execute(iter([change.format(s=bureau.schema, ip="NULL")]))


@plants("audit.signed")
@contextmanager
def forged(bureau: BureauRef, _patch: pytest.MonkeyPatch) -> Iterator[None]:
    with host_context():
        head = SignedHead.objects.get(chain=str(bureau.id))
        SignedHead.objects.filter(pk=head.pk).update(seq=head.seq + 1)
    yield
    with host_context():
        SignedHead.objects.filter(pk=head.pk).update(seq=head.seq)


# ----- the code


@plants("schemas.path")
def elsewhere(_bureau: BureauRef, patch: pytest.MonkeyPatch) -> None:
    whole = context._context_of
    patch.setattr(context, "_context_of", lambda site: dataclasses.replace(whole(site), search_path="public"))


@plants("login.plain")
def as_owner(_bureau: BureauRef, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(settings, "ASP", dataclasses.replace(settings.ASP, db_login="app"))


@plants("routes.names")
def unreserved(_bureau: BureauRef, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(naming, "RESERVED_SLUGS", frozenset())


def _with_page(patch: pytest.MonkeyPatch, pattern: Any) -> Iterator[None]:
    patch.setattr(table, "urlpatterns", [*table.urlpatterns, pattern])
    clear_url_caches()
    try:
        yield
    finally:
        patch.undo()
        clear_url_caches()


@plants("routes.pages")
@contextmanager
def hosts_pages(_bureau: BureauRef, patch: pytest.MonkeyPatch) -> Iterator[None]:
    yield from _with_page(patch, path("operations/", include("asp.operations.urls")))


@plants("pages.gate")
@contextmanager
def unguarded(_bureau: BureauRef, patch: pytest.MonkeyPatch) -> Iterator[None]:
    def view(_request: HttpRequest) -> HttpResponse:
        return HttpResponse("content")

    yield from _with_page(patch, path("planted/", view))


@plants("cache.keys")
def common_keys(_bureau: BureauRef, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(caches["default"], "key_func", lambda key, prefix, version: key)


@plants("cache.data")
def pickles(_bureau: BureauRef, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(caches["default"]._cache, "_serializer", RedisSerializer())


def _load(patch: pytest.MonkeyPatch, **conditions: Any) -> None:
    def load(self: SessionStore) -> dict[str, Any]:
        row = Session.objects.filter(session_key=stored_key(self.session_key or ""), **conditions).first()
        return self.decode(row.session_data) if row else {}

    patch.setattr(SessionStore, "load", load)


@plants("sessions.home")
def of_any_site(_bureau: BureauRef, patch: pytest.MonkeyPatch) -> None:
    _load(patch, expire_date__gt=timezone.now())


@plants("sessions.end")
def for_ever(_bureau: BureauRef, patch: pytest.MonkeyPatch) -> None:
    _load(patch, site="bureau")


@plants("cookies.host_only")
def for_all_hosts(_bureau: BureauRef, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(settings, "SESSION_COOKIE_DOMAIN", settings.ASP.base_domain)


@plants("links.home")
def links_everywhere(_bureau: BureauRef, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(account_links, "current_site", lambda: Site("host"))


@plants("limits.home")
def readable(_bureau: BureauRef, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sources, "key_of", lambda address: f"g:{address}")


@plants("fields.encrypted")
def in_plain(_bureau: BureauRef, patch: pytest.MonkeyPatch) -> None:
    patch.setattr("asp.accounts.isolation_probes.encrypt", lambda plain, place: plain.encode())


@plants("jobs.context")
def unsigned(_bureau: BureauRef, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(broker, "sign", lambda job, site_key, queue: "signed")


@plants("jobs.home")
def any_office(bureau: BureauRef, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sites, "_bureau", lambda key: bureau)


@plants("jobs.replay")
def never_over(_bureau: BureauRef, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Job, "is_open", property(lambda self: True))


@plants("jobs.data")
@contextmanager
def pickled_messages(_bureau: BureauRef, _patch: pytest.MonkeyPatch) -> Iterator[None]:
    before = dramatiq.get_encoder()
    dramatiq.set_encoder(dramatiq.PickleEncoder())
    yield
    dramatiq.set_encoder(before)


@plants("blobs.raw")
def one_folder(_bureau: BureauRef, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sealed, "prefix_of", lambda site: "common")


@plants("blobs.keys")
def one_key(_bureau: BureauRef, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(blob_keys, "site_key", lambda site: b"k" * 32)


@plants("blobs.links")
def any_link(bureau: BureauRef, patch: pytest.MonkeyPatch) -> None:
    ticket = blob_links.Ticket(bureau.id, bureau.id, inline=False)  # type: ignore[arg-type]
    patch.setattr(blob_links, "ticket_of", lambda **said: ticket)


@plants("search.home")
def finds_all(_bureau: BureauRef, patch: pytest.MonkeyPatch) -> None:
    find = "asp.search.isolation_probes.matching"
    patch.setattr(find, lambda account, query: SearchEntry.objects.filter(title=query))


@plants("live.tickets")
def for_everybody(_bureau: BureauRef, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(audiences, "is_here", lambda audience: True)


@plants("requests.once")
def one_person(_bureau: BureauRef, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(request_keys, "_owner", lambda request: "everybody")


@plants("logs.content")
def talkative(_bureau: BureauRef, patch: pytest.MonkeyPatch) -> None:
    for each in logging.getLogger().handlers:
        if each.name in settings.LOGGING["handlers"]:
            patch.setattr(each, "formatter", logging.Formatter())
