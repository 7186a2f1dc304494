"""Central templates: adopting them, and taking over what is new without losing what the bureau has changed."""

from dataclasses import replace

import pytest

from asp.accounts.services import role_create
from office.workflow import central, services
from office.workflow.bpmn.elements import Performer
from office.workflow.bpmn.steps import steps_as_json
from office.workflow.central import merging, templates
from office.workflow.central.people import proposals
from office.workflow.managing.errors import AlreadyAdopted, MergeImpossible, NothingNew
from office.workflow.models import Process
from office.workflow.selectors import manage as selectors
from office.workflow.services.templates import three_of
from tests.support.people import TESTER

NAMES = {"分管领导", "主要领导", "人事管理", "财务管理", "办公室综合", "纪检监督", "印章管理", "车辆调度"}


@pytest.fixture
def roles(office):
    from asp.accounts.models import Role

    for name in NAMES:
        Role.objects.filter(name=name).exists() or role_create(actor=TESTER, name=name, codes=[])
    Process.objects.exclude(origin="").update(origin="")  # of tests before


@pytest.fixture
def newer(monkeypatch):
    """Let a template have a version 2 with some changes."""

    def make(code, change):
        old = templates()[code]
        import copy

        form, steps = copy.deepcopy(dict(old.form)), copy.deepcopy(dict(old.steps))
        texts = change(form, steps) or {}
        fresh = {**templates(), code: replace(old, version=old.version + 1, form=form, steps=steps, **texts)}
        for module in (
            "office.workflow.services.templates",
            "office.workflow.selectors.manage",
            "office.workflow.views.templates",
        ):
            monkeypatch.setattr(f"{module}.templates", lambda: fresh)

    return make


@pytest.mark.parametrize("code", sorted(central.templates()))
def test_each_is_usable_at_once_where_its_people_are_known(office, roles, code):
    process = services.template_adopt(actor=office.actor, code=code)
    report = services.draft_report(process)
    assert report.findings == [], [each.text for each in report.findings]
    assert process.startable
    assert process.origin == code
    assert not selectors.has_news(process)
    parts = merging.compare(*three_of(process, templates()[code]))
    assert parts == []


def test_without_its_people_it_is_a_draft_with_findings(office):
    Process.objects.exclude(origin="").update(origin="")
    process = services.template_adopt(actor=office.actor, code="leave", people={})
    assert process.current_id is None
    codes = {(each.element, each.code) for each in services.draft_report(process).errors}
    assert codes == {("leader", "role_unknown"), ("principal", "role_unknown"), ("register", "role_unknown")}


def test_people_may_be_named_instead_of_roles(office):
    Process.objects.exclude(origin="").update(origin="")
    head = Performer("account", str(office.cast.head.pk))
    people = {each.key: [head] for each in templates()["vehicle_use"].roles}
    process = services.template_adopt(actor=office.actor, code="vehicle_use", people=people)
    assert process.startable
    steps = steps_as_json(services.draft_steps(process))["steps"]
    assert steps[1]["performers"] == [{"kind": "account", "ref": str(office.cast.head.pk)}]


def test_proposals_come_from_names_whatever_the_readers_language(office, roles):
    from django.utils.translation import override

    with override("en"):
        found = proposals(templates()["leave"])
    assert all(found[key] for key in ("leader", "principal", "personnel"))


def test_it_is_adopted_once(office, roles):
    services.template_adopt(actor=office.actor, code="seal_use")
    with pytest.raises(AlreadyAdopted):
        services.template_adopt(actor=office.actor, code="seal_use")
    assert Process.objects.filter(origin="seal_use").count() == 1


def _more(form, steps):
    """A new field, a changed one, one gone, a new step, a changed one, another description."""
    fields = form["sections"][0]["fields"]
    fields.insert(1, {"name": "county", "kind": "text", "label": {"zh": "县区", "en": "County"}})
    next(each for each in fields if each["name"] == "purpose")["max_length"] = 500
    fields[:] = [each for each in fields if each["name"] != "passengers"]
    listed = steps["steps"]
    listed[0]["deadline"] = {"amount": 8, "unit": "hours"}
    listed.insert(
        1, {"id": "check", "name": "核对", "name_en": "Checks", "performers": [{"kind": "starter"}]}
    )
    return {"description": "新的说明。"}


