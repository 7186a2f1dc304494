"""Layout and SVG."""

from typing import Any

import pytest
from defusedxml import ElementTree
from django.utils import translation

from office.workflow.bpmn.gate import check
from office.workflow.bpmn.layout import layout
from office.workflow.bpmn.pictures import picture_of
from office.workflow.bpmn.steps import definition_of_steps, steps_from_json, write_steps
from office.workflow.bpmn.svg import svg
from office.workflow.bpmn.writing import with_diagram
from tests.support.bpmn import END, SAMPLES, START, Runner, bpmn, chain, flow, part, timer, user
from tests.support.engineering_centre import ENGINEERING_CENTRE

CONTENT = write_steps(steps_from_json(ENGINEERING_CENTRE))
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


def test_nothing_lies_on_something_else() -> None:
    picture = layout(definition_of_steps(steps_from_json(ENGINEERING_CENTRE)))
    boxes = list(picture.boxes.values())
    for index, box in enumerate(boxes):
        for other in boxes[index + 1 :]:
            apart = (
                box.right <= other.x or other.right <= box.x or box.bottom <= other.y or other.bottom <= box.y
            )
            assert apart
    assert min(box.x for box in boxes) >= 0
    assert min(box.y for box in boxes) >= 0


def test_it_goes_from_left_to_right() -> None:
    definition = definition_of_steps(steps_from_json(ENGINEERING_CENTRE))
    boxes = layout(definition).boxes
    order = [
        "process-start",
        "accept",
        "first",
        "joint-fork",
        "patent",
        "joint-join",
        "decide",
        "notify",
        "process-end",
    ]
    places = [boxes[each].x for each in order]
    assert places == sorted(places)
    assert len({boxes[each].y for each in ("patent", "information", "experts")}) == 3


def test_the_written_diagram_is_the_one_that_is_drawn() -> None:
    report = check(CONTENT)
    assert report.definition is not None
    own, computed = picture_of(CONTENT, report.definition), layout(report.definition)
    for node, box in computed.boxes.items():
        assert abs(own.boxes[node].x - box.x) <= 1
        assert abs(own.boxes[node].y - box.y) <= 1


def test_a_drawing_without_a_diagram_gets_one() -> None:
    inner = (
        START.replace('"start"', '"s1"') + user("x") + END.replace('"end"', '"e1"') + chain("s1", "x", "e1")
    )
    content = bpmn(
        START,
        user("a"),
        timer("t", "a"),
        part("subProcess", "s", inner),
        END,
        chain("start", "a", "s", "end"),
        flow("t", "end"),
    )
    drawn = with_diagram(content)
    assert b"BPMNShape" in drawn
    assert with_diagram(drawn) == drawn
    report = check(drawn)
    assert report.definition is not None
    boxes = picture_of(drawn, report.definition).boxes
    assert boxes["s"].x < boxes["x"].x < boxes["x"].right < boxes["s"].right
    assert boxes["t"].y < boxes["a"].bottom < boxes["t"].bottom


def marked(tree: Any, word: str) -> set[str]:
    return {each.get("data-element", "") for each in tree.iter() if word in each.get("class", "").split()}


def test_it_shows_the_way_of_an_instance() -> None:
    run = (
        Runner(CONTENT, {"amount": 5}).done("accept", "agree").done("first", "agree").done("patent", "agree")
    )
    definition = run.state.definition()
    with translation.override("en"):
        drawn = svg(definition, picture_of(CONTENT, definition), path=run.state.path())
    tree = ElementTree.fromstring(drawn)
    assert {"information", "joint-join"} == marked(tree, "is-current")
    assert {"accept", "first", "patent"} <= marked(tree, "is-done")
    assert {"decide", "notify", "experts"} <= marked(tree, "is-open")
    texts = "".join(tree.itertext())
    assert "Now at: Information office examines" in texts
    assert "Done: Science and information bureau accepts" in texts


def test_names_are_in_the_readers_language_and_harmless() -> None:
    content = bpmn(
        START,
        user("a").replace('name="A"', 'name="审核" tb:nameEn="Review"'),
        END,
        chain("start", "a", "end"),
    )
    definition = check(content).definition
    assert definition is not None
    with translation.override("en"):
        assert "Review" in svg(definition)
    with translation.override("zh-hans"):
        assert "审核" in svg(definition)


def test_hostile_names_stay_text() -> None:
    escaped = HOSTILE.replace("<", "&lt;").replace('"', "&quot;")
    content = bpmn(START, user("a").replace('name="A"', f'name="{escaped}"'), END, chain("start", "a", "end"))
    definition = check(content).definition
    assert definition is not None
    assert definition.nodes["a"].name == HOSTILE
    tree = ElementTree.fromstring(svg(definition, key='"><script>'))
    assert {each.tag.rpartition("}")[2] for each in tree.iter()} <= {
        "svg", "title", "desc", "defs", "marker", "path", "g", "text", "rect", "circle", "polygon",
    }  # fmt: skip
    assert not any(key.startswith("on") or key == "style" for each in tree.iter() for key in each.attrib)


@pytest.mark.parametrize("bad", ['x="NaN"', 'x="1e400"', 'x=""', 'x="-inf"', 'width="x"'])
def test_numbers_that_cannot_be_drawn_are_replaced_by_a_layout(bad: str) -> None:
    name = bad.split("=")[0]
    content = CONTENT.decode().replace(f' {name}="', f' {bad} other="', 1).encode()
    report = check(content)
    assert report.definition is not None
    assert ElementTree.fromstring(svg(report.definition, picture_of(content, report.definition))) is not None


@pytest.mark.skipif(not SAMPLES.exists(), reason="../shared/data/bpmn is not here")
def test_samples_are_drawn() -> None:
    from office.workflow.bpmn.findings import Findings
    from office.workflow.bpmn.reading import read

    drawn = 0
    for path in SAMPLES.glob("*.bpmn"):
        content = path.read_bytes()
        definition = read(content, Findings())
        if definition is not None:
            ElementTree.fromstring(svg(definition, picture_of(content, definition)))
            ElementTree.fromstring(svg(definition))
            drawn += 1
    assert drawn
