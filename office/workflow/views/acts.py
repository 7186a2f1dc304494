"""What people do with an instance: decide, save, send back, reject, withdraw, hand over, countersign, urge, follow."""

import uuid
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from asp.accounts.access import requires
from asp.audit.actor import Actor
from asp.ui.flash import flash
from asp.ui.text import localized
from office.workflow import services
from office.workflow.desk.versions import START
from office.workflow.errors import (
    OpinionMissing,
    PeopleMissing,
    PeopleUnfit,
    UnknownOutcome,
    ValuesChanged,
)
from office.workflow.forms_work import OpinionForm, ReasonForm, RejectForm, ReturnForm, SignersForm, WordsForm
from office.workflow.models import Instance, ItemKind, WorkItem
from office.workflow.permissions import OVERSEE, USE
from office.workflow.selectors.access import item_get_for, oversees
from office.workflow.selectors.form_access import bound_for
from office.workflow.selectors.instances import story_of
from office.workflow.views._acts import FORMS, Ask, act, act_by, instance_of, own_item
from office.workflow.views._frame import (
    OPINION_LONGEST,
    chosen_in,
    number_or_none,
    person,
    to_instance,
    uuid_or_none,
)
from office.workflow.views.instance import page

# What can be put right on the same page; everything else was decided by somebody else meanwhile.
MENDABLE = (PeopleMissing, PeopleUnfit, UnknownOutcome, OpinionMissing, ValuesChanged)


@requires(USE, OVERSEE)
@require_POST
def complete(request: HttpRequest, instance_id: uuid.UUID) -> HttpResponse:
    """Do one's part of a step, with an outcome and an opinion; or only keep the form (`save`)."""
    account = person(request)
    found, item = _own_part(request, instance_id)
    if item.kind == ItemKind.READ:
        services.complete(actor=Actor.of(request), item=item, account=account)
        flash(request, gettext("Marked as read."))
        return redirect("workflow:todo-read")
    saves = "save" in request.POST
    bound = bound_for(account, found, item, [item], posted=request.POST, partial=saves)
    # A part that is over, or a process that stands still, is refused by the service in its own words.
    open_now = item.is_open and found.is_running
    if open_now and not (bound.is_valid or (saves and not bound.refused)):
        return page(request, found, story_of(found), item, bound=bound, status=422)
    values = bound.values if open_now else None
    revision = number_or_none(request.POST.get("revision"))
    try:
        with transaction.atomic():
            if saves:
                done = services.values_save(
                    actor=Actor.of(request),
                    item=item,
                    account=account,
                    values=values or {},
                    revision=revision,
                )
            else:
                done = services.complete(
                    actor=Actor.of(request),
                    item=item,
                    account=account,
                    outcome=request.POST.get("outcome", "")[:40],
                    opinion=request.POST.get("opinion", "")[:OPINION_LONGEST],
                    values=values,
                    chosen=chosen_in(request.POST),
                    revision=revision,
                )
            services.files_attach(instance=done, values=done.values)
    except MENDABLE as error:
        found.refresh_from_db()
        status = error.status if isinstance(error, ValuesChanged) else 422
        return page(request, found, story_of(found), item, bound=bound, status=status, problem=error)
    if saves:
        flash(request, gettext("Saved. It still waits for you."))
        return to_instance(found.pk, {"item": str(item.pk)})
    flash(request, gettext("Done: {title}").format(title=found.title))
    return redirect("workflow:todo")


def _own_part(request: HttpRequest, instance_id: uuid.UUID) -> tuple[Instance, WorkItem]:
    """The reader's own part, also one that is over: then the service says so. Raises Http404."""
    key = uuid_or_none(request.POST.get("item"))
    if key is None:
        raise Http404
    item = item_get_for(account=person(request), item_id=key)
    if item.instance is None or item.instance.pk != instance_id:
        raise Http404
    return item.instance, item


@requires(USE, OVERSEE)
@require_http_methods(FORMS)
def send_back(request: HttpRequest, instance_id: uuid.UUID) -> HttpResponse:
    """Back to an earlier step (退回)."""
    found = instance_of(request, instance_id)
    item = own_item(request, found)
    places = [(each.node, _place_text(each)) for each in services.returnable(item=item)]
    form = ReturnForm(request.POST or None, places=places, initial={"node": places[-1][0] if places else ""})
    ask = Ask(
        _("Send it back"),
        _("Send back"),
        "arrow-back-up",
        text="" if places else _("There is no earlier step that it can go back to."),
        done=_("Sent back."),
        extra={"none": not places},
    )
    # Sent all the same where it cannot go back: the field without choices refuses it.
    shown = form if places or request.method == "POST" else None
    return act_by(request, found, ask, shown, services.send_back, item=item, account=person(request))


