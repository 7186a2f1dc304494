"""The list of steps as a page: each act, the panel, and two people at once."""

import pytest

from office.workflow import services
from office.workflow.bpmn.steps import steps_as_json
from office.workflow.managing import listing
from tests.office.workflow.manage.world import AGREE, DISAGREE, field, listed, step
from tests.support.bpmn import END, START, bpmn, chain, part, user


@pytest.fixture
def designer(office):
    return office.client()


@pytest.fixture
def process(office):
    return office.process(
        step("a", "head:starter", outcomes=[AGREE, DISAGREE]),
        step("b"),
        fields=(field("amount", "number"), field("boss", "person")),
    )


def post(client, process, **given):
    process.refresh_from_db()
    return client.post(
        f"/workflow/processes/{process.pk}/steps/", {"revision": process.draft_revision, **given}
    )


def steps(process):
    process.refresh_from_db()
    found = services.draft_steps(process)
    return steps_as_json(found)["steps"] if found else []


PANEL = {
    "name": "审核",
    "rule": "one",
    "order": "parallel",
    "unit": "workdays",
    "after_unit": "workdays",
    "to": "head",
}


def test_the_first_step_can_be_published_as_it_is(office, designer):
    process = office.process()
    answer = post(designer, process, act="step_add:")
    assert answer["Location"].endswith("?at=step1")
    assert steps(process)[0]["performers"] == [{"kind": "head", "ref": "starter"}]
    assert services.draft_report(process).ok


def test_the_head_of_the_department_above_can_be_chosen(process, designer):
    key = "performers+head:parent"
    assert key in designer.get(f"/workflow/processes/{process.pk}/steps/?at=b").content.decode()
    post(designer, process, at="b", op=key, performers=["starter:"], **PANEL)
    assert {"kind": "head", "ref": "parent"} in steps(process)[1]["performers"]
    assert services.draft_report(process).ok
    page = designer.get(f"/workflow/processes/{process.pk}/steps/?at=b").content.decode()
    assert "head of the department above the starter" in page


def test_steps_are_added_moved_copied_and_removed(process, designer):
    post(designer, process, act="step_add:a")
    assert [each["id"] for each in steps(process)] == ["a", "step1", "b"]
    post(designer, process, act="up:b")
    assert [each["id"] for each in steps(process)] == ["a", "b", "step1"]
    post(designer, process, act="copy:a")
    assert [each["id"] for each in steps(process)] == ["a", "step2", "b", "step1"]
    post(designer, process, act="delete:step2")
    post(designer, process, act="down:a")
    assert [each["id"] for each in steps(process)] == ["b", "a", "step1"]


def test_steps_stand_side_by_side(process, designer):
    post(designer, process, act="group_add:a")
    group = steps(process)[1]
    assert (group["id"], len(group["parallel"])) == ("group1", 2)
    post(designer, process, act="branch_add:group1")
    assert len(steps(process)[1]["parallel"]) == 3
    first, second, third = (each["id"] for each in steps(process)[1]["parallel"])
    post(designer, process, act=f"delete:{first}")
    post(designer, process, act=f"delete:{second}")
    assert [each["id"] for each in steps(process)] == ["a", third, "b"]
    assert services.draft_report(process).ok


def test_a_group_has_a_name(process, designer):
    post(designer, process, act="group_add:a")
    post(designer, process, at="group1", name="会签", name_en="Joint")
    assert (steps(process)[1]["name"], steps(process)[1]["name_en"]) == ("会签", "Joint")
    assert len(steps(process)[1]["parallel"]) == 2


def test_the_panel_says_everything_about_a_step(office, process, designer):
    clerk = f"account:{office.cast.clerk.pk}"
    answer = post(
        designer, process, at="a", **{
            **PANEL, "name_en": "Review", "note": "看清楚", "performers": ["starter:", clerk], "copies": ["field:boss"],
            "rule": "share", "share": "60", "order": "sequence", "amount": "2", "after": "1", "to": "starter",
            "o.0.value": "agree", "o.0.label": "同意", "o.0.goto": "next", "o.3.value": "no", "o.3.label": "否", "o.3.goto": "end",
            "a.amount": "required", "a.boss": "read", "allowed": ["return", "hand_over"], "skip": "amount > 5",
        },
    )  # fmt: skip
    assert answer.status_code == 302
    assert steps(process)[0] == {
        "id": "a", "name": "审核", "name_en": "Review", "note": "看清楚",
        "performers": [{"kind": "starter"}, {"kind": "account", "ref": str(office.cast.clerk.pk)}],
        "sign": {"rule": "share", "order": "sequence", "share": 60},
        "deadline": {"amount": 2, "unit": "workdays"},
        "escalation": {"after": 1, "unit": "workdays", "to": "starter"},
        "fields": {"amount": "required"}, "denied": ["add_signers"],
        "outcomes": [
            {"value": "agree", "label": "同意", "goto": "next"}, {"value": "no", "label": "否", "goto": "end"},
        ],
        "skip": "amount > 5", "copies": [{"kind": "field", "ref": "boss"}],
    }  # fmt: skip
    page = designer.get(f"/workflow/processes/{process.pk}/steps/?at=a").content.decode()
    assert office.cast.clerk.name in page


