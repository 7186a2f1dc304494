"""The list of processes, the page of each, what it is called and who may start it."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from asp.accounts.access import requires
from asp.accounts.subjects import Subject, SubjectChoice, subject_labels, subject_search
from asp.audit.actor import Actor
from asp.ui.flash import flash
from office.workflow.errors import CodeTaken
from office.workflow.managing.forms import CreateForm, PublishForm, SettingsForm, UploadForm
from office.workflow.managing.kinds import kind_kept
from office.workflow.models import Process
from office.workflow.permissions import DESIGN
from office.workflow.selectors import manage as selectors
from office.workflow.services import process_create, process_resume, process_stop, process_update

INVALID = 422
FOUND = 6


@requires(DESIGN)
@require_safe
def process_list(request: HttpRequest) -> HttpResponse:
    """All processes of the office."""
    text, state = request.GET.get("q", "")[:100], request.GET.get("state", "")
    context = {
        "lines": selectors.process_list(text=text, state=state),
        "filtered": bool(text or state),
        "states": (
            ("", gettext("All")),
            ("used", pgettext("workflow", "In use")),
            ("draft", gettext("Not published yet")),
            ("stopped", gettext("Stopped")),
        ),
        "text": text,
        "state": state,
        "news": selectors.news_count(),
    }
    return render(request, "workflow/manage/list.html", context)


@requires(DESIGN)
@require_http_methods(["GET", "HEAD", "POST"])
def process_new(request: HttpRequest) -> HttpResponse:
    """A new process, empty."""
    form = CreateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            process = process_create(actor=Actor.of(request), **form.cleaned_data)
        except CodeTaken as error:
            form.add_error("code", error.text)
        else:
            flash(request, gettext("The process is there. Now its form and its steps."))
            return redirect("workflow:process", process.pk)
    context = {"form": form, "categories": selectors.categories()}
    return render(request, "workflow/manage/new.html", context, status=INVALID if form.is_bound else 200)


@requires(DESIGN)
@require_safe
def process_page(request: HttpRequest, process_id: uuid.UUID) -> HttpResponse:
    """Facts, draft and versions of one process."""
    process = selectors.process_get(process_id)
    context = {
        "line": selectors.line_of(process),
        "process": process,
        "versions": selectors.version_list(process),
        "audience": selectors.audience_of(process),
        "upload": UploadForm(initial={"revision": process.draft_revision}),
        "upload_target": f"{process.pk}:{process.draft_revision}",
        "publish": PublishForm(initial={"revision": process.draft_revision}),
    }
    return render(request, "workflow/manage/process.html", context)


@requires(DESIGN)
@require_http_methods(["GET", "HEAD", "POST"])
def process_settings(request: HttpRequest, process_id: uuid.UUID) -> HttpResponse:
    """What it is called, what it is for, who may start it. `op` adds or takes away somebody and saves nothing."""
    process = selectors.process_get(process_id)
    initial = {each: getattr(process, each) for each in SettingsForm.base_fields if each != "audience"}
    op = request.POST.get("op", "")
    keys = _keys(request, process, op)
    kept = kind_kept(process)
    form = SettingsForm(request.POST or None, initial=initial, kind_kept=bool(kept))
    if request.method == "POST" and not op and form.is_valid():
        process_update(actor=Actor.of(request), process=process, **form.cleaned_data)
        flash(request, gettext("Saved. It counts at once."))
        return redirect("workflow:process", process.pk)
    context = {
        "form": form,
        "process": process,
        "line": selectors.line_of(process),
        "audience": _choices(keys),
        "categories": selectors.categories(),
        "kind_kept": kept,
    }
    return render(
        request, "workflow/manage/settings.html", context, status=INVALID if form.is_bound and not op else 200
    )


@requires(DESIGN)
@require_safe
def audience_find(request: HttpRequest) -> HttpResponse:
    """Who can be named as those who may start a process."""
    query = request.GET.get("q", "").strip()[:100]
    context = {"choices": subject_search(query, limit=FOUND) if query else [], "query": query}
    return render(request, "workflow/manage/_subjects.html", context)


@requires(DESIGN)
@require_POST
def stop(request: HttpRequest, process_id: uuid.UUID) -> HttpResponse:
    """Nobody begins it any more."""
    process = process_stop(actor=Actor.of(request), process=selectors.process_get(process_id))
    flash(request, gettext("Stopped. What is in progress goes on."))
    return redirect("workflow:process", process.pk)


@requires(DESIGN)
@require_POST
def resume(request: HttpRequest, process_id: uuid.UUID) -> HttpResponse:
    """People may begin it again."""
    process = process_resume(actor=Actor.of(request), process=selectors.process_get(process_id))
    flash(request, gettext("It can be started again."))
    return redirect("workflow:process", process.pk)


def _keys(request: HttpRequest, process: Process, op: str) -> list[str]:
    keys = list(process.audience) if request.method != "POST" else request.POST.getlist("audience")
    if op.startswith("+"):
        keys.append(op[1:])
    if op.startswith("-"):
        keys = [each for each in keys if each != op[1:]]
    return list(dict.fromkeys(keys))[:200]


def _choices(keys: list[str]) -> list[SubjectChoice]:
    subjects = []
    for key in keys:
        try:
            subjects.append(Subject.parse(key))
        except ValueError:
            continue
    labels = subject_labels(subjects)
    return [labels.get(each) or SubjectChoice(each, gettext("removed"), "", "user-x") for each in subjects]
