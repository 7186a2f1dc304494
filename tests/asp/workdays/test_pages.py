"""The pages: who sees what, what a form refuses, and the import from paste to force."""

import pytest

from asp.ui.moments import today
from asp.workdays.models import LocalDay, State
from asp.workdays.national.models import Year
from tenants.context import bureau_context, host_context
from tests.asp.workdays.test_import import NOTICE, seen
from tests.support.client import SiteClient
from tests.support.host import host_administrators
from tests.support.people import people

PAGES = ("/workdays/", "/workdays/own/")


@pytest.fixture(scope="module")
def cast():
    from tests.support import bureaus

    return people(bureaus.open_bureau())


@pytest.fixture(scope="module")
def other():
    from tests.support import bureaus

    return people(bureaus.open_bureau())


def office(cast, who):
    return SiteClient(cast.bureau).login_as(getattr(cast, who))


def host(duty="system"):
    return SiteClient("host").login_as(
        dict(zip(("system", "security", "audit"), host_administrators(), strict=True))[duty]
    )


def workday(cast, number=4):
    from asp.workdays import calendar_for_site

    with bureau_context(cast.bureau):
        return calendar_for_site().nth_after(today(), number)


# ----- who


def test_everybody_in_the_office_sees_the_year(cast):
    for who in ("clerk", "head", "system", "security", "audit"):
        page = office(cast, who).get("/workdays/?year=2026")
        assert page.status_code == 200
        assert "Day off: National Day" in page.text
        assert "Weekend day that is worked: Spring Festival" in page.text
        assert ("/workdays/own/" in page.text) == (who == "system")


def test_sign_in_is_needed(cast):
    for path in PAGES:
        assert SiteClient(cast.bureau).get(path).status_code == 302
    assert SiteClient("host").get("/workdays/").status_code == 302
    assert SiteClient("host").post("/workdays/import/").status_code == 302


@pytest.mark.parametrize("who", ["clerk", "head", "security", "audit"])
def test_only_the_system_administrator_changes_days(cast, who):
    client = office(cast, who)
    assert client.get("/workdays/own/").status_code == 403
    form = {"day": workday(cast).isoformat(), "works": "off", "reason": "x"}
    assert client.post("/workdays/own/", form).status_code == 403
    assert client.post("/workdays/own/", {"what": "hours", "reset": "1"}).status_code == 403
    with bureau_context(cast.bureau):
        assert not LocalDay.objects.filter(reason="x").exists()


@pytest.mark.parametrize("duty", ["security", "audit"])
def test_only_the_hosts_system_administrator_sees_and_imports(duty):
    client = host(duty)
    for path in ("/workdays/", "/workdays/import/"):
        assert client.get(path).status_code == 403
    assert client.post("/workdays/import/", {"year": 2027, "text": NOTICE, "seen": 3}).status_code == 403


def test_the_hosts_pages_are_not_in_the_office(cast):
    assert office(cast, "system").get("/workdays/import/").status_code == 404


# ----- the year


def test_a_year_without_a_notice_says_so(cast):
    for client in (office(cast, "clerk"), host()):
        page = client.get("/workdays/?year=2031")
        assert "Provisional" in page.text
        assert "Provisional" not in client.get("/workdays/?year=2026").text.split('id="history"')[0]


@pytest.mark.parametrize("year", ["abc", "1", "99999999999", "-1", "２０２６", "2026;"])
def test_a_year_that_is_none_is_not_found(cast, year):
    assert office(cast, "clerk").get("/workdays/", {"year": year}).status_code == 404


# ----- own days