@requires(USE, OVERSEE)
@require_http_methods(FORMS)
def reject(request: HttpRequest, instance_id: uuid.UUID) -> HttpResponse:
    """End it at one's step, as refused (否决)."""
    found = instance_of(request, instance_id)
    item = own_item(request, found)
    ask = Ask(
        _("Reject it"),
        pgettext_lazy("workflow", "Reject"),
        "circle-x",
        text=_("It ends here as rejected and cannot be continued. Whoever started it is told why."),
        danger=True,
        done=_("Rejected."),
    )
    form = RejectForm(request.POST or None)
    return act_by(request, found, ask, form, services.reject, item=item, account=person(request))


def _place_text(place: Any) -> str:
    names = gettext(", ").join(localized(each) for each in place.people)
    return f"{localized(place)} · {names}" if names else localized(place)


@requires(USE, OVERSEE)
@require_http_methods(FORMS)
def withdraw(request: HttpRequest, instance_id: uuid.UUID) -> HttpResponse:
    """Take back what was sent on, while nobody has read it (撤回)."""
    found = instance_of(request, instance_id)
    ask = Ask(
        _("Withdraw it"),
        _("Withdraw"),
        "arrow-back-up",
        text=_("It comes back to you, as it was before you sent it on. Nobody has read it yet."),
        done=_("Withdrawn: it waits for you again."),
    )
    return act_by(request, found, ask, None, services.withdraw, instance=found, account=person(request))


@requires(USE, OVERSEE)
@require_http_methods(FORMS)
def hand_over(request: HttpRequest, instance_id: uuid.UUID) -> HttpResponse:
    """Give one's part to a colleague (转办)."""
    found = instance_of(request, instance_id)
    item = own_item(request, found)
    ask = Ask(
        _("Hand it over"),
        _("Hand over"),
        "arrow-forward-up",
        text=_("A colleague does this step instead of you. Both names stay on record."),
        people="one",
        people_label=_("To whom?"),
        done=_("Handed over."),
    )
    form = OpinionForm(request.POST or None)
    return act_by(request, found, ask, form, services.hand_over, item=item, account=person(request))


@requires(USE, OVERSEE)
@require_http_methods(FORMS)
def add_signers(request: HttpRequest, instance_id: uuid.UUID) -> HttpResponse:
    """Ask colleagues to countersign before one decides (加签)."""
    found = instance_of(request, instance_id)
    item = own_item(request, found)
    ask = Ask(
        _("Ask others to countersign"),
        _("Ask them"),
        "user-plus",
        text=_("They say what they think of it first; then it comes back to you."),
        people="many",
        people_label=_("Who countersigns?"),
        done=_("They were asked to countersign."),
    )
    form = SignersForm(request.POST or None)
    return act_by(request, found, ask, form, services.add_signers, item=item, account=person(request))


@requires(USE, OVERSEE)
@require_http_methods(FORMS)
def urge(request: HttpRequest, instance_id: uuid.UUID) -> HttpResponse:
    """Ask those who have it to hurry (催办)."""
    found = instance_of(request, instance_id)
    ask = Ask(
        _("Urge"),
        _("Urge"),
        "bell-ringing",
        text=_("Everybody for whom it waits now is told, and sees it marked in their list."),
    )

    def do(form: Any, _people: Any) -> None:
        told = services.urge(
            actor=Actor.of(request),
            instance=found,
            account=person(request),
            words=form.cleaned_data["words"],
        )
        text = ngettext("{n} person was urged.", "{n} people were urged.", told)
        flash(request, text.format(n=told))

    return act(request, found, ask, WordsForm(request.POST or None), do)


@requires(USE, OVERSEE)
@require_http_methods(FORMS)
def cancel(request: HttpRequest, instance_id: uuid.UUID) -> HttpResponse:
    """End it for good (作废): whoever oversees, or the starter while it lies with them."""
    found = instance_of(request, instance_id)
    account = person(request)
    if not oversees(account) and not _lies_with_starter(found.pk, request):
        raise Http404
    ask = Ask(
        _("Cancel it"),
        _("Cancel for good"),
        "ban",
        text=_("It ends here and cannot be continued. What was done so far stays on record."),
        danger=True,
        done=_("Cancelled."),
    )
    return act_by(request, found, ask, ReasonForm(request.POST or None), services.cancel, instance=found)


def _lies_with_starter(instance_id: uuid.UUID, request: HttpRequest) -> bool:
    rows = WorkItem.objects.filter(instance=instance_id, account=person(request), state="open")
    return rows.filter(step__node=START, instance__starter=person(request)).exists()


@requires(USE, OVERSEE)
@require_POST
def follow(request: HttpRequest, instance_id: uuid.UUID) -> HttpResponse:
    """Be told of what happens, or no longer (`off`)."""
    found = instance_of(request, instance_id)
    if request.POST.get("off"):
        services.unfollow(account=person(request), instance=found)
    else:
        services.follow(account=person(request), instance=found)
    return to_instance(found.pk)
