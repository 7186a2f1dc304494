"""The host console: who may see what, the decisions by their pages, bureaus and their changes."""

import io
import secrets

import pytest
from openpyxl import load_workbook

from asp.accounts.models import Account
from asp.audit.models import Entry
from asp.blobs.services import quota_get
from provisioning import services
from provisioning.models import Application, ApplicationState, Opening
from tenants.context import bureau_context, host_context
from tenants.models import Bureau
from tests.support.applications import approved, opened, run_opening, submitted
from tests.support.client import SiteClient
from tests.support.host import host_administrators
from tests.support.people import TESTER


@pytest.fixture(scope="module")
def administrators():
    return dict(zip(("system", "security", "audit"), host_administrators(), strict=True))


@pytest.fixture
def console(administrators) -> SiteClient:
    return SiteClient("host").login_as(administrators["system"])


def pages() -> list[str]:
    application, _code = submitted()
    there, _code = opened()
    with host_context():
        opening = Opening.objects.filter(application=there).get()
    return [
        "/",
        "/applications/",
        "/applications/?state=submitted&q=云溪",
        f"/applications/{application.pk}/",
        f"/applications/{there.pk}/",
        f"/applications/openings/{opening.pk}/",
        f"/applications/openings/{opening.pk}/steps/",
        "/bureaus/",
        "/bureaus/?sort=-quota&state=active&level=township&function=library&q=x",
        f"/bureaus/{there.bureau_id}/",
        "/bureaus/export/",
    ]


def test_every_page_opens_for_the_system_administrator_only(console, administrators):
    paths = pages()
    for path in paths:
        assert console.get(path).status_code == 200, path
    for duty in ("security", "audit"):
        other = SiteClient("host").login_as(administrators[duty])
        for path in paths:
            assert other.get(path).status_code == (200 if path == "/" else 403), path
    anonymous = SiteClient("host")
    for path in paths:
        assert anonymous.get(path).status_code == 302, path


def test_the_console_shows_neither_code_nor_link(console):
    application, code = opened()
    fetched = None
    with host_context():
        fetched = services.activation_fetch(actor=TESTER, application=application, duty="audit")
    token = fetched.url.rstrip("/").rsplit("/", 1)[-1] if fetched.url else "never"
    for path in (f"/applications/{application.pk}/", f"/bureaus/{application.bureau_id}/", "/bureaus/", "/"):
        page = console.get(path).content.decode()
        assert code not in page
        assert token not in page
        assert "/link/" not in page


def test_two_administrators_with_the_same_page(console):
    application, _code = submitted()
    data = {"approve-revision": 1, "approve-slug": application.slug, "approve-quota_gb": 5}
    first = console.post(f"/applications/{application.pk}/approve/", data)
    second = console.post(f"/applications/{application.pk}/approve/", data)
    assert first.status_code == 302
    assert second.status_code == 409
    assert "meanwhile" in second.content.decode()
    with host_context():
        assert Opening.objects.filter(application=application).count() == 1


@pytest.mark.parametrize(
    ("act", "data", "status"),
    [
        ("approve", {"approve-revision": 1, "approve-slug": "admin", "approve-quota_gb": 5}, 422),
        ("approve", {"approve-revision": 1, "approve-slug": "okay", "approve-quota_gb": 0}, 422),
        ("approve", {"approve-revision": "x", "approve-slug": "okay", "approve-quota_gb": 5}, 422),
        ("approve", {"approve-revision": 7, "approve-slug": "okay", "approve-quota_gb": 5}, 409),
        ("approve", {}, 422),
        ("correct", {"correct-revision": 1}, 422),
        ("correct", {"correct-revision": 9, "correct-general": "x"}, 409),
        ("reject", {"reject-revision": 1, "reject-reason": ""}, 422),
        ("reject", {"reject-revision": "", "reject-reason": "x"}, 409),
    ],
)
def test_bad_decisions_change_nothing(console, act, data, status):
    application, _code = submitted()
    assert console.post(f"/applications/{application.pk}/{act}/", data).status_code == status
    with host_context():
        application.refresh_from_db()
        assert application.state == ApplicationState.SUBMITTED


def test_a_rejection_is_read_in_the_hall(console):
    application, code = submitted()
    reason = "理由<b>粗体</b>"
    answer = console.post(
        f"/applications/{application.pk}/reject/", {"reject-revision": 1, "reject-reason": reason}
    )
    assert answer.status_code == 302
    hall = SiteClient("hall")
    page = hall.post(
        "/track/", {"code": code, "phone": application.contact_phone}, follow=True
    ).content.decode()
    assert "理由&lt;b&gt;粗体" in page
    assert hall.get(f"/apply/{application.pk}/").status_code in (302, 404)


def test_the_letter_is_opened_on_record(console):
    application, _code = submitted()
    answer = console.get(f"/applications/{application.pk}/letter/")
    assert answer.status_code == 302
    assert ".content." in answer["Location"]
    with host_context():
        assert (
            Entry.objects.filter(action="provisioning.letter_opened", target_id=application.pk).count() == 1
        )


def test_a_failed_opening_can_be_tried_again_by_button(console, make_bureau):
    application, _code, opening = approved()
    make_bureau(slug=application.slug)
    run_opening(opening)
    page = console.get(f"/applications/openings/{opening.pk}/").content.decode()
    assert "nothing of it is left" in page
    assert console.post(f"/applications/{application.pk}/open/", {"slug": "host"}).status_code == 422
    answer = console.post(f"/applications/{application.pk}/open/", {"slug": f"{application.slug}-b"})
    assert answer.status_code == 302
    with host_context():
        again = Opening.objects.get(pk=answer["Location"].split("/")[3])
    run_opening(again)
    assert "8 / 8" in console.get(answer["Location"]).content.decode()