def test_it_sets_and_removes_a_day(cast, other):
    client, day = office(cast, "system"), workday(cast)
    page = client.post("/workdays/own/", {"day": day.isoformat(), "works": "off", "reason": "<b>县庆</b>"})
    assert page.status_code == 302
    assert "&lt;b&gt;县庆&lt;/b&gt;" in client.get("/workdays/own/").text
    assert "Day off in this office: &lt;b&gt;" in client.get(f"/workdays/?year={day.year}").text
    with bureau_context(cast.bureau):
        made = LocalDay.objects.get(date=day)
    assert office(other, "system").post(f"/workdays/own/{made.pk}/remove/").status_code == 404
    assert office(cast, "clerk").post(f"/workdays/own/{made.pk}/remove/").status_code == 403
    assert client.post(f"/workdays/own/{made.pk}/remove/").status_code == 302
    with bureau_context(cast.bureau):
        assert not LocalDay.objects.filter(pk=made.pk).exists()


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"day": "", "works": "off", "reason": "x"}, "Fill this in"),
        ({"day": "2026-02-30", "works": "off", "reason": "x"}, "Enter a valid date"),
        ({"day": "2020-01-06", "works": "off", "reason": "x"}, "Choose a day between"),
        ({"day": "2026-10-01", "works": "off", "reason": "x"}, "nothing would change"),
        ({"day": "2026-12-24", "works": "maybe", "reason": "x"}, "maybe"),
        ({"day": "2026-12-24", "works": "off", "reason": ""}, "Fill this in"),
    ],
)
def test_bad_input_is_told_and_changes_nothing(cast, form, words):
    page = office(cast, "system").post("/workdays/own/", form)
    assert page.status_code == 422
    assert words in page.text
    with bureau_context(cast.bureau):
        assert not LocalDay.objects.filter(reason="x").exists()


def test_it_sets_hours_and_goes_back(cast):
    client = office(cast, "system")
    form = {
        "what": "hours",
        "morning_from": "08:30",
        "morning_to": "12:00",
        "afternoon_from": "14:00",
        "afternoon_to": "17:30",
    }
    assert client.post("/workdays/own/", form).status_code == 302
    assert "08:30–12:00" in client.get("/workdays/").text
    wrong = client.post("/workdays/own/", {**form, "afternoon_from": "11:00"})
    assert wrong.status_code == 422
    assert "do not overlap" in wrong.text
    half = client.post("/workdays/own/", {**form, "afternoon_to": ""})
    assert half.status_code == 422
    assert client.post("/workdays/own/", {"what": "hours", "reset": "1"}).status_code == 302
    with bureau_context(cast.bureau):
        assert State.objects.get().hours == ""


# ----- import


def test_a_notice_is_pasted_looked_at_and_put_in_force(country):
    client = host()
    shown = client.post("/workdays/import/", {"year": 2027, "text": NOTICE})
    assert shown.status_code == 200
    assert "13 February 2027" in shown.text
    assert "国办发明电〔2026〕9号" in shown.text
    with host_context():
        assert not Year.objects.filter(year=2027).exists(), "looking stores nothing"
        number = seen()
    done = client.post("/workdays/import/", {"year": 2027, "text": NOTICE, "seen": number})
    assert done.status_code == 302
    page = client.get("/workdays/?year=2027")
    assert "国办发明电〔2026〕9号" in page.text
    assert "Open deadlines in the offices" in page.text
    again = client.post("/workdays/import/", {"year": 2027, "text": NOTICE, "seen": number})
    assert again.status_code == 409
    assert "changed in the meantime" in again.text


def test_contradictions_are_shown_with_their_line_and_nothing_can_be_confirmed(country):
    client = host()
    wrong = NOTICE.replace("1月1日（周五）", "1月1日（周一）") + "<script>alert(1)</script>：1月1日上班。"
    page = client.post("/workdays/import/", {"year": 2027, "text": wrong})
    assert page.status_code == 422
    assert "Line 3: 1 January 2027 is a Friday; the text says Monday." in page.text
    assert "<script>alert" not in page.text
    assert 'name="seen"' not in page.text
    with host_context():
        number = seen()
    forced = client.post("/workdays/import/", {"year": 2027, "text": wrong, "seen": number})
    assert forced.status_code == 422
    with host_context():
        assert not Year.objects.filter(year=2027).exists()


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"year": 1, "text": "x"},
        {"year": "x", "text": "x"},
        {"year": 2027, "text": ""},
        {"year": 2027, "text": "x" * 30000},
    ],
)
def test_a_form_that_says_nothing_is_refused(form):
    client = host()
    assert client.post("/workdays/import/", form).status_code == 422
    assert client.post("/workdays/import/", {**form, "seen": "x"}).status_code == 422
