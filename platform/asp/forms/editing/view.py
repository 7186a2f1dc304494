"""The view around the editor: the caller says where the definition is read from and written to."""

import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext
from redis.exceptions import RedisError

from asp.forms.binding import bind
from asp.forms.definition import Definition
from asp.forms.definition.reading import examine
from asp.forms.editing import operations
from asp.forms.editing.panels import FieldPanel, FormPanel, SectionPanel
from asp.forms.errors import DefinitionError, EditedElsewhere
from asp.forms.kinds import KINDS
from asp.forms.rendering import filling
from asp.ui.errors import UserFacingError

log = logging.getLogger(__name__)

Data = dict[str, Any]
MOST_STEPS = 20
LARGEST_STEP = 300_000  # characters of JSON
STEPS_FOR = 4 * 3600


@dataclass(frozen=True)
class Editor:
    """What the editor works on.

    `key` is unique in the site (`workflow.process:<uuid>`); `load` returns the JSON as it is stored, `save` stores a new
    one (the caller's service, with its own audit row) and may raise UserFacingErrors. `template` is the caller's page,
    which includes `forms/editor/_editor.html`; `context` is for that page. The caller has checked the person's right.
    """

    key: str
    load: Callable[[], Data]
    save: Callable[[Data], None]
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


def edit_form(request: HttpRequest, editor: Editor) -> HttpResponse:
    """Answer GET with the page, POST with an act. For HTMX only the editor's part; the address carries `?at=`.

    POST takes `revision` and `act` (`do:at:kind`), or `do`, `at` and the panel's settings; `undo` takes the last act of
    this person back.
    """
    data = editor.load()
    if request.method != "POST":
        return _page(request, editor, data, at=request.GET.get("at", ""), moved=bool(request.GET))
    if request.POST.get("revision") != revision_of(data):
        raise EditedElsewhere
    action = _action(request)
    do, at = action["do"], action["at"]
    if do == "undo":
        return _undo(request, editor, data, at)
    panel = None
    if do in ("field_change", "section_change", "form_change"):
        panel = panel_of(data, at, request.POST)
        if panel is None:
            raise operations.NotThere
        if not panel.is_valid():
            return _page(request, editor, data, at=at, panel=panel, status=422)
        action["settings"] = panel.as_json()
    try:
        edited = operations.apply(data, action)
    except DefinitionError as error:
        if panel is None:
            return _page(request, editor, data, at=at, refusal=error, status=422)
        panel.say(error.faults, at)
        return _page(request, editor, data, at=at, panel=panel, status=422)
    except operations.SectionNotEmpty as error:
        return _page(request, editor, data, at=at, refusal=error, status=422)
    if edited.data != data:
        editor.save(edited.data)
        _remember(request, editor, before=data, after=edited.data)
    return _done(
        request, editor, edited.data, edited.at, moved=do in ("field_add", "field_copy", "section_add")
    )


def _action(request: HttpRequest) -> Data:
    """What is to be done: the buttons of the list say `act=field_add:amount:money`, the panel says `do` and `at`."""
    act = request.POST.get("act")
    if act is None:
        return {"do": request.POST.get("do", ""), "at": request.POST.get("at", "")}
    do, at, kind = [*act.split(":", 2), "", ""][:3]
    if do == "column_add":
        return {"do": "field_add", "at": at, "kind": kind, "column": True}
    return {"do": do, "at": at, "kind": kind}


def revision_of(data: Data) -> str:
    """By which a page says what it has seen."""
    return hashlib.sha256(_dumps(data).encode()).hexdigest()[:24]


def panel_of(data: Data, at: str, posted: Any = None) -> Any:
    """The panel for what is selected: a field, a section, or the form itself."""
    if not at:
        return FormPanel(posted, each=data)
    if at.startswith("§"):
        section = operations.section_find(data, at[1:])
        return SectionPanel(posted, each=section) if section is not None else None
    each = operations.field_find(data, at)
    return FieldPanel(posted, each=each, column="." in at) if each is not None else None


def _dumps(data: Data) -> str:
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _done(request: HttpRequest, editor: Editor, data: Data, at: str, *, moved: bool) -> HttpResponse:
    if getattr(request, "htmx", None):
        return _page(request, editor, data, at=at, moved=moved)
    query = f"?{urlencode({'at': at})}" if at else ""
    return HttpResponseRedirect(f"{request.path}{query}")


