"""Probes of sign-in, sessions, cookies, one-time links and encrypted fields."""

import datetime
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import Morsel
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware, get_token
from django.urls import URLPattern, URLResolver, get_resolver, get_urlconf, set_urlconf
from django.urls.converters import UUIDConverter
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from asp.accounts import sources
from asp.accounts.encryption import DecryptionError, decrypt, encrypt
from asp.accounts.links import hash_of, link_find, token_of
from asp.accounts.middleware import SessionMiddleware
from asp.accounts.models import Account, Link, Session
from asp.accounts.models.account import AccountState
from asp.accounts.sessions import ABSOLUTE_LIMIT, IDLE_LIMIT, SessionStore, end_of, stored_key
from tenants.context import current_bureau, current_site, site_context
from tenants.isolation import attempts
from tenants.isolation.attempts import canary, decoy_site, done, one, reading
from tenants.isolation.registry import Finding, broken, held, not_tried, probe
from tenants.keys import uuid7
from tenants.site import Site

log = logging.getLogger(__name__)

NOBODY_HERE = _("There is no account in this office yet.")
# Of the documentation block (RFC 5737): nobody's.
ADDRESS = "203.0.113.77"


@probe(
    "pages.gate",
    control="1.pages",
    title=_("Pages without signing in"),
    explanation=_(
        "We open every page of the office without signing in, with made-up numbers in its address."
    ),
)
def gate() -> Finding:
    pages = list(_guarded(get_resolver(settings.URL_TABLES["bureau"]).url_patterns, {}))
    shown = sum(_goes_past(view, places) for view, places in pages)
    if shown or not pages:
        return broken(_("{shown} of {tried} pages were shown."), shown=shown, tried=len(pages))
    return held(_("{tried} pages were opened; each sent us to the gate."), tried=len(pages))


Places = dict[str, Any]


def _guarded(patterns: list[URLPattern | URLResolver], places: Places) -> Iterator[tuple[Any, Places]]:
    """Every view that is not declared to be open to everybody, with what goes into its address."""
    for each in patterns:
        merged = {**places, **each.pattern.converters}
        if isinstance(each, URLResolver):
            yield from _guarded(each.url_patterns, merged)
        elif _kind(each.callback) != "anyone":
            yield each.callback, merged


def _kind(view: Any) -> str:
    access = getattr(view, "access", "")
    return access if isinstance(access, str) else str(access.kind)


def _goes_past(view: Any, places: Places) -> bool:
    """Whether somebody unknown gets past the gate of a view."""
    if not _kind(view):
        return True
    request = HttpRequest()
    request.method, request.path, request.path_info = "GET", "/", "/"
    request.META = {"SERVER_NAME": "probe", "SERVER_PORT": "80"}
    request.user = AnonymousUser()
    request.session = SessionStore()  # type: ignore[assignment]
    request.site = current_site()  # type: ignore[assignment]
    request.urlconf = settings.URL_TABLES["bureau"]
    made_up = {name: uuid7() if isinstance(each, UUIDConverter) else "1" for name, each in places.items()}
    try:
        with override_urlconf(settings.URL_TABLES["bureau"]):
            answer = view(request, **made_up)
    except Exception:  # whatever it is, it happened behind the gate
        log.warning("a view without its gate", exc_info=True)
        return True
    return answer.status_code not in (302, 401, 403)


@contextmanager
def override_urlconf(table: str) -> Iterator[None]:
    """Addresses are looked up in this table, as in a request of the site."""
    before = get_urlconf()
    set_urlconf(table)
    try:
        yield
    finally:
        set_urlconf(before)


@probe(
    "sessions.home",
    control="3.sessions",
    title=_("Sessions of other places"),
    explanation=_(
        "Who has signed in carries a key. We try a made-up key, one of the host's console, and one that was read from "
        "the database, and look where sessions of this office are kept."
    ),
)
def sessions_home() -> Finding:
    here = one(
        "SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.oid = to_regclass(%s)",
        [Session._meta.db_table],
    )
    if here != current_bureau().schema:
        return broken(_("Sessions are kept outside of this office's area."))
    of_host, ours = canary(), canary()
    _plant(of_host, site="host")
    _plant(ours, site="bureau")
    if not _known(ours):
        return not_tried(
            _("A session of this office's own was not recognised, so nothing can be said of others.")
        )
    foreign = [_known(each) for each in (of_host, canary(), stored_key(ours))]
    with site_context(Site("host")):
        foreign.append(_known(ours))
    tables = [(schema, Session._meta.db_table, "id") for schema in attempts.other_schemas()]
    if any(foreign) or any(done(reading(table)) for table in tables):
        return broken(_("A session of another place was accepted, or could be read."))
    return held(_("Only this office's own session was known here; elsewhere it was not."))


def _plant(
    key: str,
    *,
    site: str,
    started: datetime.timedelta = datetime.timedelta(),
    idle: datetime.timedelta = datetime.timedelta(),
) -> None:
    now = timezone.now()
    begun, seen = now - started, now - idle
    Session.objects.create(
        session_key=stored_key(key),
        site=site,
        session_data=SessionStore().encode({"probe": True}),
        started_at=begun,
        last_seen_at=seen,
        expire_date=end_of(started_at=begun, last_seen_at=seen),
    )


