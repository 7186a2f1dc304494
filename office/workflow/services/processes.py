"""Processes (流程): making them, what they are called, who may start them, stopping and resuming."""

import re
from collections.abc import Collection
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from asp.accounts.pinyin import search_text
from asp.accounts.subjects import Subject
from asp.audit.actor import Actor
from asp.audit.services import record
from asp.forms import blank
from office.workflow.codes import CODE, LONGEST_CODE
from office.workflow.errors import CodeTaken
from office.workflow.managing.errors import AlreadyStopped, KindKept
from office.workflow.managing.kinds import kind_kept, open_flow
from office.workflow.models import Process, ProcessKind

TEXTS = ("name", "name_en", "description", "description_en", "category")


@transaction.atomic
def process_create(
    *,
    actor: Actor,
    name: str,
    name_en: str = "",
    description: str = "",
    description_en: str = "",
    category: str = "",
    code: str = "",
    kind: str = ProcessKind.FIXED,
    audience: Collection[Subject] = (),
    function: str = "",
    **origin: Any,
) -> Process:
    """Make a process with an empty draft; one of the open kind has its only step already.

    Without `code` one is made of the name. `origin`: `origin`, `origin_version`, `origin_text` of the central
    template that it is made of. Raises CodeTaken.
    """
    process = Process(
        code=code or code_free(name_en or name),
        kind=ProcessKind(kind),
        name=name,
        name_en=name_en,
        description=description,
        description_en=description_en,
        category=category,
        audience=sorted({each.key for each in audience}),
        function=function,
        draft_form=blank(name, name_en),
        draft_revision=1,
        draft_by_name=actor.name,
        draft_at=timezone.now(),
        **origin,
    )
    if process.kind == ProcessKind.OPEN:
        process.draft_bpmn = open_flow(process)
    try:
        with transaction.atomic():
            process.save(force_insert=True)
    except IntegrityError as error:
        raise CodeTaken(params={"name": process.code}) from error
    _record(actor, "workflow.process_created", process, code=process.code)
    return process


@transaction.atomic
def process_update(
    *,
    actor: Actor,
    process: Process,
    name: str,
    name_en: str = "",
    description: str = "",
    description_en: str = "",
    category: str = "",
    audience: Collection[Subject] = (),
    sort: int | None = None,
    kind: str | None = None,
) -> Process:
    """Say what a process is called, what it is for and who may start it; counts at once, without publishing.

    `kind` can be another one as long as nothing is published or drawn that goes by it; raises KindKept. An open flow
    gets its only step; a fixed one keeps it as the first to work on.
    """
    process = process_locked(process)
    before = {each: getattr(process, each) for each in (*TEXTS, "audience", "sort", "kind")}
    given = {
        "name": name,
        "name_en": name_en,
        "description": description,
        "description_en": description_en,
        "category": category,
        "audience": sorted({each.key for each in audience}),
        "sort": process.sort if sort is None else sort,
        "kind": process.kind if kind is None else ProcessKind(kind).value,
    }
    changed = [key for key, value in given.items() if before[key] != value]
    if not changed:
        return process
    if "kind" in changed and (reason := kind_kept(process)):
        raise KindKept(params={"reason": reason})
    for key in changed:
        setattr(process, key, given[key])
    written = list(changed)
    if "kind" in changed and process.kind == ProcessKind.OPEN:
        process.draft_bpmn = open_flow(process)
        process.draft_revision += 1
        process.draft_by_name, process.draft_at = actor.name, timezone.now()
        written += ["draft_bpmn", "draft_revision", "draft_by_name", "draft_at"]
    process.save(update_fields=written)
    _record(
        actor,
        "workflow.process_updated",
        process,
        old=before["name"],
        changed=changed,
        audience=process.audience,
    )
    return process


@transaction.atomic
def process_stop(*, actor: Actor, process: Process) -> Process:
    """Let nobody begin it any more; what is in progress goes on. Raises AlreadyStopped."""
    process = process_locked(process)
    if process.stopped_at is not None:
        raise AlreadyStopped
    process.stopped_at = timezone.now()
    process.save(update_fields=["stopped_at"])
    _record(actor, "workflow.process_stopped", process)
    return process


@transaction.atomic
def process_resume(*, actor: Actor, process: Process) -> Process:
    """Let people begin it again. Raises AlreadyStopped."""
    process = process_locked(process)
    if process.stopped_at is None:
        raise AlreadyStopped
    process.stopped_at = None
    process.save(update_fields=["stopped_at"])
    _record(actor, "workflow.process_resumed", process)
    return process


def process_locked(process: Process) -> Process:
    """The row as it is now; others who change it wait."""
    return Process.objects.select_for_update().get(pk=process.pk)


def code_free(name: str) -> str:
    """A code of a name that no process has: "Business trip" gives `business_trip`, 出差 `chuchai`."""
    words = name if name.isascii() else search_text(name).split(" ")[0]
    stem = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")[:LONGEST_CODE].strip("_")
    stem = stem if CODE.fullmatch(stem) else "process"
    taken = set(Process.objects.filter(code__startswith=stem).values_list("code", flat=True))
    number, code = 1, stem
    while code in taken:
        number += 1
        code = f"{stem}_{number}"
    return code


def _record(actor: Actor, action: str, process: Process, **params: Any) -> None:
    record(
        actor=actor,
        action=action,
        target_kind="workflow.process",
        target_id=process.pk,
        target_name=process.name,
        params=params,
    )