def _page(
    request: HttpRequest,
    editor: Editor,
    data: Data,
    *,
    at: str,
    panel: Any = None,
    refusal: UserFacingError | None = None,
    moved: bool = False,
    status: int = 200,
) -> HttpResponse:
    if panel is None:
        panel = panel_of(data, at)
        if panel is None:
            if not request.POST and at:
                raise Http404
            at, panel = "", panel_of(data, "")
    definition, faults = examine(data)
    context = {
        **editor.context,
        "editor": {
            "at": at,
            "panel": panel,
            "selected": _selected(data, at),
            "sections": _listed(data, at, {each.where for each in faults}),
            "kinds": [(kind.code, kind.title, kind.icon) for kind in KINDS.values()],
            "columns": [(kind.code, kind.title, kind.icon) for kind in KINDS.values() if kind.column],
            "revision": revision_of(data),
            "faults": faults,
            "refusal": refusal,
            "preview": preview(definition) if definition is not None else None,
            "names": sorted(definition.names) if definition is not None else [],
            # Beside a column comes no field, but after its table.
            "add_at": at.partition(".")[0],
            "steps": len(_steps(request, editor, data)),
            "moved": moved,
            "path": request.path,
        },
    }
    template = "forms/editor/_editor.html" if getattr(request, "htmx", None) else editor.template
    return render(request, template, context, status=status)


def preview(definition: Definition) -> Data:
    """The form as it will be filled in, with everything that may be asked."""
    shown = filling(bind(definition, {}))
    for section in shown["sections"]:
        section["shown"] = True
        for control in section["controls"]:
            control["asked"] = True
    return shown


def _selected(data: Data, at: str) -> Data:
    """What the panel is about."""
    if not at:
        return {"what": "form"}
    if at.startswith("§"):
        return {
            "what": "section",
            "fields": bool((operations.section_find(data, at[1:]) or {}).get("fields")),
        }
    each = operations.field_find(data, at) or {}
    kind = KINDS.get(str(each.get("kind")))
    table = at.partition(".")[0] if "." in at else ""
    columns = [
        _line(one, at, f"{at}.{one.get('name')}", set()) for one in operations.fields_of(each, "columns")
    ]
    return {"what": "field", "kind": kind, "table": table, "columns": columns, "label": _label(each)}


def _listed(data: Data, at: str, faulty: set[str]) -> list[Data]:
    found = []
    for section in operations.sections_of(data):
        fields = []
        for each in operations.fields_of(section):
            line = _line(each, at, str(each.get("name", "")), faulty)
            inside = operations.fields_of(each, "columns")
            line["columns"] = [_line(one, at, f"{line['path']}.{one.get('name')}", faulty) for one in inside]
            fields.append(line)
        path = f"§{section.get('name', '')}"
        title = _words(section.get("title")) or gettext("Section without a heading")
        found.append({"path": path, "label": title, "current": at == path, "fields": fields})
    return found


def _line(each: Data, at: str, path: str, faulty: set[str]) -> Data:
    kind = KINDS.get(str(each.get("kind")))
    return {
        "path": path,
        "label": _label(each),
        "name": str(each.get("name", "")),
        "kind": kind.title if kind else str(each.get("kind", "")),
        "icon": kind.icon if kind else "help-circle",
        "required": bool(each.get("required")),
        "when": str(each.get("when") or ""),
        "current": at == path,
        "bad": path in faulty,
    }


def _label(each: Data) -> str:
    return _words(each.get("label")) or str(each.get("name", ""))


def _words(value: Any) -> str:
    from asp.forms.words import Words

    if not isinstance(value, dict):
        return ""
    return Words(str(value.get("zh") or ""), str(value.get("en") or "")).text


# ----- taking steps back: kept for a while beside the definition, lost without harm


def _steps(request: HttpRequest, editor: Editor, data: Data) -> list[Data]:
    """The steps that can be taken back from where the definition is now; none if somebody else has changed it."""
    try:
        steps = cache.get(_steps_key(request, editor)) or []
    except RedisError:
        log.warning("steps of %s cannot be read", editor.key)
        return []
    return steps if steps and steps[-1]["after"] == revision_of(data) else []


def _steps_key(request: HttpRequest, editor: Editor) -> str:
    return f"forms.steps:{editor.key}:{request.user.pk}"


def _remember(request: HttpRequest, editor: Editor, *, before: Data, after: Data) -> None:
    text = _dumps(before)
    if len(text) > LARGEST_STEP:
        return
    steps = _steps(request, editor, before)
    steps = [*steps, {"data": text, "after": revision_of(after)}][-MOST_STEPS:]
    _keep(request, editor, steps)


def _keep(request: HttpRequest, editor: Editor, steps: list[Data]) -> None:
    try:
        cache.set(_steps_key(request, editor), steps, STEPS_FOR)
    except RedisError:
        log.warning(
            "a step of %s cannot be kept", editor.key
        )  # the act is done; it only cannot be taken back


def _undo(request: HttpRequest, editor: Editor, data: Data, at: str) -> HttpResponse:
    steps = _steps(request, editor, data)
    if not steps:
        return _page(request, editor, data, at=at)
    before = json.loads(steps[-1]["data"])
    editor.save(before)
    _keep(request, editor, steps[:-1])
    known = at if panel_of(before, at) is not None else ""
    return _done(request, editor, before, known, moved=False)
