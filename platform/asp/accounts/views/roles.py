"""Roles (角色): the matrix of permissions, and who has them."""

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from asp.accounts import origins, selectors, services
from asp.accounts.access import duty, signed_in
from asp.accounts.forms import GrantForm, RoleForm
from asp.accounts.matrix import permission_choices, permission_groups
from asp.accounts.models import Role
from asp.accounts.subjects import (
    KINDS,
    ROLE,
    Subject,
    SubjectChoice,
    providers,
    subject_labels,
    subject_search,
)
from asp.audit.actor import Actor
from asp.ui.flash import flash

GRANT_KINDS = tuple(kind for kind in KINDS if kind != ROLE)


@duty("security")
@require_safe
def role_list(request: HttpRequest) -> HttpResponse:
    """All roles, and the matrix of functions and roles."""
    roles = list(selectors.role_list())
    held = selectors.codes_by_role(roles)
    groups = [
        {
            "title": group.title,
            "rows": [
                {"code": code, "label": label, "cells": [(role, code in held[role.pk]) for role in roles]}
                for code, label in group.codes
            ],
        }
        for group in permission_groups()
    ]
    context = {"roles": roles, "groups": groups, "proposed": origins.proposed()}
    return render(request, "accounts/role_list.html", context)


@duty("security")
@require_http_methods(["GET", "POST"])
def role_create(request: HttpRequest) -> HttpResponse:
    """A new role."""
    form = RoleForm(request.POST or None, codes=permission_choices())
    if request.method == "POST" and form.is_valid():
        role = services.role_create(actor=Actor.of(request), **form.cleaned_data)
        flash(request, gettext("The role has been created. Now give it to somebody."))
        return redirect("accounts:role-detail", role_id=role.pk)
    context = {"form": form, "groups": permission_groups(), "chosen": set(form["codes"].value() or ())}
    return render(request, "accounts/role_form.html", context, status=422 if form.is_bound else 200)


@duty("security")
@require_http_methods(["GET", "POST"])
def role_update(request: HttpRequest, role_id: uuid.UUID) -> HttpResponse:
    """Change a role's name and permissions."""
    role = selectors.role_get(role_id)
    initial = {
        "name": role.name,
        "name_en": role.name_en,
        "description": role.description,
        "codes": list(role.permissions.values_list("code", flat=True)),
    }
    form = RoleForm(request.POST or None, initial=initial, codes=permission_choices(), role=role)
    if request.method == "POST" and form.is_valid():
        services.role_update(actor=Actor.of(request), role=role, **form.cleaned_data)
        flash(request, gettext("Saved."))
        return redirect("accounts:role-detail", role_id=role.pk)
    context = {
        "form": form,
        "role": role,
        "groups": permission_groups(),
        "chosen": set(form["codes"].value() or ()),
    }
    return render(request, "accounts/role_form.html", context, status=422 if form.is_bound else 200)


@duty("security")
@require_safe
def role_detail(request: HttpRequest, role_id: uuid.UUID) -> HttpResponse:
    """What a role permits, and who has it."""
    return _detail(request, selectors.role_get(role_id), GrantForm())


@duty("security")
@require_POST
def role_delete(request: HttpRequest, role_id: uuid.UUID) -> HttpResponse:
    """Remove a role of one's own making."""
    role = selectors.role_get(role_id)
    services.role_delete(actor=Actor.of(request), role=role)
    flash(request, gettext("The role {name} has been removed.").format(name=role.name))
    return redirect("accounts:role-list")


@duty("security")
@require_POST
def grant_create(request: HttpRequest, role_id: uuid.UUID) -> HttpResponse:
    """Give a role to the chosen subjects."""
    role = selectors.role_get(role_id)
    form = GrantForm(request.POST)
    if not form.is_valid():
        return _detail(request, role, form, status=422)
    for subject in form.subjects():
        services.role_grant(actor=Actor.of(request), role=role, subject=subject)
    flash(request, gettext("Given."))
    return redirect("accounts:role-detail", role_id=role.pk)


@duty("security")
@require_POST
def grant_revoke(request: HttpRequest, role_id: uuid.UUID) -> HttpResponse:
    """Take a role from a subject."""
    role = selectors.role_get(role_id)
    try:
        subject = Subject.parse(request.POST.get("subject", ""))
    except ValueError:
        return HttpResponseBadRequest()
    services.role_revoke(actor=Actor.of(request), role=role, subject=subject)
    flash(request, gettext("Taken away."))
    return redirect("accounts:role-detail", role_id=role.pk)


@signed_in
@require_safe
def subject_picker(request: HttpRequest) -> HttpResponse:
    """The part of a subject picker that changes while one types: what was chosen, then what was found.

    `q` words, `kinds` comma-separated, `name` of the field, `subject` (repeated) what is chosen already.
    """
    kinds = [each for each in request.GET.get("kinds", "").split(",") if each in KINDS] or list(KINDS)
    chosen = _parsed(request.GET.getlist(request.GET.get("name", "subject")))
    known = subject_labels(chosen)
    query = request.GET.get("q", "").strip()
    found = (
        [each for each in subject_search(query, kinds=kinds) if each.subject not in known] if query else []
    )
    context = {
        "name": request.GET.get("name", "subject"),
        "query": query,
        "chosen": [known[each] for each in chosen if each in known],
        "groups": _grouped(found),
    }
    return render(request, "accounts/_subject_options.html", context)


def _detail(request: HttpRequest, role: Role, form: GrantForm, *, status: int = 200) -> HttpResponse:
    subjects = [Subject(each.subject_kind, each.subject_id) for each in role.grants.all()]
    labels = subject_labels(subjects)
    held = set(role.permissions.values_list("code", flat=True))
    context = {
        "role": role,
        "form": form,
        "grants": [labels.get(each, SubjectChoice(each, gettext("No longer there"))) for each in subjects],
        "groups": [group for group in (each.only(held) for each in permission_groups()) if group.codes],
        "kinds": ",".join(GRANT_KINDS),
        "chosen": [],
        "origin": next((each for each in origins.proposed() if each.role_id == role.pk), None),
    }
    return render(request, "accounts/role_detail.html", context, status=status)


def _parsed(keys: list[str]) -> list[Subject]:
    found = []
    for key in keys[:50]:
        try:
            found.append(Subject.parse(key))
        except ValueError:
            continue
    return found


def _grouped(choices: list[SubjectChoice]) -> list[tuple[str, list[SubjectChoice]]]:
    groups = []
    for provider in providers():
        of_kind = [each for each in choices if each.subject.kind == provider.kind]
        if of_kind:
            groups.append((str(provider.title), of_kind))
    return groups
