"""Opening an office (开设专用实例): from an approved application to an office that people can enter.

What can be tried without leaving anything is tried first; then one transaction claims a schema, writes
bureau, quota, accounts, links and the audit entries of both sides, checks the result, and commits. A
failure anywhere therefore leaves nothing: no half-claimed schema, no bureau, no account.
"""

import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from asp.accounts import services as accounts
from asp.accounts.models import AccountKind
from asp.audit.actor import Actor
from asp.audit.models import Entry
from asp.audit.services import record
from asp.blobs import keys, store
from asp.blobs import services as blobs
from asp.jobs import job_start
from asp.messages.channels import relay_configured
from provisioning.credit_code import check
from provisioning.errors import CodeInvalid, SelfCheckFailed
from provisioning.models import Administrator, Application, ApplicationState, Event, EventKind, Opening
from provisioning.services.decisions import functions_check, quota_check, slug_check
from provisioning.services.openings import approved_locked, opening_finish
from provisioning.services.role_templates import templates_offer_to
from provisioning.services.submissions import Person, administrators_problem
from tenants import pool, registry, routing, version
from tenants.context import bureau_context, host_context
from tenants.models import Bureau, BureauState, ReadySchema
from tenants.site import BureauRef, Site

STEPS = ("check", "storage", "key", "schema", "office", "administrators", "self_check", "publish")
# Openings are few and short; each worker thread may have its probe under way.
_aside = ThreadPoolExecutor(max_workers=4, thread_name_prefix="storage-probe")
Report = Callable[[str, list[dict[str, Any]]], None]


@dataclass
class Steps:
    """The steps of one opening with their times, told to `report` as they begin."""

    report: Report
    done: list[dict[str, Any]] = field(default_factory=list)
    current: str = ""

    @contextmanager
    def step(self, code: str, *, instant: bool = False) -> Iterator[dict[str, Any]]:
        """Time one step; what is put into the yielded mapping is shown with it.

        The beginning of an `instant` one is not told: a commit to say so would take longer than the step.
        """
        self.current = code
        if not instant:
            with host_context():
                self.report(code, self.done)
        params: dict[str, Any] = {}
        started = time.monotonic()
        yield params
        self.done.append({"code": code, "seconds": round(time.monotonic() - started, 3), "params": params})


def open_office(*, opening: Opening, steps: Steps) -> BureauRef:
    """Open the office of `opening`'s application. Owner login, host context, outside any transaction.

    Raises UserFacingError with the reason; nothing is left then.
    """
    application = opening.application
    with steps.step("check"):
        _check(application)
    prefix = secrets.token_hex(12)
    with steps.step("storage") as shown:
        shown["quota_gb"] = application.granted_quota_gb
        # The store answers while the database is written to; what is committed waits for both.
        storage = _aside.submit(_try_storage, prefix)
    with steps.step("key", instant=True):
        wrapped_key = keys.new_wrapped_bureau_key()
    try:
        with transaction.atomic():
            bureau = _write(opening, steps, prefix=prefix, wrapped_key=wrapped_key)
            with steps.step("self_check"):
                _awaited(storage, steps)
                _self_check(bureau)
            opening_finish(opening=opening, steps=steps.done)
            published = time.monotonic()
    finally:
        routing.forget(address_of(application.granted_slug))
    steps.done.append({"code": "publish", "seconds": round(time.monotonic() - published, 3), "params": {}})
    return bureau.ref


def _awaited(storage: Future[None], steps: Steps) -> None:
    """Wait for the store's answer; a failure is the storage's step, whenever it is noticed."""
    try:
        storage.result()
    except Exception:
        steps.current = "storage"
        steps.done = [each for each in steps.done if STEPS.index(each["code"]) < STEPS.index("storage")]
        raise


def address_of(slug: str) -> str:
    """The host name of a bureau's office."""
    return f"{slug}.{settings.ASP.base_domain}"


def _check(application: Application) -> None:
    if not check(application.credit_code).is_valid:
        raise CodeInvalid(params={"code": application.credit_code})
    slug_check(application.granted_slug, besides=application)
    quota_check(application.granted_quota_gb)
    functions_check(application.granted_functions)
    if administrators_problem(_people(application)):
        from provisioning.errors import AdministratorsIncomplete

        raise AdministratorsIncomplete


def _people(application: Application) -> list[Person]:
    return [
        Person(each.duty, each.name, each.login, each.phone, each.email)
        for each in application.administrators.all()
    ]


def _try_storage(prefix: str) -> None:
    """Write, read and delete a small object where the bureau's files will lie."""
    name, data = f"{prefix}/probe-{secrets.token_hex(8)}", secrets.token_bytes(64)
    store.put_new(name, data)
    found = store.read(name, 0, len(data))
    store.delete(name)
    if found != data:
        raise SelfCheckFailed(params={"part": "storage"})


