"""Probes of what offices and host share: tables in the public schema, and addresses."""

from collections.abc import Iterator

from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.translation import gettext_lazy as _

from tenants import registry, routing
from tenants.context import current_bureau
from tenants.isolation import attempts
from tenants.isolation.attempts import canary, decoy, done, reading, rows, writing
from tenants.isolation.registry import Finding, broken, held, probe
from tenants.keys import uuid7
from tenants.naming import RESERVED_SLUGS, validate_slug

_RIGHTS = """
SELECT c.relname, a FROM pg_class c, unnest(array['SELECT','INSERT','UPDATE','DELETE','TRUNCATE','REFERENCES','TRIGGER']) a
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p')
  AND has_table_privilege(current_user, c.oid, a)
"""
_RULES = """
SELECT relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relname = ANY (%s) AND NOT (relrowsecurity AND relforcerowsecurity)
"""
_RING = "INSERT INTO public.tenants_doorbell (id, bureau_id, kind, rung_at) VALUES (%s, %s, 'probe', now())"
HOSTILE = ("Host", "a..b", "a_b", "-a", "a-", "a--b", "ａbc", "a.b", "xn--a", "a" * 32, "")


def _declared() -> set[tuple[str, str]]:
    """What offices may do in the public schema."""
    return {(each.table, action) for each in registry.shared() for action in each.actions}


@probe(
    "shared.tables",
    control="2.declared",
    title=_("Reading the host's tables"),
    explanation=_(
        "With this office's rights we try to read every table of the host: registers, accounts, messages."
    ),
)
def tables() -> Finding:
    declared = _declared()
    tried = [table for table in attempts.public_tables() if (table[1], "SELECT") not in declared]
    seen = [table for table in tried if done(reading(table))]
    rights = {(str(name), str(action)) for name, action in rows(_RIGHTS)}
    if seen or rights - declared:
        return broken(
            _("{seen} tables of the host can be read, and {rights} rights go beyond what is declared."),
            seen=len(seen),
            rights=len(rights - declared),
        )
    return held(_("{tried} tables were tried; all were refused."), tried=len(tried))


@probe(
    "shared.sender",
    control="2.rows",
    title=_("Speaking in another office's name"),
    explanation=_(
        "Offices tell the host that they have work through a shared table. We try to leave a note there in the name "
        "of another office and of the host."
    ),
)
def sender() -> Finding:
    forged = [decoy().id, None]
    if any(done(_RING, [uuid7(), each]) for each in forged):
        return broken(_("A note under a foreign name was accepted."))
    if not done(_RING, [uuid7(), current_bureau().id]):
        return broken(
            _("Foreign names are refused, but so is the office's own: work of this office is not done.")
        )
    return held(_("Foreign names were refused; the office's own was accepted."))


@probe(
    "shared.rows",
    control="2.rows",
    title=_("Rules for the rows of shared tables"),
    explanation=_("Every shared table has to carry rules that say whose rows are whose, for everybody."),
)
def rules() -> Finding:
    shared = sorted({str(name) for name, _action in rows(_RIGHTS)})
    without = rows(_RULES, [shared])
    if without:
        return broken(_("{count} shared tables have no rules for their rows."), count=len(without))
    return held(_("All {count} have them, and nobody is exempt."), count=len(shared))


@probe(
    "shared.messages",
    control="2.sender",
    title=_("Messages under a false sender"),
    explanation=_(
        "Who sent a message is read from where it lay, not from what it says. We try to put one directly where "
        "messages under way are kept, and into another office's inbox."
    ),
)
def messages() -> Finding:
    targets = [table for table in attempts.public_tables() if table[1].startswith("outbox_")]
    for schema in attempts.other_schemas():
        targets += [table for table in attempts.tables_of(schema, 10_000) if table[1].startswith("outbox_")]
    seen = sum(done(writing(table, "INSERT")) for table in targets)
    if seen:
        return broken(_("{seen} of {tried} attempts went through."), seen=seen, tried=len(targets))
    return held(_("{tried} attempts were refused."), tried=len(targets))


@probe(
    "routes.names",
    control="5.names",
    title=_("Addresses of others"),
    explanation=_(
        "We try names that are kept for the host, or that only look like an address, and made-up ones."
    ),
)
def names() -> Finding:
    taken = [each for each in (*RESERVED_SLUGS, *HOSTILE) if _is_slug(each)]
    base = settings.ASP.base_domain
    strange = [
        f"{canary()}.{base}",
        f"host.{base}.{canary()}.example",
        f"{canary()}@host.{base}",
        f"a.host.{base}",
    ]
    reached = [host for host in strange if routing.site_for(host) is not None]
    if taken or reached:
        return broken(_("{count} names were taken that must not be."), count=len(taken) + len(reached))
    return held(
        _("{tried} names were tried; none was taken."),
        tried=len(RESERVED_SLUGS) + len(HOSTILE) + len(strange),
    )


def _is_slug(name: str) -> bool:
    try:
        validate_slug(name)
    except ValidationError:
        return False
    return True


@probe(
    "routes.registry",
    control="5.domains",
    title=_("Taking over an address"),
    explanation=_(
        "Which address belongs to which office stands in the host's registry. We try to write into it."
    ),
)
def domains() -> Finding:
    targets = [table for table in attempts.public_tables() if table[1].startswith("tenants_")]
    acts = [(table, action) for table in targets for action in ("INSERT", "UPDATE", "DELETE")]
    acts = [(table, action) for table, action in acts if (table[1], action) not in _declared()]
    seen = sum(done(writing(table, action)) for table, action in acts)
    if seen:
        return broken(_("{seen} of {tried} attempts to write went through."), seen=seen, tried=len(acts))
    return held(_("{tried} attempts to write were refused."), tried=len(acts))


@probe(
    "routes.pages",
    control="5.pages",
    title=_("Pages of the host under the office's address"),
    explanation=_(
        "Host and offices have lists of pages of their own. We look for the host's pages in the office's list."
    ),
)
def pages() -> Finding:
    def apart(kind: str) -> set[str]:
        return {each.code for each in registry.functions() if kind in each.sites}

    only_host = apart("host") - apart("bureau")
    found = [name for name in _spaces(settings.URL_TABLES["bureau"]) if name in only_host]
    if found:
        return broken(_("{count} pages of the host can be reached."), count=len(found))
    return held(_("There is none."))


def _spaces(table: str) -> Iterator[str]:
    """The function that each page of a table belongs to."""

    def walk(patterns: list[URLPattern | URLResolver], space: str) -> Iterator[str]:
        for each in patterns:
            if isinstance(each, URLResolver):
                yield from walk(each.url_patterns, space or each.app_name or "")
            else:
                yield space

    return walk(get_resolver(table).url_patterns, "")
