"""The diagram as SVG, without JavaScript: for the page of an instance, for print, for a preview.

Colours come from the page: classes `is-done`, `is-current`, `is-open` on elements and flows. Nothing in it
is styled inline, which the content security policy forbids; presentation attributes make it readable alone.
"""

import unicodedata
from collections.abc import Iterator, Mapping

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from office.workflow.bpmn.elements import Definition, Flow, Node
from office.workflow.bpmn.engine.state import Path
from office.workflow.bpmn.layout import Box, Picture, Point, layout

_MARGIN = 24
_SIGNS = {
    "exclusiveGateway": "✕",
    "parallelGateway": "＋",
    "inclusiveGateway": "○",
    "eventBasedGateway": "⌾",
    "timer": "◷",
    "message": "✉",
    "error": "ϟ",
    "escalation": "▲",
    "terminate": "●",
    "link": "➔",
    "userTask": "☺",
    "serviceTask": "⚙",
    "businessRuleTask": "▤",
    "callActivity": "⊞",
}


def svg(
    definition: Definition,
    picture: Picture | None = None,
    *,
    path: Path | None = None,
    key: str = "flow",
    marks: Mapping[str, str] | None = None,
    notes: Mapping[str, str] | None = None,
) -> SafeString:
    """The drawing of a process.

    `path`: what was passed and where it stands; without it nothing is marked. `key` makes ids unique where
    a page shows several. `marks` are further classes of elements, `notes` short texts beside flows and above
    steps, by their ids. Names are in the language that is active now, escaped.
    """
    return _Drawing(definition, picture or layout(definition), path, key, marks or {}, notes or {}).draw()


def element_name(element: Node | Flow | Definition) -> str:
    """The name of an element in the language that is active now."""
    english = (get_language() or "").startswith("en")
    return element.name_en if english and element.name_en else element.name


class _Drawing:
    def __init__(
        self,
        definition: Definition,
        picture: Picture,
        path: Path | None,
        key: str,
        marks: Mapping[str, str],
        notes: Mapping[str, str],
    ) -> None:
        self.definition = definition
        self.picture = picture
        self.path = path
        self.key = escape(key)
        self.marks = marks
        self.notes = notes

    def draw(self) -> SafeString:
        xs = [each.x for each in self.picture.boxes.values()]
        ys = [each.y for each in self.picture.boxes.values()]
        rights = [each.right for each in self.picture.boxes.values()]
        bottoms = [each.bottom + 22 for each in self.picture.boxes.values()]
        for node in self.definition.nodes.values():
            # Names stand under events and gateways, and may be wider.
            x, half = self.picture.boxes[node.id].middle[0], _width(element_name(node)[:24]) * 3.3
            if not node.is_activity:
                xs.append(x - half)
                rights.append(x + half)
        for line in self.picture.lines.values():
            xs += [x for x, _y in line]
            rights += [x for x, _y in line]
            ys += [y for _x, y in line]
            bottoms += [y for _x, y in line]
        left, top = min(xs, default=0) - _MARGIN, min(ys, default=0) - _MARGIN
        width = max(rights, default=0) + _MARGIN - left
        height = max(bottoms, default=0) + _MARGIN - top
        title = element_name(self.definition) or self.definition.id
        parts = [
            format_html(
                '<svg class="bpmn" xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="{}-title {}-desc"'
                ' viewBox="{} {} {} {}" width="{}" height="{}" font-size="12" text-anchor="middle">'
                '<title id="{}-title">{}</title><desc id="{}-desc">{}</desc>'
                '<defs><marker id="{}-arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7"'
                ' markerHeight="7" markerUnits="userSpaceOnUse" orient="auto-start-reverse"><path d="M0 0L10 5L0 10z" fill="currentColor"/>'
                "</marker></defs>",
                self.key,
                self.key,
                *map(_n, (left, top, width, height)),
                _n(width),
                _n(height),
                self.key,
                title,
                self.key,
                self._description(),
                self.key,
            )  # fmt: skip
        ]
        nodes = sorted(self.definition.nodes.values(), key=lambda each: each.kind != "subProcess")
        parts += [self._node(each) for each in nodes if each.kind == "subProcess"]
        parts += [self._flow(each) for each in self.definition.flows.values()]
        parts += [self._node(each) for each in nodes if each.kind != "subProcess"]
        # Every part is made by format_html.
        return mark_safe("".join((*parts, "</svg>")))  # noqa: S308

    def _description(self) -> str:
        if self.path is None:
            names = [element_name(each) for each in self.definition.steps]
            return _("Steps: {names}").format(names=_joined(names))
        current = [element_name(self.definition.nodes[each]) or each for each in sorted(self.path.current)]
        done = [
            element_name(each)
            for each in self.definition.steps
            if each.id in self.path.done and each.id not in self.path.current
        ]
        if not current:
            return _("Finished. Done: {done}").format(done=_joined(done))
        return _("Now at: {current}. Done: {done}").format(current=_joined(current), done=_joined(done))

    def _class(self, kind: str, element: str) -> str:
        if element in self.marks:
            kind = f"{kind} {self.marks[element]}"
        if self.path is None:
            return kind
        if element in self.path.current:
            return f"{kind} is-current"
        passed = element in self.path.done or element in self.path.flows
        return f"{kind} is-done" if passed else f"{kind} is-open"

    def _flow(self, flow: Flow) -> SafeString:
        line = self.picture.lines[flow.id]
        made = format_html(
            '<g class="{}" data-element="{}"><path d="{}" fill="none" stroke="currentColor"'
            ' marker-end="url(#{}-arrow)"/>',
            self._class("bpmn-flow", flow.id), flow.id, _path(line), self.key,
        )  # fmt: skip
        if name := element_name(flow):
            x, y = _half(line)
            made += format_html('<text x="{}" y="{}">{}</text>', _n(x), _n(y - 5), name[:24])
        if flow.id in self.notes:
            x, y = _half(line)
            made += _note(x, y + 14, self.notes[flow.id])
        return made + mark_safe("</g>")

    def _node(self, node: Node) -> SafeString:
        box = self.picture.boxes[node.id]
        name = element_name(node)
        made = format_html(
            '<g class="{}" data-element="{}"><title>{}</title>',
            self._class(f"bpmn-{_shape(node)}", node.id), node.id, name or node.id,
        )  # fmt: skip
        made += self._outline(node, box)
        x, y = box.middle
        if node.kind == "subProcess":
            made += format_html('<text x="{}" y="{}">{}</text>', _n(x), _n(box.y + 18), name[:40])
        elif node.is_activity:
            if sign := _SIGNS.get(node.kind):
                made += _sign(box.x + 12, box.y + 16, sign)
            lines = list(_wrapped(name, 14, 4))
            for index, text in enumerate(lines):
                place = y + 4 + 15 * (index - (len(lines) - 1) / 2)
                made += format_html('<text x="{}" y="{}">{}</text>', _n(x), _n(place), text)
            if node.id in self.notes:
                made += _note(x, box.y - 7, self.notes[node.id])
        else:
            if sign := _SIGNS.get(node.kind) or _SIGNS.get(node.event):
                made += _sign(x, y + 5, sign)
            if name:
                made += format_html('<text x="{}" y="{}">{}</text>', _n(x), _n(box.bottom + 15), name[:24])
        return made + mark_safe("</g>")

    def _outline(self, node: Node, box: Box) -> SafeString:
        x, y = box.middle
        if node.kind.endswith("Gateway"):
            points = (
                f"{_n(x)},{_n(box.y)} {_n(box.right)},{_n(y)} {_n(x)},{_n(box.bottom)} {_n(box.x)},{_n(y)}"
            )
            return format_html('<polygon points="{}" fill="none" stroke="currentColor"/>', points)
        if node.kind.endswith("Event"):
            radius = min(box.width, box.height) / 2
            made = format_html(
                '<circle cx="{}" cy="{}" r="{}" fill="none" stroke="currentColor" stroke-width="{}"{}/>',
                _n(x), _n(y), _n(radius), 3 if node.kind == "endEvent" else 1,
                "" if node.interrupting else mark_safe(' stroke-dasharray="4 2"'),
            )  # fmt: skip
            if node.kind in ("boundaryEvent", "intermediateCatchEvent", "intermediateThrowEvent"):
                made += format_html(
                    '<circle cx="{}" cy="{}" r="{}" fill="none" stroke="currentColor"/>',
                    _n(x), _n(y), _n(max(radius - 3, 1)),
                )  # fmt: skip
            return made
        return format_html(
            '<rect x="{}" y="{}" width="{}" height="{}" rx="8" fill="none" stroke="currentColor" stroke-width="{}"/>',
            _n(box.x), _n(box.y), _n(box.width), _n(box.height), 3 if node.kind == "callActivity" else 1,
        )  # fmt: skip


