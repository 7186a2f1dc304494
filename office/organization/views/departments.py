"""The tree of departments."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from asp.accounts.access import duty
from asp.audit.actor import Actor
from asp.ui.errors import UserFacingError
from asp.ui.flash import flash
from asp.ui.text import localized
from office.organization import selectors, services
from office.organization.forms import DepartmentForm, MoveForm
from office.organization.heads import head_candidates, head_names
from office.organization.models import Department
from office.organization.tree import Tree

INVALID = 422


@duty("system")
@require_safe
def department_list(request: HttpRequest) -> HttpResponse:
    """All departments as a tree, with how many people each has."""
    return _list(request)


@duty("system")
@require_http_methods(["GET", "POST"])
def department_create(request: HttpRequest) -> HttpResponse:
    """Create a department, below `?parent=` if given."""
    tree = selectors.department_tree()
    initial = {"parent": request.GET.get("parent", "")}
    form = DepartmentForm(request.POST or None, tree=tree, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            made = services.department_create(
                actor=Actor.of(request),
                name=values["name"],
                name_en=values["name_en"],
                code=values["code"],
                parent=_parent(tree, values["parent"]),
            )
        except UserFacingError as error:
            form.refuse(error)
        else:
            flash(request, gettext("Department {name} has been created.").format(name=made.name))
            return redirect("organization:department-list")
    return render(
        request, "organization/department_new.html", {"form": form}, status=INVALID if form.is_bound else 200
    )


@duty("system")
@require_http_methods(["GET", "POST"])
def department_edit(request: HttpRequest, department_id: uuid.UUID) -> HttpResponse:
    """Rename a department; the page also moves and dissolves it."""
    department = selectors.department_get(department_id)
    tree = selectors.department_tree()
    form = _form(request, department, tree)
    if request.method == "POST" and form.is_valid():
        try:
            services.department_update(actor=Actor.of(request), department=department, **form.cleaned_data)
        except UserFacingError as error:
            form.refuse(error)
        else:
            flash(request, gettext("The department has been changed."))
            return redirect("organization:department-edit", department_id=department.id)
    return _edit(request, department, tree, form, status=INVALID if form.is_bound else 200)


@duty("system")
@require_POST
def department_move(request: HttpRequest, department_id: uuid.UUID) -> HttpResponse:
    """Move a department, with everything below it, below another one."""
    department = selectors.department_get(department_id)
    tree = selectors.department_tree()
    form = MoveForm(request.POST, tree=tree, department=department)
    if form.is_valid():
        services.department_move(
            actor=Actor.of(request), department=department, parent=_parent(tree, form.cleaned_data["parent"])
        )
        flash(request, gettext("{name} has been moved.").format(name=department.name))
        return redirect("organization:department-list")
    return _edit(request, department, tree, _form(None, department, tree), move=form, status=INVALID)


@duty("system")
@require_POST
def department_shift(request: HttpRequest, department_id: uuid.UUID) -> HttpResponse:
    """Move a department one place up or down among its neighbours."""
    department = selectors.department_get(department_id)
    services.department_shift(
        actor=Actor.of(request), department=department, up=request.POST.get("direction") != "down"
    )
    return _list(request) if getattr(request, "htmx", None) else redirect("organization:department-list")


@duty("system")
@require_POST
def department_dissolve(request: HttpRequest, department_id: uuid.UUID) -> HttpResponse:
    """Dissolve an empty department."""
    department = selectors.department_get(department_id)
    services.department_dissolve(actor=Actor.of(request), department=department)
    flash(request, gettext("{name} has been dissolved.").format(name=department.name))
    return redirect("organization:department-list")


def _list(request: HttpRequest) -> HttpResponse:
    tree = selectors.department_tree()
    counts = selectors.people_counts()
    heads = head_names()
    context = {
        "rows": [
            {
                "node": node,
                "people": counts.get(node.department.id, 0),
                "head": heads.get(node.department.id),
                "below": sum(counts.get(key, 0) for key in tree.below(node.department.id)),
            }
            for node in tree.walk()
        ],
        "total": len(tree),
    }
    template = (
        "organization/_departments.html"
        if getattr(request, "htmx", None)
        else "organization/departments.html"
    )
    return render(request, template, context)


def _form(request: HttpRequest | None, department: Department, tree: Tree) -> DepartmentForm:
    heads: list[tuple[str, Any]] = list(head_candidates(department, tree))
    head = department.head
    if head is not None and str(head.pk) not in {key for _title, people in heads for key, _name in people}:
        # The account is disabled: it stays until somebody decides.
        heads.insert(0, (str(head.pk), gettext("{name} (account disabled)").format(name=localized(head))))
    data = request.POST if request is not None and request.method == "POST" else None
    return DepartmentForm(data, tree=tree, heads=heads, initial=DepartmentForm.initial_of(department))


def _edit(
    request: HttpRequest,
    department: Department,
    tree: Tree,
    form: DepartmentForm,
    *,
    move: MoveForm | None = None,
    status: int,
) -> HttpResponse:
    parent = str(department.parent_id or "")
    context = {
        "department": department,
        "lineage": list(reversed(tree.lineage(department.id)))[:-1],
        "form": form,
        "move": move or MoveForm(tree=tree, department=department, initial={"parent": parent}),
        "people": selectors.people_counts().get(department.id, 0),
        "children": tree.children(department.id),
    }
    return render(request, "organization/department.html", context, status=status)


def _parent(tree: Tree, key: str) -> Department | None:
    """The chosen department; the form has checked that it is one of the tree."""
    return tree.by_id[uuid.UUID(key)] if key else None
