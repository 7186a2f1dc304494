"""What goes over which flow of a drawing."""

import pytest

from office.workflow.bpmn.gate import check
from office.workflow.insight.figures import Spread, StepFigures, Variant, Variants, Way
from office.workflow.insight.heat import flow_counts, heat
from tests.support.bpmn import END, START, bpmn, chain, flow, part, timer, user


def drawn(*parts):
    report = check(bpmn(*parts))
    assert report.definition is not None, [each.text for each in report.errors]
    return report.definition


def way(source, target, count, back=False):
    return Way(source, target, back, count, 60.0)


def variants(*paths):
    return Variants([Variant(path, count, 1, False, 60.0, 60.0) for path, count in paths])


BRANCH = (
    START, user("a"), part("exclusiveGateway", "g", default="g_b"), user("b"), user("c"), part("exclusiveGateway", "j"), END,
    chain("start", "a", "g"), flow("g", "b"), flow("g", "c", "outcome == 'disagree'"), chain("b", "j", "end"), flow("c", "j"),
)  # fmt: skip


def test_a_way_takes_the_flows_through_gateways():
    found = flow_counts(
        drawn(*BRANCH),
        [way("", "a", 10), way("a", "b", 7), way("a", "c", 3)],
        variants((("a", "b"), 7), (("a", "c"), 3)),
    )
    assert found == {
        "start_a": 10, "a_g": 10, "g_b": 7, "g_c": 3, "b_j": 7, "c_j": 3, "j_end": 10,
    }  # fmt: skip


def test_what_was_sent_back_is_on_no_flow():
    assert flow_counts(drawn(*BRANCH), [way("b", "a", 4, back=True)], Variants()) == {}


def test_what_is_no_longer_drawn_is_left_out():
    assert flow_counts(drawn(*BRANCH), [way("gone", "a", 4), way("a", "gone", 4)], Variants()) == {}


def test_a_timer_on_a_border_is_a_way():
    definition = drawn(
        START, user("a"), timer("t", "a"), user("b"), END, chain("start", "a", "end"), chain("t", "b", "end")
    )
    assert flow_counts(definition, [way("a", "b", 2)], Variants()) == {"t_b": 2}


def test_into_a_sub_process_and_out_of_it():
    inner = '<startEvent id="s1"/>' + user("x") + '<endEvent id="e1"/>' + chain("s1", "x", "e1")
    definition = drawn(
        START,
        user("a"),
        part("subProcess", "sub", inner),
        user("b"),
        END,
        chain("start", "a", "sub", "b", "end"),
    )
    found = flow_counts(definition, [way("a", "x", 3), way("x", "b", 2)], Variants())
    assert found == {"a_sub": 3, "s1_x": 3, "x_e1": 2, "sub_b": 2}


def test_the_drawing_has_classes_and_no_styles():
    steps = [
        StepFigures("a", "A", "", "user", 9, Spread(60, 60), Spread(60, 60), 540, 0, 0),
        StepFigures("b", "B", "", "user", 9, Spread(6000, 6000), Spread(6000, 6000), 540, 0, 0),
    ]
    svg = str(
        heat(
            drawn(*BRANCH), None, ways=[way("", "a", 10), way("a", "b", 1)], steps=steps, variants=Variants()
        )
    )
    assert 'class="bpmn-flow is-way-5" data-element="start_a"' in svg
    assert 'class="bpmn-flow is-way-1" data-element="g_b"' in svg
    assert 'class="bpmn-step is-slow-5" data-element="b"' in svg
    assert 'class="bpmn-step is-slow-1" data-element="a"' in svg
    assert "style" not in svg
    assert "9 × " in svg


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", '"><img src=x>'])
def test_names_are_escaped(name):
    definition = drawn(
        START, user("a").replace('name="A"', f'name="{_xml(name)}"'), END, chain("start", "a", "end")
    )
    svg = str(heat(definition, None, ways=[], steps=[], variants=Variants()))
    assert "<script" not in svg
    assert "<img" not in svg


def _xml(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
