"""Handling many at once: look at what was ticked, give one answer, read what could not be done.

Each one is done in a transaction of its own: what one of them refuses does not undo the others.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from asp.accounts.access import requires
from asp.audit.actor import Actor
from asp.idempotency.repeats import repeats
from asp.ui.errors import UserFacingError
from asp.ui.flash import flash
from office.workflow import services
from office.workflow.models import ItemState, WorkItem
from office.workflow.permissions import OVERSEE, USE
from office.workflow.selectors.batches import MOST, Batch, Left, batches_of
from office.workflow.views._frame import OPINION_LONGEST, person, uuids


# Not remembered as one request, which would be one transaction: a repeat finds everything done by the first.
@repeats
@requires(USE, OVERSEE)
@require_http_methods(["GET", "HEAD", "POST"])
def batch(request: HttpRequest) -> HttpResponse:
    """What was ticked (`item`, repeated), in batches; sent for one of them (`key`), a report of what was done."""
    account = person(request)
    data = request.POST if request.method == "POST" else request.GET
    keys = uuids(data.getlist("item"))
    batches, left = batches_of(account, keys)
    context: dict[str, object] = {
        "batches": batches,
        "left": left,
        "most": MOST,
        "cut": max(0, len(keys) - MOST),
    }
    if request.method != "POST":
        if not keys:
            flash(request, gettext("Nothing is selected. Tick what you want to handle first."), kind="warn")
            return redirect("workflow:todo")
        return render(request, "workflow/batch.html", context)
    chosen = next((each for each in batches if each.key == request.POST.get("key")), None)
    outcome, opinion = (
        request.POST.get("outcome", "")[:40],
        request.POST.get("opinion", "").strip()[:OPINION_LONGEST],
    )
    if chosen is not None and chosen.outcomes and outcome not in {each.value for each in chosen.outcomes}:
        context |= {"missing": chosen.key, "opinion": opinion}
        return render(request, "workflow/batch.html", context, status=422)
    done, failed = _done_before(left, outcome)
    if chosen is not None:
        more, refused = _do(request, chosen, outcome, opinion)
        done, failed = done + more, failed + refused
    others = [each for each in batches if each is not chosen]
    report = {"done": done, "failed": failed, "others": others}
    return render(request, "workflow/batch_report.html", report)


def _do(request: HttpRequest, chosen: Batch, outcome: str, opinion: str) -> tuple[list[WorkItem], list[Left]]:
    done, failed = [], []
    for item in chosen.items:
        try:
            services.complete(
                actor=Actor.of(request),
                item=item,
                account=person(request),
                outcome=outcome,
                opinion=opinion,
            )
        except UserFacingError as error:
            failed.append(Left(item, error.text))
        else:
            done.append(item)
    return done, failed


def _done_before(left: list[Left], outcome: str) -> tuple[list[WorkItem], list[Left]]:
    """A repeat of the same request: what it has done the first time counts as done."""
    done = [each.item for each in left if each.item.state == ItemState.DONE and each.item.outcome == outcome]
    return done, [each for each in left if each.item not in done]
