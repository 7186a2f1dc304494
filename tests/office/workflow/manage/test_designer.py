"""The designer's page and saving from it."""

import json

import pytest

from office.workflow import services
from tests.office.workflow.manage.world import AGREE, field, listed, step
from tests.support.bpmn import END, START, bpmn, chain, part, user


@pytest.fixture
def designer(office):
    return office.client()


@pytest.fixture
def process(office):
    return office.process(
        step("a", f"account:{office.cast.clerk.pk}", outcomes=[AGREE]),
        fields=(field("amount", "number"), field("team", "person", many=True)),
    )


def save(client, process, body):
    return client.post(
        f"/workflow/processes/{process.pk}/designer/save/",
        body if isinstance(body, str) else json.dumps(body),
        content_type="application/json",
        HTTP_ACCEPT="application/json",
    )


def data(client, process):
    return client.get(f"/workflow/processes/{process.pk}/designer/").context["data"]


def test_the_page_alone_allows_style_attributes(process, designer):
    page = designer.get(f"/workflow/processes/{process.pk}/designer/")
    assert "style-src 'self' 'unsafe-inline'" in page["Content-Security-Policy"]
    assert "script-src 'self';" in page["Content-Security-Policy"]
    other = designer.get(f"/workflow/processes/{process.pk}/steps/")
    assert "unsafe-inline" not in other["Content-Security-Policy"]


def test_it_offers_what_the_bureau_has(office, process, designer):
    found = data(designer, process)
    assert found["bpmn"] == process.draft_bpmn
    assert {each["name"]: each["many"] for each in found["fields"]} == {"amount": False, "team": True}
    assert any(office.cast.clerk.name in each for each in found["people"].values())
    assert found["ok"]


def test_an_empty_draft_begins_with_a_start(office, designer):
    process = office.process()
    assert "startEvent" in data(designer, process)["bpmn"]


def test_it_is_saved_with_what_the_gate_says(process, designer):
    content = bpmn(START, user("a"), part("serviceTask", "s"), END, chain("start", "a", "s", "end")).decode()
    answer = save(designer, process, {"revision": process.draft_revision, "bpmn": content})
    assert answer.status_code == 200
    said = answer.json()
    assert said["revision"] == process.draft_revision + 1
    assert not said["ok"]
    assert [(each["element"], each["level"]) for each in said["findings"]] == [("s", "error")]
    process.refresh_from_db()
    assert 'id="s"' in process.draft_bpmn


def test_an_older_drawing_is_refused_with_the_name(office, process, designer):
    seen = process.draft_revision
    services.draft_steps_save(actor=office.other, process=process, steps=listed(step("b")))
    answer = save(designer, process, {"revision": seen, "bpmn": process.draft_bpmn})
    assert answer.status_code == 409
    assert office.cast.clerk.name in answer.json()["message"]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{",
        "null",
        '{"revision": "1", "bpmn": "x"}',
        '{"revision": 1, "bpmn": 5}',
        '{"revision": true, "bpmn": ""}',
    ],
)
def test_what_the_page_does_not_send_is_refused(process, designer, body):
    answer = save(designer, process, body)
    assert answer.status_code == 400
    process.refresh_from_db()
    assert 'id="a"' in process.draft_bpmn


def test_no_drawing_is_refused_in_words(process, designer):
    answer = save(designer, process, {"revision": process.draft_revision, "bpmn": "<html/>"})
    assert answer.status_code == 422
    assert "BPMN" in answer.json()["message"]


def test_half_a_character_is_no_crash(process, designer):
    answer = save(designer, process, {"revision": process.draft_revision, "bpmn": "\ud800"})
    assert answer.status_code == 422