def test_news_are_parts_each_taken_or_kept(office, roles, newer):
    process = services.template_adopt(actor=office.actor, code="vehicle_use")
    newer("vehicle_use", _more)
    assert selectors.has_news(process)
    parts = {
        each.key: each for each in merging.compare(*three_of(process, selectors.templates()["vehicle_use"]))
    }
    assert {key for key, each in parts.items() if each.news} == set(parts) == {
        "text:description", "field:county", "field:purpose", "field:passengers", "step:head", "step:check",
    }  # fmt: skip
    assert not any(each.contested for each in parts.values())
    services.template_merge(
        actor=office.actor,
        process=process,
        version=2,
        taken=["field:county", "field:passengers", "step:check", "text:description"],
    )
    process.refresh_from_db()
    names = [each["name"] for each in process.draft_form["sections"][0]["fields"]]
    assert names[:2] == ["purpose", "county"]
    assert "passengers" not in names
    assert process.draft_form["sections"][0]["fields"][0]["max_length"] == 200
    steps = steps_as_json(services.draft_steps(process))["steps"]
    assert [each["id"] for each in steps][:3] == ["head", "check", "leader"]
    assert steps[0]["deadline"]["amount"] == 2
    assert process.description == "新的说明。"
    assert process.origin_version == 2
    assert not selectors.has_news(process)
    # What was left is the bureau's own from now on, and not asked again.
    left = merging.compare(*three_of(process, selectors.templates()["vehicle_use"]))
    assert {each.key for each in left} == {"field:purpose", "step:head"}
    assert not any(each.news for each in left)
    assert services.draft_report(process).ok


def test_what_the_bureau_has_changed_is_contested_and_stays_unless_taken(office, roles, newer):
    process = services.template_adopt(actor=office.actor, code="vehicle_use")
    own = steps_as_json(services.draft_steps(process))
    own["steps"][0]["name"] = "股室负责人审核"
    process = services.draft_steps_save(actor=office.actor, process=process, steps=own)
    newer("vehicle_use", _more)
    parts = {
        each.key: each for each in merging.compare(*three_of(process, selectors.templates()["vehicle_use"]))
    }
    assert parts["step:head"].contested
    services.template_merge(actor=office.actor, process=process, version=2, taken=[])
    process.refresh_from_db()
    assert steps_as_json(services.draft_steps(process)) == own
    assert process.origin_version == 2


def test_parts_that_need_others_are_refused_and_nothing_changes(office, roles, newer):
    process = services.template_adopt(actor=office.actor, code="vehicle_use")

    def change(form, steps):
        fields = form["sections"][0]["fields"]
        fields.append({"name": "far", "kind": "yes_no", "label": {"zh": "远", "en": "Far"}})
        fields.append({"name": "why", "kind": "text", "label": {"zh": "缘由", "en": "Why"}, "when": "far"})

    newer("vehicle_use", change)
    before = process.draft_revision
    with pytest.raises(MergeImpossible):
        services.template_merge(actor=office.actor, process=process, version=2, taken=["field:why"])
    process.refresh_from_db()
    assert (process.draft_revision, process.origin_version) == (before, 1)
    services.template_merge(actor=office.actor, process=process, version=2, taken=["field:why", "field:far"])


def test_a_field_in_a_new_section_brings_the_section(office, roles, newer):
    process = services.template_adopt(actor=office.actor, code="vehicle_use")

    def change(form, steps):
        form["sections"].insert(
            1,
            {
                "name": "safety",
                "title": {"zh": "安全", "en": "Safety"},
                "fields": [{"name": "checked", "kind": "yes_no", "label": {"zh": "检查", "en": "Checked"}}],
            },
        )

    newer("vehicle_use", change)
    services.template_merge(actor=office.actor, process=process, version=2, taken=["field:checked"])
    process.refresh_from_db()
    assert [each["name"] for each in process.draft_form["sections"]] == ["trip", "safety", "vehicle"]


def test_a_drawing_that_is_no_list_is_one_part(office, roles, newer):
    from tests.support.bpmn import END, START, bpmn, chain, part, user

    process = services.template_adopt(actor=office.actor, code="vehicle_use")
    content = bpmn(START, user("a"), part("serviceTask", "s"), END, chain("start", "a", "s", "end"))
    process = services.draft_bpmn_save(actor=office.actor, process=process, content=content)
    newer("vehicle_use", _more)
    parts = {
        each.key: each for each in merging.compare(*three_of(process, selectors.templates()["vehicle_use"]))
    }
    assert parts["flow:"].contested
    drawn = process.draft_bpmn
    services.template_merge(actor=office.actor, process=process, version=2, taken=["field:county"])
    process.refresh_from_db()
    assert process.draft_bpmn == drawn


def test_nothing_new_is_nothing_to_merge(office, roles):
    process = services.template_adopt(actor=office.actor, code="vehicle_use")
    with pytest.raises(NothingNew):
        services.template_merge(actor=office.actor, process=process, version=1, taken=[])
