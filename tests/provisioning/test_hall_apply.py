"""The application form in the hall: drafts, letter, checks, hostile input."""

import re
import secrets

import pytest
from django.conf import settings

from asp.blobs.services import blob_write
from provisioning import access, services
from provisioning.models import Application, ApplicationState
from tenants.context import host_context
from tenants.keys import uuid7
from tests.support.applications import PDF, opened, random_code, submitted, values
from tests.support.client import SiteClient
from tests.support.people import TESTER


@pytest.fixture
def hall() -> SiteClient:
    # An address of its own for each test, so that rate limits of one do not reach another.
    return SiteClient(
        "hall", HTTP_X_FORWARDED_FOR=f"198.51.{secrets.randbelow(250)}.{secrets.randbelow(250)}"
    )


def begin(hall: SiteClient, *, with_letter: bool = True) -> Application:
    answer = hall.post("/apply/begin/")
    assert answer.status_code == 302
    with host_context():
        application = Application.objects.get(pk=answer["Location"].split("/")[2])
        if with_letter:
            blob = blob_write(actor=TESTER, data=PDF, filename="a.pdf", media_type="application/pdf")
            services.letter_attach(actor=TESTER, application=application, blob=blob, filename="授权书.pdf")
    return application


def send(hall: SiteClient, application: Application, typed: dict[str, object]) -> tuple[bool, str]:
    """Send the form in; return whether it was taken, and the page that followed."""
    answer = hall.post(f"/apply/{application.pk}/", typed)
    assert answer.status_code == 302
    page = hall.get(answer["Location"])
    assert page.status_code == 200
    return "check" not in answer["Location"], page.content.decode()


def test_every_page_opens(hall):
    application = begin(hall)
    for path in (
        "/",
        "/?q=财政",
        "/apply/",
        f"/apply/{application.pk}/",
        "/track/",
        "/apply/address/?slug=abc",
    ):
        assert hall.get(path).status_code == 200, path


def test_a_draft_survives_and_belongs_to_its_browser(hall):
    application = begin(hall)
    url = f"/apply/{application.pk}/"
    assert (
        hall.post(
            f"{url}save/", {"name": "半个名", "credit_code": "wrong", "functions": ["library"]}
        ).status_code
        == 200
    )
    page = hall.get(url).content.decode()
    assert "半个名" in page
    assert 'value="wrong"' in page
    stranger = SiteClient("hall")
    for path in (url, f"{url}letter/", f"{url}receipt/"):
        assert stranger.get(path).status_code == 404
    for path in (url, f"{url}save/", f"{url}discard/"):
        assert stranger.post(path, {"name": "x"}).status_code == 404
    stranger.cookies[access.cookie_name()] = "x" * 32
    assert stranger.get(url).status_code == 404
    # Begun again in the same browser: the same draft.
    assert hall.post("/apply/begin/")["Location"] == url


def test_a_draft_can_be_thrown_away(hall):
    application = begin(hall)
    assert hall.post(f"/apply/{application.pk}/discard/").status_code == 302
    with host_context():
        assert not Application.objects.filter(pk=application.pk).exists()
    assert hall.get(f"/apply/{application.pk}/").status_code == 404


def test_sending_in_shows_the_code_and_stores_only_its_hash(hall):
    application = begin(hall)
    answer = hall.post(f"/apply/{application.pk}/", values())
    assert answer.status_code == 302
    page = hall.get(answer["Location"]).content.decode()
    code = re.search(r'id="tracking-code">([^<]+)<', page)[1]
    assert code in hall.get(f"{answer['Location']}?print=1").content.decode()
    with host_context():
        row = Application.objects.filter(pk=application.pk).values().get()
    assert row["state"] == ApplicationState.SUBMITTED
    assert code not in str(row)
    assert code.replace("-", "") not in str(row)
    # It is with the administrators now.
    assert hall.post(f"/apply/{application.pk}/", values()).status_code == 302
    assert hall.post(f"/apply/{application.pk}/save/", {"name": "x"}).status_code == 409
    with host_context():
        application.refresh_from_db()
        assert application.revision == 1