def test_rejecting_is_allowed_only_where_it_was_ticked(process, designer):
    sent = {**PANEL, "performers": ["starter:"], "allowed": ["return", "hand_over", "add_signers"]}
    page = designer.get(f"/workflow/processes/{process.pk}/steps/?at=a").context["panel"]
    assert page.form["allowed"].initial == ["return", "hand_over", "add_signers"]
    post(designer, process, at="a", **sent)
    assert not {"denied", "granted"} & set(steps(process)[0])
    post(designer, process, at="a", **{**sent, "allowed": ["reject"]})
    assert steps(process)[0]["granted"] == ["reject"]
    assert set(steps(process)[0]["denied"]) == {"return", "hand_over", "add_signers"}
    page = designer.get(f"/workflow/processes/{process.pk}/steps/?at=a").context["panel"]
    assert page.form["allowed"].initial == ["reject"]


def test_somebody_is_named_and_taken_out_without_losing_the_rest(office, process, designer):
    key = f"post:{office.cast.post.pk}"
    post(designer, process, at="a", op=f"performers+{key}", performers=["head:starter"], **PANEL)
    assert steps(process)[0]["performers"][1] == {"kind": "post", "ref": str(office.cast.post.pk)}
    assert steps(process)[0]["name"] == "审核"
    post(designer, process, at="a", op="performers-head:starter", performers=["head:starter", key], **PANEL)
    assert [each["kind"] for each in steps(process)[0]["performers"]] == ["post"]
    post(designer, process, at="a", op="outcomes+revise", performers=[key], **PANEL)
    assert steps(process)[0]["outcomes"] == [
        {
            "value": "revise",
            "label": "退回修改",
            "label_en": "Back for changes",
            "goto": "end",
        }  # nothing comes before
    ]
    post(designer, process, at="b", op="outcomes+revise", performers=[key], **PANEL)
    assert steps(process)[1]["outcomes"][0]["goto"] == "back"


def test_what_cannot_be_is_said_beside_it_and_changes_nothing(process, designer):
    before = steps(process)
    for given, said in (
        ({"name": ""}, "Fill this in"),
        ({"rule": "share"}, "percent"),
        ({"after": "2"}, "how much time"),
        ({"skip": "amount >"}, "not understood"),
        ({"skip": "__import__('os')"}, "not allowed"),
        ({"amount": "0"}, "greater than"),
    ):
        answer = post(designer, process, at="a", **{**PANEL, **given})
        assert answer.status_code == 422
        assert said in answer.content.decode(), given
    assert steps(process) == before


def test_a_forged_outcome_is_refused(process, designer):
    before = steps(process)
    answer = post(designer, process, at="b", **PANEL, **{"o.0.value": "a b", "o.0.goto": "step:nowhere"})
    assert answer.status_code == 422
    assert steps(process) == before


def test_a_step_that_others_name_stays(office, designer):
    process = office.process(step("a"), step("b", "former:a"))
    answer = post(designer, process, act="delete:a")
    assert answer.status_code == 400
    assert "环节b" in answer.content.decode()
    assert len(steps(process)) == 2


def test_two_people_at_once_are_told(office, process, designer):
    revision = process.draft_revision
    services.draft_steps_save(actor=office.other, process=process, steps=listed(step("x")))
    path = f"/workflow/processes/{process.pk}/steps/"
    answer = designer.post(path, {"revision": revision, "act": "step_add:"})
    assert answer.status_code == 404 or answer.status_code == 409
    assert [each["id"] for each in steps(process)] == ["x"]
    forged = designer.post(path, {"revision": "-5x", "act": "step_add:"})
    assert forged.status_code == 409


def test_what_is_gone_is_gone(process, designer):
    assert post(designer, process, act="up:nowhere").status_code == 409
    assert post(designer, process, act="explode:a").status_code == 409
    assert post(designer, process, at="nowhere", **PANEL).status_code == 409


def test_a_drawing_that_is_no_list_leads_to_the_designer(office, designer):
    process = office.process()
    content = bpmn(START, user("a"), part("serviceTask", "s"), END, chain("start", "a", "s", "end"))
    services.draft_bpmn_save(actor=office.actor, process=process, content=content)
    page = designer.get(f"/workflow/processes/{process.pk}/steps/")
    assert page.status_code == 200
    assert "designer/" in page.content.decode()
    assert post(designer, process, act="step_add:").status_code == 409


def test_htmx_gets_the_part(process, designer):
    process.refresh_from_db()
    answer = designer.get(f"/workflow/processes/{process.pk}/steps/?at=a", headers={"HX-Request": "true"})
    assert b"<html" not in answer.content
    assert b'id="ws-editor"' in answer.content


def test_people_are_found_with_their_keys(office, designer):
    page = designer.get("/workflow/processes/people/", {"q": "科员", "for": "copies"}).content.decode()
    assert f"copies+account:{office.cast.clerk.pk}" in page
    page = designer.get("/workflow/processes/people/", {"q": "文秘科"}).content.decode()
    assert f"performers+department:{office.cast.section.pk}" in page
    assert "Nobody of this name" in designer.get("/workflow/processes/people/", {"q": "zzz"}).content.decode()


def test_moving_the_second_step_first_leads_back_nowhere():
    data = {"steps": [step("a"), step("b", outcomes=[{"value": "r", "label": "退", "goto": "back"}])]}
    made, at = listing.apply(data, "up", "b")
    assert at == "b"
    assert made["steps"][0]["outcomes"][0]["goto"] == "end"
    assert data["steps"][0]["id"] == "a"
