"""A body applies, corrects, is approved, has its office opened and its three administrators activated."""

import re
from dataclasses import replace

from django.conf import settings
from django.test import override_settings

from asp.accounts.models import Account, Link
from asp.accounts.services import activation_complete
from asp.accounts.testing import totp_code
from asp.blobs.services import blob_write, quota_get
from provisioning import services
from provisioning.models import Application, ApplicationState
from tenants.context import bureau_context, host_context
from tenants.models import Bureau
from tests.support.applications import PDF, run_opening, values
from tests.support.client import SiteClient
from tests.support.host import host_administrators
from tests.support.people import TESTER


def test_from_application_to_a_working_office():
    with override_settings(ASP=replace(settings.ASP, smtp_url="")):
        _story()


def _story() -> None:
    system, _security, _audit = host_administrators()
    hall, console = SiteClient("hall"), SiteClient("host").login_as(system)
    typed = values()

    # The representative applies.
    answer = hall.post("/apply/begin/")
    assert answer.status_code == 302
    form_url = answer["Location"]
    hall.post(f"{form_url}save/", {"name": typed["name"]})
    assert typed["name"] in hall.get(form_url).content.decode()
    refused = hall.post(form_url, typed)["Location"]  # without a letter
    assert refused == f"{form_url}?check=1"
    assert typed["credit_code"] in hall.get(refused).content.decode()
    with host_context():
        application = Application.objects.get(pk=form_url.split("/")[2])
        blob = blob_write(actor=TESTER, data=PDF, filename="a.pdf", media_type="application/pdf")
        services.letter_attach(actor=TESTER, application=application, blob=blob, filename="a.pdf")
    answer = hall.post(form_url, typed)
    assert answer.status_code == 302, answer.content.decode()
    page = hall.get(answer["Location"]).content.decode()
    code = re.search(r'id="tracking-code">([^<]+)<', page)[1]

    # The ASP administrator asks for correction; the console never shows the code.
    detail = f"/applications/{application.pk}/"
    page = console.get(detail).content.decode()
    assert typed["contact_phone"] in page
    assert code not in page
    answer = console.post(
        f"{detail}correct/", {"correct-revision": 1, "correct-general": "请补正", "correct-on_slug": "太长"}
    )
    assert answer.status_code == 302, answer.content.decode()

    # From another browser, with code and phone, the correction is sent in.
    other = SiteClient("hall")
    tracked = other.post("/track/", {"code": code.lower(), "phone": f"+86 {typed['contact_phone']}"})
    assert tracked.status_code == 302
    page = other.get(tracked["Location"]).content.decode()
    assert "请补正" in page
    assert "太长" in page
    form = other.get(f"/apply/{application.pk}/").content.decode()
    assert typed["credit_code"] in form
    assert other.post(f"/apply/{application.pk}/", typed).status_code == 302

    # Approved and opened.
    answer = console.post(
        f"{detail}approve/",
        {
            "approve-revision": 2,
            "approve-slug": typed["slug"],
            "approve-quota_gb": 7,
            "approve-functions": ["library"],
        },
    )
    assert answer.status_code == 302, answer.content.decode()
    with host_context():
        application.refresh_from_db()
        opening = application.openings.get()
    run_opening(opening)
    page = console.get(answer["Location"]).content.decode()
    assert "8 / 8" in page
    with host_context():
        application.refresh_from_db()
        assert application.state == ApplicationState.OPENED
        bureau = Bureau.objects.get(pk=application.bureau_id)
        assert bureau.state == "setting_up"
    with bureau_context(bureau.ref):
        assert quota_get().limit == 7 * 1024**3
        assert Account.objects.administrators().count() == 3
        assert Account.objects.filter(state="invited").count() == 3

    # Each of the three fetches their own activation with code and own phone, and uses it.
    for duty in ("system", "security", "audit"):
        _activate(code, typed, duty, bureau)

    page = other.get(tracked["Location"]).content.decode()
    with host_context():
        bureau.refresh_from_db()
        assert bureau.state == "active"
    assert "http://" + typed["slug"] in page
    assert typed["slug"] in hall.get(f"/?q={bureau.slug}").content.decode()


def _activate(code: str, typed: dict[str, str], duty: str, bureau: Bureau) -> None:
    """One administrator fetches twice (the first link is void then), opens the second, and activates."""
    browser = SiteClient("hall")
    tracked = browser.post("/track/", {"code": code, "phone": typed[f"{duty}_phone"]})
    somebody_else = {"system": "security", "security": "audit", "audit": "system"}[duty]
    assert browser.post(f"{tracked['Location']}activation/{somebody_else}/").status_code == 404
    paths = []
    for _ in range(2):
        page = browser.post(f"{tracked['Location']}activation/{duty}/").content.decode()
        url = re.search(r'id="link-\w+">([^<]+)<', page)[1]
        assert f"//{bureau.slug}." in url
        paths.append(re.sub(r"^https?://[^/]+", "", url))
    office = SiteClient(bureau.ref)
    assert office.get(paths[0], follow=True).status_code == 410
    page = office.get(paths[1], follow=True)
    assert page.status_code == 200, page.content.decode()
    with bureau_context(bureau.ref):
        link = Link.objects.get(account__duty=duty, revoked_at=None, used_at=None)
        secrets = activation_complete(link=link, password="Quite-Long-Secret-2026")
    assert totp_code(secrets.totp_seed)
