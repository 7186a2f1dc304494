"""Role templates in the console (角色模板), for the host's security administrator.

Of the bureaus only counts are shown: who uses what is their own affair.
"""

import uuid
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from asp.accounts.access import duty
from asp.accounts.matrix import office_permission_groups
from asp.audit.actor import Actor
from asp.ui.flash import flash
from provisioning.forms.role_template import PublishForm, TemplateForm
from provisioning.models import RoleTemplate, RoleTemplateVersion
from provisioning.services.role_templates import (
    draft_of,
    template_change,
    template_create,
    template_discard,
    template_publish,
    template_withdraw,
)


@duty("security")
@require_safe
def template_list(request: HttpRequest) -> HttpResponse:
    """All templates, and how many bureaus have them."""
    return render(request, "provisioning/host/role_templates.html", {"templates": _counted()})


@duty("security")
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Draft one."""
    form = TemplateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = template_create(actor=Actor.of(request), draft=form.draft())
        flash(request, gettext("Saved as a draft. Bureaus see it once it is published."))
        return redirect("provisioning:role-template-detail", roletemplate_id=made.pk)
    return _form(request, form, None)


@duty("security")
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, roletemplate_id: uuid.UUID) -> HttpResponse:
    """Change the draft."""
    found = _get(roletemplate_id)
    draft = draft_of(found)
    initial = {
        "name": draft.name,
        "name_en": draft.name_en,
        "description": draft.description,
        "codes": list(draft.codes),
    }
    form = TemplateForm(request.POST or None, initial=initial, template=found)
    if request.method == "POST" and form.is_valid():
        template_change(actor=Actor.of(request), template=found, draft=form.draft())
        flash(request, gettext("Saved as a draft. Bureaus see it once it is published."))
        return redirect("provisioning:role-template-detail", roletemplate_id=found.pk)
    return _form(request, form, found)


@duty("security")
@require_safe
def detail(request: HttpRequest, roletemplate_id: uuid.UUID) -> HttpResponse:
    """One template: draft, versions, counts."""
    return _page(request, _get(roletemplate_id), PublishForm())


@duty("security")
@require_POST
def publish(request: HttpRequest, roletemplate_id: uuid.UUID) -> HttpResponse:
    """Publish the draft, or offer what is published to more bureaus."""
    found = _get(roletemplate_id)
    form = PublishForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    version = template_publish(
        actor=Actor.of(request),
        template=found,
        bureaus=form.receivers(),
        note=form.cleaned_data["note"],
    )
    flash(request, gettext("Version {n} is on its way to the bureaus.").format(n=version.version))
    return redirect("provisioning:role-template-detail", roletemplate_id=found.pk)


@duty("security")
@require_POST
def withdraw(request: HttpRequest, roletemplate_id: uuid.UUID) -> HttpResponse:
    """Offer it no longer."""
    found = template_withdraw(actor=Actor.of(request), template=_get(roletemplate_id))
    flash(request, gettext("The template is withdrawn. Roles that bureaus made of it stay theirs."))
    return redirect("provisioning:role-template-detail", roletemplate_id=found.pk)


@duty("security")
@require_POST
def discard(request: HttpRequest, roletemplate_id: uuid.UUID) -> HttpResponse:
    """Remove a draft that nobody has seen."""
    template_discard(actor=Actor.of(request), template=_get(roletemplate_id))
    flash(request, gettext("The draft is removed."))
    return redirect("provisioning:role-template-list")


def _counted() -> "QuerySet[RoleTemplate]":
    latest = RoleTemplateVersion.objects.filter(template=OuterRef("pk")).order_by("-version")
    return RoleTemplate.objects.annotate(
        published_at=Subquery(latest.values("published_at")[:1]),
        offered=Count("offers"),
        received=Count(
            "offers", filter=Q(offers__received_version__gte=F("version"), offers__received_version__gt=0)
        ),
        accepted=Count("offers", filter=Q(offers__accepted=True)),
    )


def _get(template_id: uuid.UUID) -> RoleTemplate:
    found = _counted().filter(pk=template_id).first()
    if found is None:
        raise Http404
    return found


def _form(request: HttpRequest, form: TemplateForm, template: RoleTemplate | None) -> HttpResponse:
    known = {code for group in office_permission_groups() for code, _label in group.codes}
    context = {
        "form": form,
        "template": template,
        "groups": office_permission_groups(),
        "unknown": sorted(set(template.codes) - known) if template else [],
        "chosen": set(form["codes"].value() or ()),
    }
    status = 422 if form.is_bound else 200
    return render(request, "provisioning/host/role_template_form.html", context, status=status)


def _page(
    request: HttpRequest, template: RoleTemplate, form: PublishForm, *, status: int = 200
) -> HttpResponse:
    versions = list(template.versions.all())
    is_changed = bool(versions) and draft_of(versions[0]) != draft_of(template)
    held = set(template.codes)
    groups = office_permission_groups()
    known = {code for group in groups for code, _label in group.codes}
    context: dict[str, Any] = {
        "template": template,
        "versions": versions,
        "is_changed": is_changed,
        "can_publish": is_changed or not (template.is_offered and template.for_all),
        "groups": [group for group in (each.only(held) for each in groups) if group.codes],
        "unknown": sorted(held - known),
        "form": form,
    }
    return render(request, "provisioning/host/role_template.html", context, status=status)
