"""The diagram that a drawing brings along: boxes and lines, with numbers that can be drawn."""

import math

from lxml import etree

from office.workflow.bpmn import xml
from office.workflow.bpmn.elements import BPMNDI, DC, DI, Definition
from office.workflow.bpmn.layout import Box, Picture, layout

_FAR = 100_000


def picture_of(content: bytes, definition: Definition) -> Picture:
    """The drawing's own diagram where it is complete, otherwise one that is laid out here.

    Raises xml.Unreadable for bytes that are no XML.
    """
    root = xml.parse(content)
    boxes: dict[str, Box] = {}
    lines: dict[str, tuple[tuple[float, float], ...]] = {}
    for shape in root.iter(f"{{{BPMNDI}}}BPMNShape"):
        bounds = xml.child(shape, DC, "Bounds")
        box = _box(bounds) if bounds is not None else None
        if box is not None:
            boxes[_reference(shape)] = box
    for edge in root.iter(f"{{{BPMNDI}}}BPMNEdge"):
        points = [_point(each) for each in xml.children(edge, DI, "waypoint")]
        if len(points) >= 2 and None not in points:
            lines[_reference(edge)] = tuple(each for each in points if each is not None)
    if any(node not in boxes for node in definition.nodes):
        return layout(definition)
    for flow in definition.flows.values():
        if flow.id not in lines:
            lines[flow.id] = (boxes[flow.source].middle, boxes[flow.target].middle)
    return Picture(
        {each: boxes[each] for each in definition.nodes}, {each: lines[each] for each in definition.flows}
    )


def _reference(element: etree._Element) -> str:
    return element.get("bpmnElement", "").strip().rpartition(":")[2]


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) < _FAR else None


def _box(bounds: etree._Element) -> Box | None:
    values = [_number(bounds.get(each)) for each in ("x", "y", "width", "height")]
    if any(each is None for each in values):
        return None
    x, y, width, height = (each or 0.0 for each in values)
    return Box(x, y, max(width, 1), max(height, 1))


def _point(element: etree._Element) -> tuple[float, float] | None:
    x, y = _number(element.get("x")), _number(element.get("y"))
    return None if x is None or y is None else (x, y)
