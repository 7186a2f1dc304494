"""Steps that are done once for each item of a collection."""

from tests.support.bpmn import BUREAUS, END, START, Runner, chain, flow, loop, part, published, user


def test_items_at_once() -> None:
    run = Runner(
        published(START, user("a", more=loop(False)), user("z"), END, chain("start", "a", "z", "end")),
        {"bureaus": BUREAUS},
    )
    assert [each.item for each in run.state.waiting().steps] == BUREAUS
    run.done("a", "agree", item="info").done("a", "disagree", item="tech")
    assert run.state.variables["a_count"] == 2
    run.done("a", "agree", item="patent")
    assert run.at == ["z"]
    assert run.state.variables["a_agree_count"] == 2
    assert run.state.variables["a_disagree_count"] == 1
    assert "bureau" not in run.state.variables


def test_items_in_order() -> None:
    run = Runner(
        published(START, user("a", more=loop(True)), END, chain("start", "a", "end")), {"bureaus": BUREAUS}
    )
    order = []
    while run.at:
        step = run.state.waiting().steps[0]
        order.append((step.item, step.index))
        run.done("a", "agree")
    assert order == [("tech", 0), ("patent", 1), ("info", 2)]
    assert run.state.completed


def test_items_until_enough_have_agreed() -> None:
    run = Runner(
        published(
            START,
            user("a", more=loop(False, "a_agree_count &gt;= 2")),
            user("z"),
            END,
            chain("start", "a", "z", "end"),
        ),
        {"bureaus": BUREAUS},
    )
    assert run.done("a", "agree", item="tech").at == ["a", "a"]
    assert run.done("a", "agree", item="info").at == ["z"]


def test_an_empty_collection_is_passed_and_the_next_round_counts_anew() -> None:
    content = published(
        START, user("a", more=loop(False)), user("z"), part("exclusiveGateway", "g", default="g_end"), END,
        chain("start", "a", "z", "g", "end"), flow("g", "a", "z_outcome == 'disagree'"),
    )  # fmt: skip
    assert Runner(content, {"bureaus": []}).at == ["z"]
    run = Runner(content, {"bureaus": ["tech"]})
    run.done("a", "agree").done("z", "disagree")
    assert run.at == ["a"]
    assert run.state.variables["a_agree_count"] == 0
    run.done("a", "agree").done("z", "agree")
    assert run.state.completed


def test_a_sub_process_for_each_item() -> None:
    inner = (
        START.replace('"start"', '"s1"')
        + user("x")
        + user("y")
        + END.replace('"end"', '"e1"')
        + chain("s1", "x", "y", "e1")
    )
    run = Runner(
        published(
            START,
            part("subProcess", "s", inner + loop(False)),
            user("z"),
            END,
            chain("start", "s", "z", "end"),
        ),
        {"bureaus": BUREAUS},
    )
    assert run.at == ["x", "x", "x"]
    run.done("x", item="info")
    assert run.task("y").item == "info"
    for each in BUREAUS:
        if each != "info":
            run.done("x", item=each)
        run.done("y", "agree", item=each)
    assert run.at == ["z"]
    assert run.state.variables["s_agree_count"] == 3
