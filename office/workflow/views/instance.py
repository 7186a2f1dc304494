"""The page of an instance: form, path, opinions, attachments, acts; its live parts and its print."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from asp.accounts.access import requires
from asp.accounts.models import Account
from asp.audit.actor import Actor
from asp.blobs.models import Blob
from asp.blobs.services import download_url
from asp.forms import HIDDEN, Bound, live_answer
from asp.idempotency.repeats import repeats
from asp.notify.services import read_about
from asp.ui.errors import UserFacingError
from asp.ui.text import localized
from office.workflow import services
from office.workflow.desk.versions import START, version_of
from office.workflow.models import Follow, FormFile, Instance, ItemKind, StepState, WorkItem
from office.workflow.permissions import OVERSEE, USE
from office.workflow.selectors.access import file_get_for, instance_get_for, oversees
from office.workflow.selectors.drawings import drawings_of
from office.workflow.selectors.form_access import access_for, bound_for
from office.workflow.selectors.instances import Story, files_in, story_of
from office.workflow.services.files import file_ids
from office.workflow.views._frame import chosen_in, person, uuid_or_none
from office.workflow.views._next import ways_of


@requires(USE, OVERSEE)
@require_safe
def instance(request: HttpRequest, instance_id: uuid.UUID) -> HttpResponse:
    """Everything about one instance on one page."""
    account = person(request)
    found = instance_get_for(account=account, instance_id=instance_id)
    story = story_of(found)
    item = story.open_item_of(account, uuid_or_none(request.GET.get("item")))
    if request.method == "GET":
        read_about(account=account, about=found.pk)
        if item is not None and item.read_at is None:
            services.item_read(item=item, account=account)
    return page(request, found, story, item)


def page(
    request: HttpRequest,
    found: Instance,
    story: Story,
    item: WorkItem | None,
    *,
    bound: Bound | None = None,
    status: int = 200,
    problem: UserFacingError | None = None,
) -> HttpResponse:
    """The page, also with what was typed and could not be taken."""
    account = person(request)
    bound = bound or bound_for(account, found, item, story.items)
    posted = request.POST if request.method == "POST" else {}
    context: dict[str, Any] = {
        "instance": found,
        "story": story,
        "item": item,
        "others": [
            each for each in story.items if each.account_id == account.pk and each.is_open and each != item
        ],
        "bound": bound,
        "ask_url": f"{reverse('workflow:ask', args=[found.pk])}?item={item.pk}" if item is not None else "",
        "editable": _editable(bound) and found.is_running,
        "files": files_in(bound),
        "drawings": drawings_of(found),
        "problem": problem,
        "opinion": posted.get("opinion", ""),
        "revision": found.revision,
        "acts": acts_for(account, found, story, item),
        "following": Follow.objects.filter(account=account, instance=found).exists(),
        "outcomes": outcomes_of(item) if item is not None and found.is_running else [],
        "ways": None,
        "first_form": item is not None and item.step is not None and item.step.node == START,
    }
    if problem is not None and item is not None:
        context["ways"] = _ways(request, found, item, bound)
    return render(request, "workflow/instance.html", context, status=status)


def outcomes_of(item: WorkItem) -> list[Any]:
    """The buttons of a step; none where it is just done, and for those who were asked to sign or read."""
    if item.step is None or item.instance is None or item.kind != ItemKind.DO:
        return []
    node = version_of(item.instance.version_id).node(item.step.node, item.step.process)
    return list(node.step.outcomes) if node is not None and node.step is not None else []


def acts_for(account: Account, found: Instance, story: Story, item: WorkItem | None) -> dict[str, bool]:
    """What this person may do here, by name; the services decide once more."""
    step, first, decides = None, False, False
    if item is not None and item.step is not None and found.is_running:
        node = version_of(found.version_id).node(item.step.node, item.step.process)
        step = node.step if node is not None else None
        first = item.step.node == START
        decides = item.kind == ItemKind.DO
    over = oversees(account)
    others_wait = any(each.is_open and each.account_id != account.pk for each in story.items if each.step_id)
    taking_part = found.starter_id == account.pk or any(
        account.pk in (each.account_id, each.for_account_id) for each in story.items
    )
    return {
        "return": bool(decides and step and step.allows("return")),
        "reject": bool(decides and step and step.allows("reject")),
        "hand_over": bool(step and step.allows("hand_over")),
        "add_signers": bool(decides and step and step.allows("add_signers")),
        "withdraw": found.is_running
        and taking_part
        and services.withdrawable(instance=found, account=account),
        "urge": found.is_running and others_wait and (taking_part or over),
        "cancel": found.is_open and (over or (first and found.starter_id == account.pk)),
        "suspend": over and found.is_running,
        "resume": over and found.is_open and not found.is_running,
        "retry": over and found.is_running and any(each.state == StepState.FAILED for each in story.steps),
        "reassign": over and found.is_running and any(each.is_open for each in story.steps),
        "move": over and found.is_open,
    }


def _editable(bound: Bound) -> bool:
    return any(state.editable for _section, states in bound.sections for state in states)


# ----- live parts


def _in_hand(
    request: HttpRequest, instance_id: uuid.UUID, wanted: str | None
) -> tuple[Instance, WorkItem, list[WorkItem]]:
    """An instance with what waits in it for the reader: the wanted part, else the first. Raises Http404."""
    account = person(request)
    found = instance_get_for(account=account, instance_id=instance_id)
    items = list(WorkItem.objects.filter(instance=found).select_related("step", "for_account").order_by("id"))
    for each in items:
        each.instance = found
    mine = [
        each for each in items if each.account_id == account.pk and each.is_open and each.step is not None
    ]
    key = uuid_or_none(wanted)
    item = next((each for each in mine if each.pk == key or not wanted), None)
    if item is None:
        raise Http404
    return found, item, items


@repeats
@requires(USE, OVERSEE)
@require_POST
def ask(request: HttpRequest, instance_id: uuid.UUID) -> HttpResponse:
    """While somebody types: which fields are asked, what stands in computed places."""
    # The script sends only what belongs to the form: the item is named in the address.
    found, item, items = _in_hand(request, instance_id, request.GET.get("item"))
    return live_answer(bound_for(person(request), found, item, items, posted=request.POST, partial=True))


@repeats
@requires(USE, OVERSEE)
@require_POST
def following(request: HttpRequest, instance_id: uuid.UUID) -> HttpResponse:
    """What comes next after each outcome, with the form as it stands; and whom to choose."""
    found, item, items = _in_hand(request, instance_id, request.POST.get("item"))
    bound = bound_for(person(request), found, item, items, posted=request.POST, partial=True)
    return render(request, "workflow/_next.html", {"ways": _ways(request, found, item, bound)})


def _ways(request: HttpRequest, found: Instance, item: WorkItem, bound: Bound) -> Any:
    account = person(request)
    values = found.values if bound.refused or (bound.errors and not bound.partial) else bound.values
    choices = [(each.value, localized(each, "label")) for each in outcomes_of(item)] or [("", "")]

    def question(outcome: str) -> Any:
        return lambda: services.preview(item=item, account=account, outcome=outcome, values=values)

    outlooks = [(value, label, question(value)) for value, label in choices]
    return ways_of(outlooks, chosen_in(request.POST))


# ----- paper and files


@requires(USE, OVERSEE)
@require_safe
def paper(request: HttpRequest, instance_id: uuid.UUID) -> HttpResponse:
    """The form on paper, with opinions and path."""
    account = person(request)
    found = instance_get_for(account=account, instance_id=instance_id)
    story = story_of(found)
    bound = bound_for(account, found, story.open_item_of(account), story.items)
    context = {"instance": found, "story": story, "bound": bound}
    return render(request, "workflow/print.html", context)


@requires(USE, OVERSEE)
@require_safe
def file(request: HttpRequest, file_id: uuid.UUID) -> HttpResponse:
    """Send the browser to the content origin for an attachment, and put it on record."""
    account = person(request)
    found = file_get_for(account=account, file_id=file_id)
    if found.instance is not None and not _shown(account, found.instance, found):
        raise Http404
    blob = Blob.objects.filter(pk=found.blob_id).first()
    if blob is None:
        raise Http404
    url = download_url(request=request, blob=blob, filename=found.name)
    if request.method != "HEAD":
        services.file_read(actor=Actor.of(request), file=found)
    return HttpResponseRedirect(url)


def _shown(account: Account, found: Instance, wanted: FormFile) -> bool:
    """Whether a field that the reader may see names the file; what was taken out of the form is nobody's."""
    items = list(WorkItem.objects.filter(instance=found).select_related("step"))
    item = next((each for each in items if each.account_id == account.pk and each.is_open), None)
    access = access_for(account, found, item, items)
    seen = {name: value for name, value in found.values.items() if access.get(name) != HIDDEN}
    return wanted.pk in set(file_ids(seen)) or (
        oversees(account) and wanted.pk in set(file_ids(found.values))
    )
