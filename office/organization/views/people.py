"""The staff list, single people, and acts on many."""

import uuid
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from asp.accounts.access import duty
from asp.accounts.enrolment import qr_of
from asp.accounts.links import site_origin
from asp.accounts.models import AccountState
from asp.audit.actor import Actor
from asp.messages.channels import relay_configured
from asp.ui.errors import UserFacingError
from asp.ui.flash import flash
from asp.ui.moments import today
from office.organization import selectors, services
from office.organization.downloads import spreadsheet
from office.organization.forms import MemberFilterForm, MemberForm
from office.organization.importing import workbook
from office.organization.models import Member
from office.organization.selectors import MemberFilter
from office.organization.tree import Tree
from tenants.context import current_site

INVALID = 422
PAGE_SIZE = 30


@duty("system")
@require_safe
def member_list(request: HttpRequest) -> HttpResponse:
    """Staff, narrowed down and sorted as the address says."""
    tree = selectors.department_tree()
    form, wanted = _filter(request.GET, tree)
    page = Paginator(selectors.member_list(wanted, tree=tree), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": [{"member": each, "places": _places(each, tree)} for each in page],
        "chosen": [(name, value) for name, value in form.cleaned_data.items() if value],
        "filtered": wanted != MemberFilter(),
        "relay": relay_configured(),
        "query": request.GET.urlencode(),
    }
    template = "organization/_people.html" if getattr(request, "htmx", None) else "organization/people.html"
    return render(request, template, context)


@duty("system")
@require_http_methods(["GET", "POST"])
def member_create(request: HttpRequest) -> HttpResponse:
    """Register one person."""
    initial = {"department_0": request.GET.get("department", "")}
    form = _member_form(request, None, initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.member_create(actor=Actor.of(request), **form.values())
        except UserFacingError as error:
            form.refuse(error)
        else:
            text = gettext("{name} has been registered with account {login}.")
            flash(request, text.format(name=made.account.name, login=made.account.login))
            if "another" in request.POST:
                return redirect("organization:member-create")
            return redirect("organization:member-edit", member_id=made.id)
    return _member_page(request, None, form)


@duty("system")
@require_http_methods(["GET", "POST"])
def member_edit(request: HttpRequest, member_id: uuid.UUID) -> HttpResponse:
    """Change one person; the page also activates, disables and enables."""
    member = selectors.member_get(member_id)
    form = _member_form(request, member, MemberForm.initial_of(member))
    if request.method == "POST" and form.is_valid():
        try:
            values = form.values()
            services.member_update(
                actor=Actor.of(request),
                member=member,
                **{**values, "login": values["login"] or member.account.login},
            )
        except UserFacingError as error:
            form.refuse(error)
            member = selectors.member_get(member_id)
        else:
            flash(request, gettext("The person has been changed."))
            return redirect("organization:member-edit", member_id=member.id)
    return _member_page(request, member, form)


@duty("system")
@require_safe
def member_export(request: HttpRequest) -> HttpResponse:
    """The staff list as Excel, as it is narrowed down."""
    tree = selectors.department_tree()
    _form, wanted = _filter(request.GET, tree)
    members = list(selectors.member_list(wanted, tree=tree))
    services.staff_exported(actor=Actor.of(request), count=len(members))
    name = gettext("Staff {day}.xlsx").format(day=today().isoformat())
    return spreadsheet(workbook.staff_list(members, tree), name)


@duty("system")
@require_POST
def member_act(request: HttpRequest) -> HttpResponse:
    """Do something with the selected people, or with everybody in the list as it is narrowed down."""
    members = _chosen(request)
    actor = Actor.of(request)
    act = request.POST.get("act")
    if act == "slips":
        return _slips(request, services.slips_issue(actor=actor, members=members))
    if act == "mail":
        invited = services.invite_by_mail(actor=actor, members=members)
        text = ngettext("{n} person has been written to.", "{n} people have been written to.", invited.sent)
        flash(request, text.format(n=invited.sent))
        if invited.without_address:
            left = invited.without_address
            text = ngettext(
                "{n} person has no mail address: print a slip.",
                "{n} people have no mail address: print slips.",
                left,
            )
            flash(request, text.format(n=left), kind="warn")
    elif act == "disable":
        count = services.members_disable(actor=actor, members=members)
        text = ngettext(
            "{n} account has been disabled and signed out.",
            "{n} accounts have been disabled and signed out.",
            count,
        )
        flash(request, text.format(n=count))
    elif act == "enable":
        count = services.members_enable(actor=actor, members=members)
        text = ngettext("{n} account is open again.", "{n} accounts are open again.", count)
        flash(request, text.format(n=count))
    return _back(request, members)


def _filter(query: Any, tree: Tree) -> tuple[MemberFilterForm, MemberFilter]:
    form = MemberFilterForm(query, tree=tree)
    form.is_valid()
    chosen = form.cleaned_data
    department = chosen.get("department")
    return form, MemberFilter(
        department=uuid.UUID(department) if department else None,
        state=chosen.get("state", ""),
        text=chosen.get("q", ""),
        sort=chosen.get("sort", ""),
    )


def _chosen(request: HttpRequest) -> list[Member]:
    """The people that a form means, those of another bureau or deleted ones left out."""
    if "everybody" in request.POST:
        tree = selectors.department_tree()
        _form, wanted = _filter(request.POST, tree)
        return list(selectors.member_list(wanted, tree=tree))
    ids = set()
    for text in request.POST.getlist("member")[:1000]:
        try:
            ids.add(uuid.UUID(text))
        except ValueError:
            continue
    return selectors.members_get(ids)


def _slips(request: HttpRequest, slips: list[services.Slip]) -> HttpResponse:
    """The page to print. It is the only place where the links can be read."""
    tree = selectors.department_tree()
    groups: dict[str, list[dict[str, Any]]] = {}
    for slip in slips:
        main = next(iter(slip.member.appointments.all()), None)
        place = tree.path(main.department_id) if main else ""
        shown = {
            "account": slip.member.account,
            "link": slip.link,
            "url": slip.url,
            "qr": qr_of(slip.url),
            "place": place,
            "post": main.post if main else None,
        }
        groups.setdefault(place, []).append(shown)
    address = f"{site_origin(current_site())}/"
    context = {"groups": list(groups.items()), "count": len(slips), "address": address}
    return render(request, "organization/slips.html", context)


def _back(request: HttpRequest, members: list[Member]) -> HttpResponse:
    if request.POST.get("from") == "person" and len(members) == 1:
        return redirect("organization:member-edit", member_id=members[0].id)
    response = redirect("organization:member-list")
    query = request.POST.get("query", "")[:2000]
    if query.isprintable() and query:
        response["Location"] += f"?{query}"
    return response


def _member_form(request: HttpRequest, member: Member | None, initial: dict[str, Any]) -> MemberForm:
    places = member.appointments.count() if member is not None else 1
    return MemberForm(
        request.POST or None,
        tree=selectors.department_tree(),
        posts=list(selectors.post_list()),
        places=places,
        initial=initial,
    )


def _member_page(request: HttpRequest, member: Member | None, form: MemberForm) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "member": member, "relay": relay_configured()}
    if member is not None:
        context["account"] = member.account
        context["invited"] = member.account.state == AccountState.INVITED
        context["disabled"] = member.account.state == AccountState.DISABLED
    return render(request, "organization/person.html", context, status=INVALID if form.is_bound else 200)


def _places(member: Member, tree: Tree) -> list[dict[str, Any]]:
    return [
        {"path": tree.path(each.department_id), "post": each.post, "primary": each.primary}
        for each in member.appointments.all()
    ]
