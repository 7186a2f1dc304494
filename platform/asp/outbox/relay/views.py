"""The console's pages about messages between sites: what waits, what was given up, and what to do about it.

What bureaus tell each other is theirs: no page shows the content of a message.
"""

import uuid
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from asp.accounts.access import duty
from asp.audit.actor import Actor
from asp.outbox.relay import selectors, services
from asp.outbox.relay.forms import DiscardForm
from asp.outbox.relay.models import Envelope, EnvelopeState
from asp.outbox.relay.texts import reason
from asp.ui.flash import flash
from asp.ui.text import localized
from tenants.models import Bureau

PAGE_SIZE = 50


@duty("system")
@require_safe
def envelope_list(request: HttpRequest) -> HttpResponse:
    """Messages by state and bureau."""
    state = request.GET.get("state", "")
    if state not in (*EnvelopeState.values, selectors.HELD):
        state = ""
    bureau = _bureau(request.GET.get("bureau", ""))
    envelopes = selectors.envelope_list(state=state, bureau=bureau.pk if bureau else None)
    page = Paginator(envelopes, PAGE_SIZE).get_page(request.GET.get("page"))
    counts = selectors.envelope_counts()
    tabs = [
        ("", gettext("All"), None),
        ("waiting", gettext("Waiting"), counts["waiting"]),
        (selectors.HELD, gettext("Held back"), counts[selectors.HELD]),
        ("dead", gettext("Given up"), counts["dead"]),
        ("delivered", gettext("Delivered"), None),
    ]
    context = {"page": page, "rows": _rows(list(page)), "state": state, "tabs": tabs, "bureau": bureau}
    return render(request, "outbox/list.html", context)


@duty("system")
@require_safe
def envelope_detail(request: HttpRequest, envelope_id: uuid.UUID) -> HttpResponse:
    """One message on its way."""
    return _detail(request, selectors.envelope_get(envelope_id), DiscardForm())


@duty("system")
@require_POST
def replay(request: HttpRequest) -> HttpResponse:
    """Send those that were ticked once more."""
    number = services.envelopes_replay(actor=Actor.of(request), ids=_ids(request))
    text = ngettext("{n} message is sent again.", "{n} messages are sent again.", number)
    flash(request, text.format(n=number))
    return redirect("outbox:list")


@duty("system")
@require_POST
def discard(request: HttpRequest, envelope_id: uuid.UUID) -> HttpResponse:
    """Give one up for good, with the reason."""
    found = selectors.envelope_get(envelope_id)
    form = DiscardForm(request.POST)
    if not form.is_valid():
        return _detail(request, found, form, status=422)
    services.envelope_discard(
        actor=Actor.of(request), envelope_id=found.pk, reason=form.cleaned_data["reason"]
    )
    flash(request, gettext("The message is dropped."))
    return redirect("outbox:detail", envelope_id=found.pk)


@duty("system")
@require_http_methods(["GET", "HEAD", "POST"])
def route(request: HttpRequest, bureau_id: uuid.UUID) -> HttpResponse:
    """Try the route to a bureau and back."""
    bureau = Bureau.objects.filter(pk=bureau_id).first()
    if bureau is None:
        raise Http404
    if request.method == "POST":
        services.route_check(actor=Actor.of(request), bureau_id=bureau.pk, name=bureau.name)
        return redirect("outbox:route", bureau_id=bureau.pk)
    probes = selectors.probes(bureau.pk)
    context = {
        "bureau": bureau,
        "probes": probes,
        "waiting": any(each.seconds is None for each in probes[:1]),
    }
    template = "outbox/_route.html" if getattr(request, "htmx", None) else "outbox/route.html"
    return render(request, template, context)


def _detail(request: HttpRequest, found: Envelope, form: DiscardForm, status: int = 200) -> HttpResponse:
    context = {"row": _rows([found])[0], "form": form, "is_dead": found.state == EnvelopeState.DEAD}
    return render(request, "outbox/detail.html", context, status=status)


def _rows(envelopes: list[Envelope]) -> list[dict[str, Any]]:
    """Envelopes with the names of both ends and the reason in words."""
    bureaus = selectors.site_names(
        {key for each in envelopes for key in (each.pair.sender, each.pair.receiver)}
    )
    return [
        {
            "envelope": each,
            "sender": _name(each.pair.sender, bureaus),
            "receiver": _name(each.pair.receiver, bureaus),
            "held": each.state == EnvelopeState.WAITING and bool(each.pair.held),
            "reason": reason(
                each.error_code or (each.pair.held if each.state == EnvelopeState.WAITING else "")
            ),
        }
        for each in envelopes
    ]


def _name(key: str, bureaus: Any) -> str:
    bureau = bureaus.get(key)
    if bureau is not None:
        return localized(bureau)
    return gettext("Host") if key == "host" else gettext("an office that is gone")


def _ids(request: HttpRequest) -> list[uuid.UUID]:
    found = []
    for text in request.POST.getlist("message")[:PAGE_SIZE]:
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
    return found


def _bureau(text: str) -> Bureau | None:
    try:
        return Bureau.objects.filter(pk=uuid.UUID(text)).first()
    except ValueError:
        return None
