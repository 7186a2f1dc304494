"""Central templates in a bureau: adopting one, and taking over what is new in it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils import timezone

from asp.audit.actor import Actor
from asp.audit.services import record
from asp.forms import Definition as Form
from asp.forms import DefinitionError, blank
from office.workflow.bpmn.elements import Performer
from office.workflow.bpmn.steps import NotAList, StepsFault, steps_as_json, steps_from_json, write_steps
from office.workflow.central import Template, merging, templates
from office.workflow.central.people import proposals, steps_with
from office.workflow.errors import DraftChanged
from office.workflow.managing.errors import AlreadyAdopted, DraftUnreadable, MergeImpossible, NothingNew
from office.workflow.managing.facts import report_of
from office.workflow.managing.performers import key_of, performer_of
from office.workflow.models import Process
from office.workflow.services.drafts import draft_steps
from office.workflow.services.processes import code_free, process_create, process_locked
from office.workflow.services.publishing import version_publish


@transaction.atomic
def template_adopt(
    *, actor: Actor, code: str, people: Mapping[str, Sequence[Performer]] | None = None
) -> Process:
    """Make a process of a central template; published at once if everybody whom it needs is known.

    `people` says who its roles are here; without it, those whose names say so. Where somebody is missing there is a
    draft with findings. Raises AlreadyAdopted, Http404.
    """
    template = template_get(code)
    if Process.objects.select_for_update().filter(origin=code).exists():
        raise AlreadyAdopted
    people = proposals(template) if people is None else people
    base = _text_of(template, people)
    free = code if not Process.objects.filter(code=code).exists() else code_free(code)
    process = process_create(
        actor=actor,
        code=free,
        kind=template.kind,
        **base["texts"],
        origin=code,
        origin_version=template.version,
        origin_text=base | {"people": _people_as_json(people)},
    )
    process.draft_form, process.sort = base["form"], template.sort
    process.draft_bpmn = write_steps(steps_from_json(base["steps"])).decode()
    process.save(update_fields=["draft_form", "draft_bpmn", "sort"])
    _record(actor, "workflow.template_adopted", process, version=template.version)
    if report_of(process).ok:
        version_publish(actor=actor, process=process)
        process.refresh_from_db()
    return process


@transaction.atomic
def template_merge(
    *, actor: Actor, process: Process, version: int, taken: Collection[str], revision: int | None = None
) -> Process:
    """Take over the chosen parts (their keys) of what is new in the template into the draft; the rest is kept.

    Names and descriptions count at once, form and steps when the draft is published. `version` is what the person
    has looked at. Raises NothingNew, DraftChanged, MergeImpossible.
    """
    process = process_locked(process)
    template = templates().get(process.origin)
    if template is None or template.version != version or process.origin_version >= version:
        raise NothingNew
    if revision is not None and process.draft_revision != revision:
        raise DraftChanged(params={"name": process.draft_by_name or "–"})
    base, own, new = three_of(process, template)
    news = [each.key for each in merging.compare(base, own, new) if each.news]
    made = merging.merge(base, own, new, taken)
    _check(made)
    for key, value in made["texts"].items():
        setattr(process, key, value)
    if made["form"] != own["form"] or made["steps"] != own["steps"]:
        process.draft_form = made["form"]
        if made["steps"] is not None and made["steps"] != own["steps"]:
            process.draft_bpmn = write_steps(steps_from_json(made["steps"])).decode()
        process.draft_revision += 1
        process.draft_by_name, process.draft_at = actor.name, timezone.now()
    process.origin_version = template.version
    process.origin_text = new | {"people": (process.origin_text or {}).get("people", {})}
    process.save()
    _record(
        actor,
        "workflow.template_merged",
        process,
        version=template.version,
        taken=[each for each in news if each in taken],
        kept=[each for each in news if each not in taken],
    )
    return process


def template_get(code: str) -> Template:
    """A central template of this release, or Http404."""
    found = templates().get(code)
    if found is None:
        raise Http404
    return found


def three_of(process: Process, template: Template) -> tuple[merging.Data, merging.Data, merging.Data]:
    """As it was adopted, as it is here, as it comes now; the people of the last are those of this bureau."""
    stored = process.origin_text or {}
    people = {key: [performer_of(each) for each in found] for key, found in stored.get("people", {}).items()}
    new = _text_of(template, {**proposals(template), **people})
    base = {
        "texts": stored.get("texts", {}),
        "form": stored.get("form") or new["form"],
        "steps": stored.get("steps"),
    }
    try:
        steps = draft_steps(process)
    except (NotAList, DraftUnreadable):
        steps = None
    own = {
        "texts": {key: getattr(process, key) for key in merging.TEXTS},
        "form": process.draft_form or blank(process.name, process.name_en),
        "steps": steps_as_json(steps) if steps is not None else None,
        "bpmn": process.draft_bpmn,
    }
    return base, own, new


def _text_of(template: Template, people: Mapping[str, Sequence[Performer]]) -> merging.Data:
    steps = steps_from_json(steps_with(template.steps, people))
    return {
        "texts": {key: getattr(template, key) for key in merging.TEXTS},
        "form": dict(template.form),
        # As a draft is read back, so that what nobody changed is the same.
        "steps": steps_as_json(steps),
    }


def _people_as_json(people: Mapping[str, Sequence[Performer]]) -> dict[str, list[str]]:
    return {key: [key_of(each) for each in found] for key, found in people.items() if found}


def _check(made: merging.Data) -> None:
    """What was put together must be whole: a field that others compute with, a step to which others lead."""
    try:
        Form.read(made["form"])
        if made["steps"] is not None:
            steps_from_json(made["steps"])
    except (DefinitionError, StepsFault) as error:
        raise MergeImpossible(params={"reason": error.text}) from error


def _record(actor: Actor, action: str, process: Process, **params: Any) -> None:
    record(
        actor=actor,
        action=action,
        target_kind="workflow.process",
        target_id=process.pk,
        target_name=process.name,
        params=params,
    )
