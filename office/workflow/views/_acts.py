"""One shape for the small acts on an instance: a form in a dialog, or on a page of its own without scripts."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from asp.accounts.models import Account
from asp.audit.actor import Actor
from asp.forms.directories import Entry
from asp.ui.errors import UserFacingError
from asp.ui.flash import flash
from asp.ui.forms import Form
from office.workflow.errors import AlreadyDone, PeopleMissing
from office.workflow.models import Instance, ItemState, WorkItem
from office.workflow.selectors.access import colleagues_get, instance_get_for
from office.workflow.views._frame import person, to_instance, uuid_or_none
from office.workflow.views._next import entries_of

Text = str | Promise
FORMS = ["GET", "HEAD", "POST"]
MISSING = _("Choose a colleague.")


@dataclass
class Ask:
    """What a dialog asks. `people`: whom to choose ("one", "many", or nobody)."""

    title: Text
    button: Text
    icon: str
    text: Text = ""
    people: str = ""
    people_label: Text = ""
    danger: bool = False
    done: Text = ""
    hidden: dict[str, str] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)
    template: str = ""


def act(
    request: HttpRequest,
    instance: Instance,
    ask: Ask,
    form: Form | None,
    do: Callable[[Form | None, list[Account]], Any],
) -> HttpResponse:
    """Show what `ask` asks, or do it. What cannot be taken comes back with its reason; nothing is changed then."""
    if request.method != "POST":
        return _shown(request, instance, ask, form)
    problem: UserFacingError | None = None
    if form is None or form.is_valid():
        try:
            do(form, _people(request, ask))
        except UserFacingError as error:
            # What others did meanwhile is said on a page of its own; what was typed wrong, here.
            if error.status not in (400, 422, 429):
                raise
            problem = error
        else:
            if ask.done:
                flash(request, ask.done)
            return to_instance(instance.pk)
    return _shown(request, instance, ask, form, problem=problem, status=422)


def act_by(
    request: HttpRequest,
    instance: Instance,
    ask: Ask,
    form: Form | None,
    service: Callable[..., Any],
    /,
    **given: Any,
) -> HttpResponse:
    """`act` by a service that takes what was asked under the same names.

    It gets the actor, what is `given`, the fields of the form, and who was chosen: `to` (one) or `people` (many).
    """

    def do(filled: Form | None, people: list[Account]) -> Any:
        asked = dict(filled.cleaned_data) if filled is not None else {}
        if ask.people:
            asked |= {"to": people[0]} if ask.people == "one" else {"people": people}
        return service(actor=Actor.of(request), **given, **asked)

    return act(request, instance, ask, form, do)


def _people(request: HttpRequest, ask: Ask) -> list[Account]:
    if not ask.people:
        return []
    sent = [each for each in request.POST.getlist("to") if each]
    if not sent or (ask.people == "one" and len(sent) > 1):
        raise PeopleMissing(message=MISSING)
    return colleagues_get(sent)


def _shown(
    request: HttpRequest,
    instance: Instance,
    ask: Ask,
    form: Form | None,
    *,
    problem: UserFacingError | None = None,
    status: int = 200,
) -> HttpResponse:
    part = bool(getattr(request, "htmx", None))
    context = {
        "instance": instance,
        "ask": ask,
        "form": form,
        "problem": problem,
        "action": request.get_full_path(),
        "chosen": _chosen(request),
        "part": part,
    }
    return render(request, "workflow/_act.html" if part else "workflow/act.html", context, status=status)


def _chosen(request: HttpRequest) -> list[Entry]:
    keys = [key for each in request.POST.getlist("to") if (key := uuid_or_none(each)) is not None]
    return entries_of(keys)


def instance_of(request: HttpRequest, instance_id: uuid.UUID) -> Instance:
    """An instance that the reader may see."""
    return instance_get_for(account=person(request), instance_id=instance_id)


def own_item(request: HttpRequest, instance: Instance) -> WorkItem:
    """What the reader has in hand there: `item` of the address, else what is due first.

    Raises Http404, and AlreadyDone for a part of theirs that is over.
    """
    mine = WorkItem.objects.select_related("step", "for_account").filter(
        instance=instance, account=person(request)
    )
    rows = mine.filter(state=ItemState.OPEN)
    key = uuid_or_none(request.GET.get("item"))
    item = (rows.filter(pk=key) if key else rows.filter(step__isnull=False)).order_by("due_at", "id").first()
    if item is None:
        if key and mine.filter(pk=key).exists():
            raise AlreadyDone
        raise Http404
    item.instance = instance
    return item
