"""What those do who oversee processes: suspend, resume, give to somebody else, move to another version."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.text import format_lazy
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from asp.accounts.access import requires
from asp.audit.actor import Actor
from asp.ui.errors import UserFacingError
from asp.ui.text import localized
from office.workflow import services
from office.workflow.errors import AlreadyDone
from office.workflow.forms_work import MoveForm, ReasonForm
from office.workflow.models import ProcessVersion, Step, WorkItem
from office.workflow.permissions import OVERSEE
from office.workflow.selectors.access import failed_steps_in, open_items_in, stranded_steps_in
from office.workflow.views._acts import FORMS, Ask, act, act_by, instance_of
from office.workflow.views._frame import uuid_or_none


@requires(OVERSEE)
@require_http_methods(FORMS)
def suspend(request: HttpRequest, instance_id: uuid.UUID) -> HttpResponse:
    """Stop it for a while (挂起); its clocks stand still."""
    found = instance_of(request, instance_id)
    ask = Ask(
        _("Suspend it"),
        pgettext_lazy("workflow", "Suspend"),
        "player-pause",
        text=_("Nobody can do anything with it, and its deadlines stand still until it is resumed."),
        done=_("Suspended."),
    )
    return act_by(request, found, ask, ReasonForm(request.POST or None), services.suspend, instance=found)


@requires(OVERSEE)
@require_http_methods(FORMS)
def resume(request: HttpRequest, instance_id: uuid.UUID) -> HttpResponse:
    """Let it go on (恢复); deadlines move by the time it stood still."""
    found = instance_of(request, instance_id)
    ask = Ask(
        _("Resume it"),
        _("Resume"),
        "player-play",
        text=_("It goes on where it stood. Its deadlines move by the working time that it stood still."),
        done=_("Resumed."),
    )
    return act_by(request, found, ask, None, services.resume, instance=found)


@requires(OVERSEE)
@require_http_methods(FORMS)
def retry(request: HttpRequest, instance_id: uuid.UUID) -> HttpResponse:
    """Let the services that could not do their steps try once more."""
    found = instance_of(request, instance_id)
    steps = failed_steps_in(found)
    if not steps:
        raise AlreadyDone
    names = ", ".join(localized(each) for each in steps)
    ask = Ask(
        _("Let the service try again"),
        _("Try again"),
        "refresh",
        text=format_lazy(_("“{steps}” is tried once more in the background."), steps=names),
        done=_("It is being tried again."),
    )

    def do(_form: Any, _people: Any) -> None:
        for each in steps:
            services.service_retry(actor=Actor.of(request), step=each)

    return act(request, found, ask, None, do)


@requires(OVERSEE)
@require_http_methods(FORMS)
def reassign(request: HttpRequest, instance_id: uuid.UUID) -> HttpResponse:
    """Give what waits for somebody to somebody else (改派); or a step that nobody was found for to people."""
    found = instance_of(request, instance_id)
    items, steps = open_items_in(found), stranded_steps_in(found)
    wanted = uuid_or_none(request.GET.get("part")) or uuid_or_none(request.POST.get("part"))
    parts: list[WorkItem | Step] = [*items, *steps]
    target = next((each for each in parts if each.pk == wanted), None)
    if wanted is not None and target is None:
        raise Http404
    if target is None and len(parts) == 1:
        target = parts[0]
    choices = [(str(each.pk), _part_text(each)) for each in items]
    choices += [(str(each.pk), gettext("{step} · nobody").format(step=localized(each))) for each in steps]
    ask = Ask(
        _("Give it to somebody else"),
        _("Give to them"),
        "user-cog",
        people="many" if isinstance(target, Step) else "one",
        people_label=_("Who does it?"),
        done=_("Given to somebody else."),
        extra={"choices": choices, "part": str(target.pk) if target is not None else ""},
        template="workflow/_reassign.html",
    )

    def do(form: Any, people: Any) -> None:
        reason = form.cleaned_data["reason"]
        if target is None:
            raise UserFacingError(message=_("Choose whose part it is."), status=422)
        if isinstance(target, Step):
            services.assign(actor=Actor.of(request), step=target, people=people, reason=reason)
        else:
            services.reassign(actor=Actor.of(request), item=target, to=people[0], reason=reason)

    return act(request, found, ask, ReasonForm(request.POST or None), do)


def _part_text(item: WorkItem) -> str:
    return f"{localized(item, 'step_name')} · {localized(item.account)}"


@requires(OVERSEE)
@require_http_methods(FORMS)
def move(request: HttpRequest, instance_id: uuid.UUID) -> HttpResponse:
    """Move it to another version of its process, after a look at what would happen (迁移)."""
    found = instance_of(request, instance_id)
    rows = ProcessVersion.objects.filter(process=found.process_id).exclude(pk=found.version_id)
    versions = list(rows.defer("bpmn", "spec", "form").order_by("-number")[:20])
    labels = [(str(each.pk), f"{each.number} · {localized(each)}") for each in versions]
    wanted = uuid_or_none(request.POST.get("version") or request.GET.get("version"))
    version = next((each for each in versions if each.pk == wanted), versions[0] if versions else None)
    outlook: Any = None
    carrying: Any = None
    fault = ""
    if version is not None:
        try:
            outlook, carrying = services.move_preview(instance=found, version=version)
        except UserFacingError as error:
            fault = error.text
    ask = Ask(
        _("Move it to another version"),
        _("Move it"),
        "versions",
        text="" if versions else _("There is no other version of this process."),
        done=_("It runs on the other version now."),
        extra={
            "none": version is None,
            "outlook": outlook,
            "carrying": carrying,
            "fault": fault,
            "version": version,
        },
        template="workflow/_move.html",
    )
    form = None
    if version is not None:
        form = MoveForm(request.POST or None, versions=labels, initial={"version": str(version.pk)})

    def do(form: Any, _people: Any) -> None:
        if version is None:
            raise Http404
        services.move(
            actor=Actor.of(request), instance=found, version=version, reason=form.cleaned_data["reason"]
        )

    return act(request, found, ask, form, do)