def _known(key: str) -> bool:
    return bool(SessionStore(key).load())


@probe(
    "sessions.end",
    control="14.end",
    title=_("Sessions that should be over"),
    explanation=_(
        "We try keys of sessions that were idle for too long, that are older than twelve hours, and that were ended."
    ),
)
def sessions_end() -> Finding:
    minute = datetime.timedelta(minutes=1)
    fresh, idle, old, ended = canary(), canary(), canary(), canary()
    _plant(fresh, site="bureau")
    _plant(idle, site="bureau", started=IDLE_LIMIT + minute, idle=IDLE_LIMIT + minute)
    _plant(old, site="bureau", started=ABSOLUTE_LIMIT + minute)
    _plant(ended, site="bureau")
    SessionStore(ended).delete()
    if not _known(fresh):
        return not_tried(
            _("A session of this office's own was not recognised, so nothing can be said of others.")
        )
    alive = sum(map(_known, (idle, old, ended)))
    if alive:
        return broken(_("{count} of 3 sessions that should be over still worked."), count=alive)
    return held(_("None of them worked any more."))


@probe(
    "cookies.host_only",
    control="3.cookies",
    title=_("What the browser keeps"),
    explanation=_(
        "The browser may give the keys of this office to this very address only, and to no script."
    ),
)
def cookies() -> Finding:
    request = HttpRequest()
    request.META = {"HTTP_HOST": f"{current_bureau().slug}.{settings.ASP.base_domain}"}
    request.session = SessionStore.for_request(None, ip=None, user_agent="")  # type: ignore[assignment]
    request.session["probe"] = True
    get_token(request)
    response: Any = SessionMiddleware(lambda _request: HttpResponse()).process_response(
        request, HttpResponse()
    )
    response = CsrfViewMiddleware(lambda _request: HttpResponse()).process_response(request, response)
    found = list(response.cookies.values())
    wrong = [each.key for each in found if not _is_host_only(each)]
    if wrong or len(found) != 2:
        return broken(_("{count} cookies could be read elsewhere, or by scripts."), count=max(1, len(wrong)))
    if not settings.SECURE:
        return held(
            _(
                "Both are for this address alone. They are not tied to encrypted connections: this host uses none."
            )
        )
    return held(_("Both are for this address alone, and for encrypted connections."))


def _is_host_only(cookie: "Morsel[str]") -> bool:
    tied = not settings.SECURE or (bool(cookie["secure"]) and cookie.key.startswith("__Host-"))
    return (
        not cookie["domain"]
        and cookie["path"] == "/"
        and bool(cookie["httponly"])
        and tied
        and (cookie["samesite"] in ("Lax", "Strict"))
    )


@probe(
    "links.home",
    control="1.links",
    title=_("One-time links of other offices"),
    explanation=_(
        "Links for activation and new passwords work in the office that made them. We try one of another."
    ),
)
def links() -> Finding:
    account = Account.objects.exclude(state=AccountState.DISABLED).first()
    if account is None:
        return not_tried(NOBODY_HERE)
    now = timezone.now()
    link = Link(id=uuid7(), account=account, purpose="reset", channel="slip", expires_at=now)
    ours = token_of(link)
    with site_context(decoy_site()):
        theirs = token_of(link)
    link.token_hash = hash_of(theirs)
    link.save()
    if theirs == ours or link_find(theirs) is not None or link_find(ours) is not None:
        return broken(_("A link of another office would work here."))
    Link.objects.filter(pk=link.pk).update(token_hash=hash_of(ours))
    if link_find(ours) is None:
        return not_tried(_("This office's own link did not work, so nothing can be said of others."))
    return held(_("It did not work here; this office's own did."))


@probe(
    "limits.home",
    control="3.limits",
    title=_("Counting failed sign-ins"),
    explanation=_(
        "Wrong passwords are counted in this office, so nobody elsewhere can lock its people out. One counter over all "
        "offices looks at where attempts come from; it may not hold readable addresses."
    ),
)
def limits() -> Finding:
    tables = [(schema, "axes_accessattempt", "id") for schema in attempts.other_schemas()]
    here = one(
        "SELECT count(*) FROM pg_class WHERE oid = to_regclass('axes_accessattempt') "
        "AND relnamespace = %s::regnamespace",
        [current_bureau().schema],
    )
    if not here or any(done(reading(table)) for table in tables):
        return broken(
            _("Failed sign-ins are counted outside of this office, or those of others can be read.")
        )
    if ADDRESS in sources.key_of(ADDRESS):
        return broken(_("The counter over all offices holds readable addresses."))
    return held(_("They are counted at home, and the common counter holds no readable address."))


@probe(
    "fields.encrypted",
    control="11.fields",
    title=_("Secrets in the database"),
    explanation=_(
        "Seeds of second factors are stored encrypted. We look for a known one in what is stored, and move it."
    ),
)
def fields() -> Finding:
    word = canary()
    stored = encrypt(word, place="accounts.totpdevice.key")
    opens_elsewhere = True
    try:
        decrypt(stored, place="accounts.account.phone")
    except DecryptionError:
        opens_elsewhere = False
    if word.encode() in stored or opens_elsewhere or decrypt(stored, place="accounts.totpdevice.key") != word:
        return broken(_("A secret could be read, or used in another place."))
    return held(_("It could not be read, and opened only in its own place."))
