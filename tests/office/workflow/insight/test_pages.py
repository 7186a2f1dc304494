"""The pages of the insight through HTTP."""

import io
import uuid

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from asp.audit.models import Entry
from office.workflow.insight.report import overview, report
from office.workflow.insight.scope import Scope
from office.workflow.models import Instance, Process, Step
from tests.office.workflow.insight.story import NOW
from tests.office.workflow.insight.test_figures import MARCH
from tests.support.client import SiteClient

PERIOD = "since=2026-03-01&until=2026-03-31"
MOST_STATEMENTS = 15


@pytest.fixture
def client(world):
    return SiteClient(world.bureau).login_as(world.overseer)


def addresses(world) -> list[str]:
    here = f"/workflow/insight/{world.process.pk}/"
    return [
        "/workflow/insight/",
        "/workflow/insight/export/",
        "/workflow/insight/instances/",
        "/workflow/insight/instances/export/",
        here,
        f"{here}export/",
    ]


def test_all_processes(client):
    page = client.get(f"/workflow/insight/?{PERIOD}")
    assert page.status_code == 200
    text = page.content.decode()
    assert "流程" in text
    assert "Where it waits now" in text
    assert 'class="tb-chart is-weeks"' in text


def test_one_process(world, client):
    page = client.get(f"/workflow/insight/{world.process.pk}/?{PERIOD}")
    assert page.status_code == 200
    text = page.content.decode()
    assert "环节first" in text
    assert "is-way-5" in text
    assert "1.5 working h" in text
    assert "with a return" in text
    assert world.cast.head.name in text


def test_a_strange_address_shows_the_page_all_the_same(world, client):
    for query in ("since=x&until=2026-99-01", "department=nonsense", "since=9999-12-31", "until=0001-01-01"):
        assert client.get(f"/workflow/insight/{world.process.pk}/?{query}").status_code == 200
        assert client.get(f"/workflow/insight/?{query}").status_code == 200
    for query in ("page=x", "process=1", "state=odd&late=yes", "q=%00", "q=99999999999999", "q=1"):
        assert client.get(f"/workflow/insight/instances/?{query}").status_code == 200


def test_an_office_without_processes(fresh_bureau):
    from tenants.context import bureau_context
    from tests.office.workflow.insight.story import OVERSEE, Subject, role_create, role_grant
    from tests.support.people import TESTER, people

    cast = people(fresh_bureau)
    with bureau_context(fresh_bureau):
        role = role_create(actor=TESTER, name="督办", codes=[OVERSEE])
        role_grant(actor=TESTER, role=role, subject=Subject.person(cast.head))
    client = SiteClient(fresh_bureau).login_as(cast.head)
    assert "No process has been published yet" in client.get("/workflow/insight/").content.decode()
    assert "Nothing has been started yet" in client.get("/workflow/insight/instances/").content.decode()
    assert client.get("/workflow/insight/export/").status_code == 200


def test_a_process_that_never_ran(world, client):
    from tests.office.workflow.insight.story import step

    process = world.world.publish(step("alone", "starter"))
    page = client.get(f"/workflow/insight/{process.pk}/")
    assert page.status_code == 200
    assert "No step was done in this period." in page.content.decode()
    unpublished = Process.objects.create(code="unpublished", name="草稿")
    page = client.get(f"/workflow/insight/{unpublished.pk}/")
    assert "No version is published yet." in page.content.decode()


def test_everything_asks_for_sign_in_and_the_right_role(world):
    anonymous = SiteClient(world.bureau)
    clerk = SiteClient(world.bureau).login_as(world.cast.clerk)
    designer = SiteClient(world.bureau).login_as(world.designer)
    system = SiteClient(world.bureau).login_as(world.cast.system)
    for address in addresses(world):
        assert anonymous.get(address).status_code == 302, address
        for each in (clerk, designer, system):
            assert each.get(address).status_code == 403, address


def test_another_bureau_does_not_know_the_process(world, fresh_bureau):
    from tenants.context import bureau_context
    from tests.office.workflow.insight.story import DESIGN, OVERSEE, Subject, role_create, role_grant
    from tests.support.people import TESTER, people

    cast = people(fresh_bureau)
    with bureau_context(fresh_bureau):
        role = role_create(actor=TESTER, name="督办", codes=[OVERSEE, DESIGN])
        role_grant(actor=TESTER, role=role, subject=Subject.person(cast.head))
    client = SiteClient(fresh_bureau).login_as(cast.head)
    for tail in ("", "export/"):
        assert client.get(f"/workflow/insight/{world.process.pk}/{tail}").status_code == 404
    assert client.get(f"/workflow/processes/{world.process.pk}/simulate/").status_code == 404
    assert client.get(f"/workflow/insight/{uuid.UUID(int=7)}/").status_code == 404