def test_names_resources_and_address_change_on_both_sides(console):
    application, _code = opened()
    bureau = application.bureau
    base, schema = f"/bureaus/{bureau.pk}/", bureau.schema_name
    slug = f"n{secrets.token_hex(5)}"
    assert (
        console.post(f"{base}names/", {"names-name": "云溪县新名局", "names-name_en": "New"}).status_code
        == 302
    )
    assert console.post(f"{base}resources/", {"resources-quota_gb": 3}).status_code == 302
    assert console.post(f"{base}address/", {"address-slug": slug}).status_code == 302
    with host_context():
        bureau.refresh_from_db()
    assert (bureau.name, bureau.slug, bureau.schema_name) == ("云溪县新名局", slug, schema)
    assert bureau.functions == []
    with bureau_context(bureau.ref):
        assert quota_get().limit == 3 * 1024**3
        actions = set(Entry.objects.values_list("action", flat=True))
    wanted = {
        "provisioning.bureau_renamed",
        "provisioning.quota_changed",
        "provisioning.functions_changed",
        "provisioning.bureau_moved",
    }
    assert wanted <= actions
    with host_context():
        assert wanted <= set(Entry.objects.filter(target_id=bureau.pk).values_list("action", flat=True))


@pytest.mark.parametrize(
    ("act", "data"),
    [
        ("names", {"names-name": "坏\u202e名"}),
        ("names", {"names-name": ""}),
        ("resources", {"resources-quota_gb": "0"}),
        ("resources", {"resources-quota_gb": "5", "resources-functions": ["nothing"]}),
        ("address", {"address-slug": "a--b"}),
        ("address", {"address-slug": "api"}),
        ("suspend", {"suspend-reason": ""}),
    ],
)
def test_bad_changes_change_nothing(console, act, data):
    application, _code = opened()
    bureau = application.bureau
    assert console.post(f"/bureaus/{bureau.pk}/{act}/", data).status_code == 422
    with host_context():
        after = Bureau.objects.get(pk=bureau.pk)
    assert (after.name, after.slug, after.quota_bytes, after.state) == (
        bureau.name,
        bureau.slug,
        bureau.quota_bytes,
        bureau.state,
    )


def test_a_suspended_office_is_closed_until_it_is_resumed(console):
    application, _code = opened()
    bureau = application.bureau
    office = SiteClient(bureau.ref)
    assert office.get("/", follow=True).status_code == 200
    console.post(f"/bureaus/{bureau.pk}/suspend/", {"suspend-reason": "演练"})
    assert office.get("/").status_code == 503
    assert console.post(f"/bureaus/{bureau.pk}/suspend/", {"suspend-reason": "again"}).status_code == 409
    assert console.post(f"/bureaus/{bureau.pk}/resume/").status_code == 302
    assert office.get("/", follow=True).status_code == 200
    with host_context():
        bureau.refresh_from_db()
        assert bureau.state == "setting_up"


def test_the_export_is_a_workbook_without_formulas(console, make_bureau):
    mark = secrets.token_hex(4)
    make_bureau(slug=f"x{mark}", name=f"=1+1 {mark}")
    answer = console.get(f"/bureaus/export/?q=x{mark}")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    rows = list(sheet.iter_rows())
    assert len(rows) == 2
    assert rows[1][0].value == f"=1+1 {mark}"
    assert rows[1][0].data_type == "s"


def test_hostile_texts_are_shown_as_text(console):
    application, _code = submitted(note="<img src=x onerror=alert(1)>", contact_name="甲<b>")
    page = console.get(f"/applications/{application.pk}/").content.decode()
    assert "<img src=x" not in page
    assert "甲&lt;b&gt;" in page


def test_duplicates_are_pointed_out(console):
    there, _code = opened()
    with host_context():
        code = there.bureau.credit_code
    application, _code = submitted()
    with host_context():
        Application.objects.filter(pk=application.pk).update(credit_code=code)
    assert "Possible duplicates" in console.get(f"/applications/{application.pk}/").content.decode()


def test_the_bureau_becomes_active_with_the_third_administrator():
    application, _code = opened()
    bureau = application.bureau
    for number, duty in enumerate(("system", "security", "audit"), start=1):
        with bureau_context(bureau.ref):
            account = Account.objects.get(duty=duty)
            account.state, account.activated_at = "active", account.created_at
            account.save()
        with host_context():
            assert services.bureau_refresh(bureau_id=bureau.pk) == (number == 3)
            assert application.administrators.exclude(activated_at=None).count() == number
            bureau.refresh_from_db()
            assert bureau.state == ("active" if number == 3 else "setting_up")


def test_the_doorbell_of_the_last_activation_makes_it_active():
    from asp.jobs import bells

    application, _code = opened()
    bureau = application.bureau
    with bureau_context(bureau.ref):
        for account in Account.objects.administrators():
            account.state, account.activated_at = "active", account.created_at
            account.save()
        bell = bells.Bell(bureau.pk, bureau.pk, "office_ready", bureau.pk, bureau.opened_at)
        answer = bells.handlers()["office_ready"]([bell])
    assert answer.finished == {bureau.pk}
    with host_context():
        bureau.refresh_from_db()
        assert bureau.state == "active"
