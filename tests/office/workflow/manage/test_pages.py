"""The pages of making processes: they open, and only for those who may."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from office.workflow import services
from office.workflow.models import Process
from tenants.context import bureau_context
from tests.office.workflow.manage.world import AGREE, DISAGREE, field, listed, step
from tests.support.bpmn import END, START, bpmn, chain, user
from tests.support.client import SiteClient
from tests.support.people import people

BASE = "/workflow/processes/"
PAGES = ("", "new/", "people/?q=甲", "audience/?q=甲", "templates/", "templates/adopt/?template=leave")
OWN = ("", "settings/", "form/", "steps/", "steps/?at=a", "designer/", "check/", "download/", "versions/1/")


@pytest.fixture
def process(office):
    return office.published(
        step("a", "head:starter", f"account:{office.cast.clerk.pk}", outcomes=[AGREE, DISAGREE]),
        step("b", "former:a", "chosen", copies=[{"kind": "starter"}], skip="amount > 5"),
        {"id": "g", "name": "并行", "parallel": [step("c"), step("d", fields={"amount": "required"})]},
        fields=(field("amount", "number"), field("who", "person")),
    )


@pytest.fixture
def designer(office):
    return office.client()


def url(process, tail=""):
    return f"{BASE}{process.pk}/{tail}"


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_every_page_opens(office, process, designer, language):
    for tail in PAGES:
        assert designer.get(BASE + tail, HTTP_ACCEPT_LANGUAGE=language).status_code == 200, tail
    for tail in OWN:
        answer = designer.get(url(process, tail), HTTP_ACCEPT_LANGUAGE=language)
        assert answer.status_code == 200, tail


def test_sign_in_is_needed(office, process):
    stranger = SiteClient(office.bureau)
    for path in (*(BASE + tail for tail in PAGES), *(url(process, tail) for tail in OWN)):
        answer = stranger.get(path)
        assert answer.status_code == 302
        assert "/sign-in" in answer["Location"] or "sign" in answer["Location"], path


@pytest.mark.parametrize("who", ["clerk", "system", "security", "audit"])
def test_a_wrong_role_is_refused(office, process, who):
    client = office.client(who)
    for path in (*(BASE + tail for tail in PAGES), *(url(process, tail) for tail in OWN)):
        assert client.get(path).status_code == 403, path
    for tail in ("stop/", "publish/", "upload/", "steps/", "designer/save/", "versions/1/restore/", "news/"):
        assert client.post(url(process, tail)).status_code == 403, tail
    process.refresh_from_db()
    assert process.stopped_at is None


def test_another_bureau_gets_404(office, process, make_bureau):
    from asp.accounts.services import role_create, role_grant
    from asp.accounts.subjects import Subject
    from office.workflow.permissions import DESIGN
    from tests.support.people import TESTER

    bureau = make_bureau()
    cast = people(bureau)
    with bureau_context(bureau):
        role = role_create(actor=TESTER, name="流程管理员", codes=[DESIGN])
        role_grant(actor=TESTER, role=role, subject=Subject.person(cast.head))
    client = SiteClient(bureau).login_as(cast.head)
    for tail in OWN:
        assert client.get(url(process, tail)).status_code == 404, tail
    for tail in ("stop/", "publish/", "upload/", "steps/", "designer/save/", "versions/1/restore/", "news/"):
        assert client.post(url(process, tail)).status_code == 404, tail


def test_the_empty_list_leads_to_the_templates(make_bureau):
    from asp.accounts.services import role_create, role_grant
    from asp.accounts.subjects import Subject
    from office.workflow.permissions import DESIGN
    from tests.support.people import TESTER

    bureau = make_bureau()
    cast = people(bureau)
    with bureau_context(bureau):
        role = role_create(actor=TESTER, name="流程管理员", codes=[DESIGN])
        role_grant(actor=TESTER, role=role, subject=Subject.person(cast.head))
    answer = SiteClient(bureau).login_as(cast.head).get(BASE)
    assert "No processes yet" in answer.content.decode()


def test_the_list_filters_by_word_and_state(office, process, designer):
    draft = office.process()
    page = designer.get(BASE, {"state": "draft"}).content.decode()
    assert draft.name in page
    assert process.name not in page
    page = designer.get(BASE, {"q": process.code}).content.decode()
    assert process.name in page
    assert draft.name not in page


def test_a_process_is_made(office, designer):
    answer = designer.post(f"{BASE}new/", {"name": "接待", "kind": "fixed", "code": "reception"})
    made = Process.objects.get(code="reception")
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"{made.pk}/")
    again = designer.post(f"{BASE}new/", {"name": "接待", "kind": "fixed", "code": "reception"})
    assert again.status_code == 422
    assert "has the code" in again.content.decode()
    bad = designer.post(f"{BASE}new/", {"name": "", "kind": "no", "code": "Not A Code"})
    assert bad.status_code == 422


def test_settings_count_at_once(office, process, designer):
    subject = f"person:{office.cast.clerk.pk}"
    given = {"name": "改名", "sort": "5", "category": "类"}
    shown = designer.post(url(process, "settings/"), {**given, "op": f"+{subject}"})
    assert shown.status_code == 200
    assert office.cast.clerk.name in shown.content.decode()
    process.refresh_from_db()
    assert process.name != "改名"
    assert designer.post(url(process, "settings/"), {**given, "audience": [subject]}).status_code == 302
    process.refresh_from_db()
    assert (process.name, process.sort, process.audience) == ("改名", 5, [subject])
    bad = designer.post(url(process, "settings/"), {**given, "audience": ["nobody:x"]})
    assert bad.status_code == 422


def test_settings_change_the_kind_or_say_why_not(office, process, designer):
    fresh = office.process()
    given = {"name": "改名", "sort": "5"}
    assert 'name="kind"' in designer.get(url(fresh, "settings/")).content.decode()
    assert designer.post(url(fresh, "settings/"), {**given, "kind": "sideways"}).status_code == 422
    assert designer.post(url(fresh, "settings/"), {**given, "kind": "open"}).status_code == 302
    fresh.refresh_from_db()
    assert (fresh.is_open, "handle" in fresh.draft_bpmn) == (True, True)
    shown = designer.get(url(process, "settings/")).content.decode()
    assert 'name="kind"' not in shown
    assert "this stays as it is" in shown
    # Sent all the same, it is not looked at.
    assert designer.post(url(process, "settings/"), {**given, "kind": "open"}).status_code == 302
    process.refresh_from_db()
    assert not process.is_open


def test_it_is_stopped_and_resumed(office, process, designer):
    assert designer.post(url(process, "stop/")).status_code == 302
    process.refresh_from_db()
    assert process.stopped_at is not None
    assert designer.post(url(process, "stop/")).status_code == 409
    assert designer.post(url(process, "resume/")).status_code == 302
    assert designer.get(url(process, "stop/")).status_code == 405


def test_the_form_is_edited(office, process, designer):
    page = designer.get(url(process, "form/"))
    revision = page.context["editor"]["revision"]
    answer = designer.post(url(process, "form/"), {"revision": revision, "act": "field_add::text"})
    assert answer.status_code == 302
    process.refresh_from_db()
    assert process.draft_form["sections"][0]["fields"][-1]["kind"] == "text"
    late = designer.post(url(process, "form/"), {"revision": revision, "act": "field_add::text"})
    assert late.status_code == 409


def test_the_gate_names_faults_and_publishing_is_refused(office, designer):
    process = office.process(step("a", "field:gone"))
    page = designer.get(url(process, "check/")).content.decode()
    assert "环节a" in page
    assert "The form has no field" in page
    assert 'data-element="a" data-bad' in page
    answer = designer.post(url(process, "publish/"), {"revision": process.draft_revision, "note": "x"})
    assert answer.status_code == 422
    assert not process.versions.exists()


def test_it_is_published_with_a_note(office, designer):
    process = office.process(step("a"))
    late = designer.post(url(process, "publish/"), {"revision": 0})
    assert late.status_code == 409
    answer = designer.post(url(process, "publish/"), {"revision": process.draft_revision, "note": "首版"})
    assert answer.status_code == 302
    assert process.versions.get().note == "首版"


def test_versions_are_compared_and_put_back(office, process, designer):
    services.draft_steps_save(actor=office.actor, process=process, steps=listed(step("z")))
    services.version_publish(actor=office.actor, process=process)
    page = designer.get(url(process, "versions/2/")).content.decode()
    assert "Removed" in page
    assert designer.get(url(process, "versions/9/")).status_code == 404
    process.refresh_from_db()
    late = designer.post(url(process, "versions/1/restore/"), {"revision": 1})
    assert late.status_code == 409
    answer = designer.post(url(process, "versions/1/restore/"), {"revision": process.draft_revision})
    assert answer.status_code == 302
    process.refresh_from_db()
    assert process.draft_bpmn == process.versions.get(number=1).bpmn


def test_a_file_goes_up_and_comes_down(office, process, designer):
    content = bpmn(START, user("z"), END, chain("start", "z", "end"))
    sent = {"revision": process.draft_revision, "file": SimpleUploadedFile("a.bpmn", content)}
    assert designer.post(url(process, "upload/"), sent).status_code == 302
    answer = designer.get(url(process, "download/"))
    assert answer["Content-Type"].startswith("application/xml")
    assert "attachment" in answer["Content-Disposition"]
    assert b'id="z"' in answer.content
    assert b'id="z"' not in designer.get(url(process, "download/?version=1")).content
    process.refresh_from_db()
    bad = {"revision": process.draft_revision, "file": SimpleUploadedFile("a.bpmn", b"no")}
    refused = designer.post(url(process, "upload/"), bad)
    assert refused.status_code == 422
    assert "well-formed" in refused.content.decode()
    assert designer.post(url(process, "upload/"), {"revision": "1"}).status_code == 422


def test_a_template_is_adopted_from_its_page(office, designer):
    Process.objects.exclude(origin="").update(origin="")
    page = designer.get(f"{BASE}templates/adopt/", {"template": "vehicle_use"})
    assert page.status_code == 200
    key = f"account:{office.cast.head.pk}"
    given = {"template": "vehicle_use", "people.leader": key}
    shown = designer.post(f"{BASE}templates/adopt/", {**given, "op": f"people.dispatcher+{key}"})
    assert shown.status_code == 200
    assert not Process.objects.filter(origin="vehicle_use").exists()
    answer = designer.post(f"{BASE}templates/adopt/", {**given, "people.dispatcher": key})
    made = Process.objects.get(origin="vehicle_use")
    assert answer["Location"].endswith(f"{made.pk}/")
    assert made.startable
    assert designer.post(f"{BASE}templates/adopt/", given).status_code == 409
    missing = designer.post(f"{BASE}templates/adopt/", {"template": "leave"})
    draft = Process.objects.get(origin="leave")
    assert missing["Location"].endswith(f"{draft.pk}/check/")
    assert not draft.startable
    assert designer.get(f"{BASE}templates/adopt/", {"template": "none"}).status_code == 302


def test_news_are_taken_over_from_their_page(office, designer, monkeypatch):
    from dataclasses import replace

    from office.workflow.central import templates

    Process.objects.exclude(origin="").update(origin="")
    process = services.template_adopt(actor=office.actor, code="open_flow")
    assert designer.get(url(process, "news/")).status_code == 302
    old = templates()["open_flow"]
    fresh = {**templates(), "open_flow": replace(old, version=2, description="新说明")}
    for module in ("services.templates", "selectors.manage", "views.templates"):
        monkeypatch.setattr(f"office.workflow.{module}.templates", lambda: fresh)
    page = designer.get(url(process, "news/"))
    assert "新说明" in page.content.decode()
    given = {"version": 2, "revision": process.draft_revision, "taken": ["text:description"]}
    assert designer.post(url(process, "news/"), given).status_code == 302
    process.refresh_from_db()
    assert process.description == "新说明"
    assert designer.post(url(process, "news/"), given).status_code == 409
    assert "state" in designer.get(f"{BASE}templates/").content.decode()