def test_without_a_letter_nothing_is_sent(hall):
    application = begin(hall, with_letter=False)
    taken, page = send(hall, application, values())
    assert not taken
    assert "Upload the authorisation letter" in page
    with host_context():
        application.refresh_from_db()
        assert application.state == ApplicationState.DRAFT
        assert application.draft["contact_name"] == "钱多宝"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "水" * 101),
        ("name", "水利局\u202e"),
        ("name", "<script>alert(1)</script>"),
        ("name", "水\x00利"),
        ("name_en", "{{7*7}}"),
        ("credit_code", "91350100M000100Y44"),
        ("credit_code", "0" * 18),
        ("level", "emperor"),
        ("parent_body", "\u2067县"),
        ("slug", "host"),
        ("slug", "a--b"),
        ("slug", "a.b"),
        ("slug", "水利"),
        ("slug", "a" * 40),
        ("contact_phone", "12345"),
        ("contact_phone", "139000000000000"),
        ("contact_email", "a@b\nBcc: c@d"),
        ("quota_gb", "-5"),
        ("quota_gb", "9" * 40),
        ("functions", "no-such-function"),
        ("consent", ""),
        ("system_login", "1"),
        ("system_login", "Ünïcode"),
        ("security_phone", "x"),
        ("audit_name", "999"),
        ("note", "长" * 1001),
    ],
)
def test_bad_input_is_answered_in_words_and_nothing_is_lost(hall, field, value):
    application = begin(hall)
    taken, page = send(hall, application, values(**{"contact_name": "记得我", field: value}))
    assert not taken
    assert "tb-field-error" in page
    assert "记得我" in page
    assert "<script>alert" not in page
    with host_context():
        application.refresh_from_db()
        assert application.state == ApplicationState.DRAFT
        assert application.draft["contact_name"] == "记得我"


@pytest.mark.parametrize("part", ["name", "login", "phone"])
def test_the_three_are_three_people(hall, part):
    application = begin(hall)
    typed = values()
    typed[f"audit_{part}"] = typed[f"system_{part}"]
    taken, page = send(hall, application, typed)
    assert not taken
    assert "three different people" in page or "of their own" in page


def test_what_is_taken_is_said(hall):
    there, _code = opened()
    application = begin(hall)
    typed = values(slug=there.bureau.slug, credit_code=there.bureau.credit_code)
    _taken, page = send(hall, application, typed)
    assert "Another body has this address" in page
    assert "has an office already" in page
    assert "Another body" in hall.get(f"/apply/address/?slug={there.bureau.slug}").content.decode()
    assert "can be had" in hall.get("/apply/address/?slug=frei").content.decode()
    assert "kept for the host" in hall.get("/apply/address/?slug=admin").content.decode()


def test_a_doubtful_code_inside_is_a_warning(hall):
    application = begin(hall)
    taken, page = send(hall, application, values(credit_code="1135078200408888AN", note="长" * 1001))
    assert not taken
    assert "organisation code inside" in page
    taken, _page = send(hall, application, values(credit_code="1135078200408888AN"))
    assert taken


def test_spelling_is_forgiven(hall):
    application = begin(hall)
    code = random_code()
    typed = values(
        credit_code=f" {code[:4].lower()} {code[4:]} ", contact_phone="+86 139-1234-5678", slug="  AbC-9x "
    )
    assert hall.post(f"/apply/{application.pk}/", typed).status_code == 302
    with host_context():
        application.refresh_from_db()
    assert application.credit_code == code
    assert application.contact_phone == "13912345678"
    assert application.slug == "abc-9x"


def test_drafts_of_one_source_are_limited():
    source = f"203.0.113.{secrets.randbelow(250)}"
    statuses = [
        SiteClient("hall", HTTP_X_FORWARDED_FOR=source).post("/apply/begin/").status_code for _ in range(31)
    ]
    assert statuses[-1] == 429
    assert statuses[0] == 302


def test_the_hall_lists_who_can_be_visited(hall, make_bureau):
    mark = secrets.token_hex(4)
    make_bureau(slug=f"v{mark}", name=f"可见{mark}局", name_en=f"Visible {mark}")
    make_bureau(slug=f"c{mark}", name=f"关闭{mark}局", state="closed")
    page = hall.get(f"/?q={mark}").content.decode()
    assert f"http://v{mark}.{settings.ASP.base_domain}" in page
    assert f"c{mark}." not in page
    assert hall.get("/?q=%00%27%3B--&page=99999").status_code == 200


def test_an_unknown_application_is_not_there(hall):
    assert hall.get(f"/apply/{uuid7()}/").status_code == 404
    assert hall.get(f"/track/{uuid7()}/").status_code == 404


def test_a_letter_goes_up_from_the_browser_that_has_the_draft(hall):
    from provisioning import uploads

    application = begin(hall, with_letter=False)
    from django.test import RequestFactory

    from asp.accounts.sessions import SessionStore
    from tenants.context import site_context
    from tenants.site import Site

    def request(cookie: str):
        made = RequestFactory().post("/uploads/")
        made.COOKIES[access.cookie_name()] = cookie
        made.session = SessionStore()
        made.site = Site("hall")
        return made

    cookie = hall.cookies[access.cookie_name()].value
    with site_context(Site("hall")):
        binding = uploads.authorize(request(cookie), str(application.pk), "a.pdf", 10, {})
        assert binding == {"application": str(application.pk)}
        from django.http import Http404

        for wrong in ("x" * 32, ""):
            with pytest.raises(Http404):
                uploads.authorize(request(wrong), str(application.pk), "a.pdf", 10, {})
        other, _code = submitted()
        for target in (str(other.pk), "not-a-uuid", ""):
            with pytest.raises(Http404):
                uploads.authorize(request(cookie), target, "a.pdf", 10, {})