def _write(opening: Opening, steps: Steps, *, prefix: str, wrapped_key: bytes) -> Bureau:
    application = approved_locked(opening.application)
    with steps.step("schema") as shown:
        schema, from_pool = pool.claim()
        shown["from_pool"] = from_pool
        shown["left"] = ReadySchema.objects.filter(version=version.code_version()).count()
    with steps.step("office"):
        bureau = _bureau_create(application, schema=schema, prefix=prefix, wrapped_key=wrapped_key)
        with bureau_context(bureau.ref):
            blobs.quota_set(limit=bureau.quota_bytes)
            _lifecycle("opened", bureau.ref)
    with steps.step("administrators") as shown:
        shown["mailed"] = _administrators_create(application, bureau)
    _sign_off(opening, application, bureau)
    return bureau


def _bureau_create(application: Application, *, schema: str, prefix: str, wrapped_key: bytes) -> Bureau:
    # The check above was made before the lock; this one cannot be overtaken.
    slug_check(application.granted_slug, besides=application)
    return Bureau.objects.create(
        slug=application.granted_slug,
        name=application.name,
        name_en=application.name_en,
        credit_code=application.credit_code,
        level=application.level,
        parent_body=application.parent_body,
        state=BureauState.SETTING_UP,
        schema_name=schema,
        storage_prefix=prefix,
        wrapped_key=wrapped_key,
        functions=application.granted_functions,
        quota_bytes=application.granted_quota_bytes,
        language=application.language,
        version=version.code_version(),
        opened_at=timezone.now(),
    )


def _lifecycle(step: str, bureau: BureauRef) -> None:
    for function in registry.functions_for(Site("bureau", bureau)):
        run = function.step(step)
        if run:
            run()


def _administrators_create(application: Application, bureau: Bureau) -> int:
    """Create the three accounts; where mail leaves the house, each gets an activation. Return how many."""
    actor = Actor.system("provisioning")
    people = list(application.administrators.all())
    with bureau_context(bureau.ref):
        made = accounts.account_create_many(
            actor=actor,
            wanted=[
                accounts.NewAccount(
                    kind=AccountKind.ADMINISTRATOR,
                    login=person.login,
                    name=person.name,
                    phone=person.phone,
                    email=person.email,
                    duty=person.duty,
                    language=application.language,
                )
                for person in people
            ],
        )
        reached = [account for account in made if account.email] if relay_configured() else []
        accounts.first_links_issue(actor=actor, accounts=reached)
    for person, account in zip(people, made, strict=True):
        person.account_id = account.pk
    Administrator.objects.bulk_update(people, ["account_id"])
    return len(reached)


def _sign_off(opening: Opening, application: Application, bureau: Bureau) -> None:
    """Say on both sides what was done, and wake those who wait for it."""
    from provisioning.tasks import refill_pool

    by = Actor(kind=opening.actor_kind, id=opening.actor_id, name=opening.actor_name)
    facts: Mapping[str, Any] = {
        "name": bureau.name,
        "slug": bureau.slug,
        "quota_gb": application.granted_quota_gb,
        "functions": application.granted_functions,
        "by": by.name,
    }
    with bureau_context(bureau.ref):
        # It also wakes the sealer for what the pool's seed wrote into the log, which could ring for nobody.
        record(
            actor=Actor.system("provisioning"),
            action="provisioning.office_opened",
            target_kind="tenants.bureau",
            target_id=bureau.id,
            target_name=bureau.name,
            params=facts,
        )
    templates_offer_to(bureau.id)
    application.state = ApplicationState.OPENED
    application.bureau = bureau
    application.save(update_fields=["state", "bureau", "saved_at"])
    Event.objects.create(application=application, kind=EventKind.OPENED, params={"slug": bureau.slug})
    record(
        actor=by,
        action="provisioning.bureau_opened",
        target_kind="tenants.bureau",
        target_id=bureau.id,
        target_name=bureau.name,
        params=facts,
    )
    job_start(actor=Actor.system("provisioning"), job=refill_pool, key="provisioning.refill")


def _self_check(bureau: Bureau) -> None:
    """Look at the new office as its first visitor will. Raises SelfCheckFailed."""
    address = address_of(bureau.slug)
    routing.forget(address)
    site = routing.site_for(address)
    if site is None or site.bureau is None or site.bureau.id != bureau.id:
        raise SelfCheckFailed(params={"part": "address"})
    with bureau_context(site.bureau):
        if not keys.site_key(site):
            raise SelfCheckFailed(params={"part": "key"})
        if blobs.quota_get().limit != bureau.quota_bytes:
            raise SelfCheckFailed(params={"part": "storage"})
        if not Entry.objects.filter(action="provisioning.office_opened").exists():
            raise SelfCheckFailed(params={"part": "audit"})
        with connection.cursor() as cursor:
            cursor.execute("SELECT has_table_privilege('audit_entry', 'UPDATE, DELETE')")
            if cursor.fetchone()[0]:
                raise SelfCheckFailed(params={"part": "audit"})