def _shape(node: Node) -> str:
    if node.is_activity:
        return "step"
    return "gateway" if node.kind.endswith("Gateway") else "event"


def _joined(names: list[str]) -> str:
    return pgettext("process", ", ").join(each for each in names if each) or "–"


def _sign(x: float, y: float, sign: str) -> SafeString:
    return format_html(
        '<text class="bpmn-sign" aria-hidden="true" x="{}" y="{}">{}</text>', _n(x), _n(y), sign
    )


def _note(x: float, y: float, text: str) -> SafeString:
    return format_html('<text class="bpmn-note" x="{}" y="{}">{}</text>', _n(x), _n(y), text)


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


def _path(line: tuple[Point, ...]) -> str:
    return "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in line)


def _half(line: tuple[Point, ...]) -> Point:
    longest = max(
        zip(line, line[1:], strict=False),
        key=lambda pair: abs(pair[0][0] - pair[1][0]) + abs(pair[0][1] - pair[1][1]),
    )
    return (longest[0][0] + longest[1][0]) / 2, (longest[0][1] + longest[1][1]) / 2


def _wrapped(text: str, width: int, lines: int) -> Iterator[str]:
    """Lines of at most `width` half-width characters; han count double and may part anywhere."""
    words: list[str] = []
    for character in text:
        wide = unicodedata.east_asian_width(character) in "WF"
        if wide or not words or character == " " or words[-1][-1:] == " " or _wide(words[-1]):
            words.append(character)
        else:
            words[-1] += character
    line, made = "", 0
    for word in words:
        if line and _width(line + word) > width:
            made += 1
            if made == lines:
                yield line.strip() + "…"
                return
            yield line.strip()
            line = ""
        line += word
    if line.strip():
        yield line.strip()[:40]


def _wide(text: str) -> bool:
    return unicodedata.east_asian_width(text[-1]) in "WF"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)
