"""Importing people from Excel: template, upload, preview, result."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from asp.accounts.access import duty
from asp.audit.actor import Actor
from office.organization import selectors, services
from office.organization.downloads import spreadsheet
from office.organization.forms import ImportOptionsForm
from office.organization.importing import texts, workbook
from office.organization.importing.columns import COLUMNS, NO, YES
from office.organization.importing.plan import KINDS, Kind, Plan, PlannedRow, plan
from office.organization.models import Import, ImportState
from office.organization.services.imports import is_working, job_of
from office.organization.uploads import MOST_BYTES, PURPOSE

PAGE_SIZE = 50
FIRST_SHOWN: tuple[Kind, ...] = ("wrong", "new", "changed")
# Columns of the preview; the rest is shown where it changes or is wrong.
SHOWN = ("name", "login", "phone", "department", "post")
HEAD_WORDS = {YES: pgettext_lazy("head", "yes"), NO: pgettext_lazy("head", "no")}


@duty("system")
@require_safe
def import_list(request: HttpRequest) -> HttpResponse:
    """Where a file is uploaded, and the former imports.

    The upload element calls with `?arrived` when a file is there: the browser is sent to its preview.
    """
    if getattr(request, "htmx", None) and "arrived" in request.GET:
        latest = selectors.import_list().filter(created_by=request.user.pk).first()
        target = reverse("organization:import-detail", args=[latest.pk]) if latest else request.path
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    page = Paginator(selectors.import_list(), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "purpose": PURPOSE, "most_bytes": MOST_BYTES}
    return render(request, "organization/imports.html", context)


@duty("system")
@require_safe
def import_template(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """The file to fill in."""
    content = workbook.template(selectors.department_tree(), selectors.post_list())
    return spreadsheet(content, gettext("Staff template.xlsx"))


@duty("system")
@require_safe
def import_detail(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    """One import in whatever state it is; fetches itself while work is under way."""
    return _detail(request, selectors.import_get(import_id))


@duty("system")
@require_POST
def import_options(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    """Choose whether missing departments and posts are created, and see what that means."""
    found = selectors.import_get(import_id)
    form = ImportOptionsForm(request.POST)
    if form.is_valid():
        found = services.import_options(actor=Actor.of(request), import_id=found.pk, **form.cleaned_data)
    return (
        _detail(request, found)
        if getattr(request, "htmx", None)
        else redirect("organization:import-detail", import_id=found.pk)
    )


@duty("system")
@require_POST
def import_confirm(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    """Let it run."""
    found = selectors.import_get(import_id)
    services.import_confirm(actor=Actor.of(request), import_id=found.pk)
    return redirect("organization:import-detail", import_id=found.pk)


@duty("system")
@require_POST
def import_discard(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    """Forget the file."""
    found = selectors.import_get(import_id)
    services.import_discard(actor=Actor.of(request), import_id=found.pk)
    return redirect("organization:import-list")


@duty("system")
@require_safe
def import_refused(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:  # noqa: ARG001
    """The refused rows with their reasons, to be corrected and uploaded again."""
    found = selectors.import_get(import_id)
    rows = _refused(found)
    if not rows:
        raise Http404
    name = gettext("Refused rows of {filename}").format(filename=found.filename.removesuffix(".xlsx"))
    return spreadsheet(workbook.refused_rows(rows), f"{name}.xlsx")


def _refused(found: Import) -> list[PlannedRow]:
    if found.state == ImportState.DONE:
        # Kept as they were judged when the import ran.
        return [
            PlannedRow(each["n"], "wrong", each["v"], each.get("r", {}), each["p"])
            for each in found.rows_read()
        ]
    return _plan(found).of("wrong")


def _plan(found: Import) -> Plan:
    return plan(
        found.rows_read(), create_departments=found.create_departments, create_posts=found.create_posts
    )


def _detail(request: HttpRequest, found: Import) -> HttpResponse:
    working = is_working(found)
    context: dict[str, Any] = {"import": found, "job": job_of(found), "working": working}
    if found.problem:
        context["problem"] = texts.file_text(found.problem["code"], found.problem["params"])
    elif found.state == ImportState.PREVIEWED:
        context |= _preview(request, found)
    elif found.state == ImportState.DONE:
        context["refused"] = _shown(_refused(found)[:PAGE_SIZE])
    elif found.state in (ImportState.CHECKING, ImportState.RUNNING):
        context["broken"] = not working
    template = "organization/_import.html" if getattr(request, "htmx", None) else "organization/import.html"
    response = render(request, template, context)
    if getattr(request, "htmx", None) and request.method == "GET" and not working and "polled" in request.GET:
        # The work has ended: the whole page, with its heading and buttons, says something else now.
        response = HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return response


def _preview(request: HttpRequest, found: Import) -> dict[str, Any]:
    planned = _plan(found)
    counts = planned.counts
    filled: Kind = next((each for each in FIRST_SHOWN if counts[each]), "unchanged")
    kind: Kind = next((each for each in KINDS if each == request.GET.get("kind")), filled)
    page = Paginator(planned.of(kind), PAGE_SIZE).get_page(request.GET.get("page"))
    columns = (*SHOWN, "head") if any("head" in each.values for each in planned.rows) else SHOWN
    return {
        "counts": counts,
        "todo": counts["new"] + counts["changed"],
        "kind": kind,
        "page": page,
        "rows": _shown(list(page), columns),
        "columns": [each for each in COLUMNS if each.code in columns],
        "options": ImportOptionsForm(
            initial={"create_departments": found.create_departments, "create_posts": found.create_posts}
        ),
        "new_departments": ["/".join(path) for path in planned.new_departments],
        "new_posts": planned.new_posts,
    }


def _shown(rows: list[PlannedRow], columns: Sequence[str] = SHOWN) -> list[dict[str, Any]]:
    """Rows with their cells, changes and reasons in words."""
    labels = {each.code: each.label for each in COLUMNS}
    return [
        {
            "number": row.number,
            "name": row.shown("name"),
            "cells": [
                {
                    "text": HEAD_WORDS.get(row.shown(code), row.shown(code))
                    if code == "head"
                    else row.shown(code),
                    "wrong": any(column == code for column, *_rest in row.problems),
                    "label": labels[code],
                }
                for code in columns
            ],
            "changes": [
                {"label": labels[column], "before": before, "after": after}
                for column, (before, after) in row.changes.items()
            ],
            "problems": [texts.cell_text(problem) for problem in row.problems],
        }
        for row in rows
    ]