def test_the_figures_as_a_spreadsheet(world, client):
    answer = client.get(f"/workflow/insight/{world.process.pk}/export/?{PERIOD}")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == [
        "Figures", "Weeks", "Where it waits", "Steps", "From step to step", "Ways taken", "People", "Departments",
        "About this export",
    ]  # fmt: skip
    rows = list(book["Steps"].values)
    assert rows[0][:4] == ("Step", "Done", "Median, working h", "Nine in ten, working h")
    assert ("环节first", 4, 1.5, 2) in [row[:4] for row in rows]
    entry = Entry.objects.filter(action="workflow.figures_exported").latest("id")
    assert (entry.target_id, entry.params["first"]) == (world.process.pk, "2026-03-01")


def test_all_figures_as_a_spreadsheet(client):
    answer = client.get(f"/workflow/insight/export/?{PERIOD}")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert [row[:4] for row in book["Processes"].values][1][0] == "流程"


def test_the_list_of_instances(world, client):
    text = client.get("/workflow/insight/instances/").content.decode()
    assert text.count("/workflow/") > 4
    for each in world.instances:
        assert str(each.pk) in text
    late = client.get("/workflow/insight/instances/?late=1").content.decode()
    assert str(world.instances[3].pk) in late
    assert str(world.instances[0].pk) not in late
    done = client.get(
        f"/workflow/insight/instances/?state=completed&process={world.process.pk}"
    ).content.decode()
    assert str(world.instances[0].pk) in done
    assert str(world.instances[3].pk) not in done
    nobody = client.get("/workflow/insight/instances/?starter=查无此人").content.decode()
    assert "No instance fits your choice" in nobody
    found = client.get(f"/workflow/insight/instances/?department={world.cast.section.pk}").content.decode()
    assert str(world.instances[0].pk) in found


def test_the_list_as_a_spreadsheet(world, client):
    answer = client.get(f"/workflow/insight/instances/export/?process={world.process.pk}")
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.values)
    assert len(rows) == 5
    assert Entry.objects.filter(action="workflow.instances_exported").latest("id").params["count"] == 4


def test_titles_are_no_formulas(world, client):
    four = world.instances[3]
    Instance.objects.filter(pk=four.pk).update(title="=HYPERLINK(1)")
    answer = client.get(f"/workflow/insight/instances/export/?process={world.process.pk}")
    titles = [row[2] for row in openpyxl.load_workbook(io.BytesIO(answer.content)).active.values]
    assert "'=HYPERLINK(1)" in titles


def test_what_needs_a_hand_stands_on_top(world, client):
    four = world.instances[3]
    Step.objects.filter(instance=four, state="open").update(stranded=True)
    Instance.objects.filter(pk=four.pk).update(
        trouble={"code": "workflow.no_way", "params": {"element": "g"}}, title="买椅子"
    )
    try:
        text = client.get("/workflow/insight/instances/").content.decode()
        assert "Nobody can do “环节first”." in text
        assert "No condition holds at “g”" in text
        assert "What needs your hand" in client.get("/workflow/insight/").content.decode()
        assert "that nobody can do" in client.get(f"/workflow/insight/{world.process.pk}/").content.decode()
    finally:
        Step.objects.filter(instance=four).update(stranded=False)
        Instance.objects.filter(pk=four.pk).update(trouble=None)


def test_the_number_of_statements_is_bounded(world):
    process = Process.objects.select_related("current").get(pk=world.process.pk)
    with CaptureQueriesContext(
        connection,
    ) as one:
        report(process, Scope(*MARCH, process.pk), NOW).drawing()
    with CaptureQueriesContext(connection) as all_of_them:
        overview(Scope(*MARCH), NOW)
    assert len(one) <= MOST_STATEMENTS
    assert len(all_of_them) <= MOST_STATEMENTS


def test_in_chinese(world, client):
    page = client.get(f"/workflow/insight/{world.process.pk}/?{PERIOD}", HTTP_ACCEPT_LANGUAGE="zh-CN")
    assert page.status_code == 200
