"""One instance as drawings: its process with the path, and each process that it calls beside it."""

import uuid
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from django.utils.safestring import SafeString

from asp.ui.errors import UserFacingError
from office.workflow.bpmn import spec as engine
from office.workflow.bpmn.elements import Definition
from office.workflow.bpmn.engine.state import Path, State
from office.workflow.bpmn.layout import Picture, layout
from office.workflow.bpmn.pictures import picture_of
from office.workflow.bpmn.svg import element_name, svg
from office.workflow.bpmn.xml import Unreadable
from office.workflow.desk.versions import Version, version_of
from office.workflow.models import Instance

MAIN = ""
PICTURES = 256
_pictures: "OrderedDict[tuple[uuid.UUID, str], Picture]" = OrderedDict()
_mutex = Lock()


@dataclass(frozen=True)
class Called:
    """A process that is called (调用的流程). `now`: it waits there; `passed`: it has been there."""

    name: str
    drawing: SafeString
    now: bool
    passed: bool


@dataclass(frozen=True)
class Drawings:
    """What can be drawn of an instance; `main` is None if what is stored cannot be drawn."""

    main: SafeString | None
    called: list[Called]


def drawings_of(instance: Instance) -> Drawings:
    """The drawings with what was passed and where it stands, in the order in which the processes call each other."""
    version = version_of(instance.version_id)
    state: State | None = None
    if instance.state_data:
        try:
            state = engine.restore(version.spec, instance.state_data)
        except UserFacingError:
            state = None  # the page of a broken instance is what helps to mend it
    main = svg(
        version.definition, _picture(version, MAIN, version.definition), path=_path(state), key="drawing"
    )
    found = [
        _called(version, code, definition, state, f"drawing-{number}")
        for number, (code, definition) in enumerate(version.called.items(), start=1)
    ]
    return Drawings(main, found)


def _called(version: Version, code: str, definition: Definition, state: State | None, key: str) -> Called:
    path = _path(state, code)
    picture = _picture(version, code, definition)
    return Called(
        name=element_name(definition) or code,
        drawing=svg(definition, picture, path=path, key=key),
        now=path is not None and bool(path.current),
        passed=path is not None and bool(path.done),
    )


def _path(state: State | None, code: str = MAIN) -> Path | None:
    return state.path(code) if state is not None else None


def _picture(version: Version, code: str, definition: Definition) -> Picture | None:
    """The diagram that was published with a version; of a process that is called, one that is laid out here.

    Made once in each process of ours.
    """
    key = (version.row.pk, code)
    with _mutex:
        if key in _pictures:
            _pictures.move_to_end(key)
            return _pictures[key]
    try:
        made = layout(definition) if code else picture_of(version.row.bpmn.encode(), definition)
    except Unreadable:
        return None
    with _mutex:
        _pictures[key] = made
        while len(_pictures) > PICTURES:
            _pictures.popitem(last=False)
    return made
