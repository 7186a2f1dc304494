"""The pages of the system administrator, through HTTP."""

import io
import uuid
from collections.abc import Callable

import openpyxl
import pytest

from asp.accounts.models import Account, Link
from asp.audit.models import Entry
from asp.blobs.services import blob_write
from asp.jobs.runner import run_job
from office.organization import services
from office.organization.models import Department, Import, Member, Post
from office.organization.tree import Tree
from tenants.context import bureau_context
from tenants.site import BureauRef
from tests.office.organization.cast import Office, active, person_row, sheet_bytes
from tests.support.client import SiteClient

GETS = (
    "/organization/departments/",
    "/organization/departments/new/",
    "/organization/posts/",
    "/organization/posts/new/",
    "/organization/people/",
    "/organization/people/new/",
    "/organization/people/export/",
    "/organization/imports/",
    "/organization/imports/template/",
)


@pytest.fixture
def client(office: Office) -> SiteClient:
    return SiteClient(office.bureau).login_as(office.system)


@pytest.fixture
def member(office: Office) -> Member:
    """陈若水, of the first section, not activated yet."""
    department = services.department_create(actor=office.actor, name="产业发展科", name_en="Industry Section")
    return services.member_create(
        actor=office.actor, name="陈若水", phone="13800000001", places=[services.Place(department.id)]
    )


def things(member: Member) -> list[tuple[str, str]]:
    """Method and address of every page about one thing."""
    department, post = member.appointments.get().department, Post.objects.first()
    assert post is not None
    found = Import.objects.create(filename="人员.xlsx")
    return [
        ("get", f"/organization/departments/{department.id}/"),
        ("post", f"/organization/departments/{department.id}/move/"),
        ("post", f"/organization/departments/{department.id}/shift/"),
        ("post", f"/organization/departments/{department.id}/dissolve/"),
        ("get", f"/organization/posts/{post.id}/"),
        ("post", f"/organization/posts/{post.id}/remove/"),
        ("get", f"/organization/people/{member.id}/"),
        ("get", f"/organization/imports/{found.id}/"),
        ("post", f"/organization/imports/{found.id}/options/"),
        ("post", f"/organization/imports/{found.id}/confirm/"),
        ("post", f"/organization/imports/{found.id}/discard/"),
        ("get", f"/organization/imports/{found.id}/refused/"),
    ]


@pytest.mark.parametrize("path", GETS)
def test_lists__work_for_the_system_administrator_alone(office: Office, member: Member, path: str) -> None:
    assert SiteClient(office.bureau).login_as(office.system).get(path).status_code == 200
    assert SiteClient(office.bureau).get(path).status_code == 302
    for account in (office.security, office.audit, active(member.account)):
        assert SiteClient(office.bureau).login_as(account).get(path).status_code == 403


def test_things__are_404_in_another_bureau(
    office: Office, member: Member, make_bureau: Callable[..., BureauRef]
) -> None:
    from tests.office.organization.cast import administrator

    other = make_bureau()
    with bureau_context(other):
        stranger = SiteClient(other).login_as(administrator("system"))
    wrong = SiteClient(office.bureau).login_as(office.security)
    nobody = SiteClient(office.bureau)
    for method, path in things(member):
        assert getattr(stranger, method)(path).status_code == 404, path
        assert getattr(wrong, method)(path).status_code == 403, path
        assert getattr(nobody, method)(path).status_code == 302, path


def test_department__is_created_moved_and_dissolved(client: SiteClient) -> None:
    assert (
        client.post("/organization/departments/new/", {"name": "办公室", "name_en": "Office"}).status_code
        == 302
    )
    top = Department.objects.get(name="办公室")
    client.post("/organization/departments/new/", {"name": "文秘科", "parent": str(top.id)})
    below = Department.objects.get(name="文秘科")
    assert Tree().path(below.id) == "办公室/文秘科"
    page = client.get("/organization/departments/").content.decode()
    assert "Office" in page
    assert "文秘科" in page
    client.post(f"/organization/departments/{below.id}/move/", {"parent": ""})
    client.post(f"/organization/departments/{below.id}/shift/", {"direction": "up"})
    assert [node.department.name for node in Tree().walk()] == ["文秘科", "办公室"]
    client.post(f"/organization/departments/{below.id}/dissolve/")
    assert client.get(f"/organization/departments/{below.id}/").status_code == 404


@pytest.mark.parametrize("name", ["", "a/b", "办\u202e公", "=1", "x" * 61])
def test_department__bad_name_is_said_and_kept(client: SiteClient, name: str) -> None:
    response = client.post("/organization/departments/new/", {"name": name, "name_en": "Kept"})
    assert response.status_code == 422
    page = response.content.decode()
    assert "tb-field-error" in page
    assert 'value="Kept"' in page
    assert not Department.objects.exists()


def test_department__cycle_is_refused_in_words(office: Office, client: SiteClient) -> None:
    one = services.department_create(actor=office.actor, name="一处")
    two = services.department_create(actor=office.actor, name="一科", parent=one)
    response = client.post(f"/organization/departments/{one.id}/move/", {"parent": str(two.id)})
    assert response.status_code in (409, 422)
    one.refresh_from_db()
    assert one.parent_id is None


def test_post__is_created_changed_and_removed(client: SiteClient) -> None:
    client.post("/organization/posts/new/", {"name": "四级调研员", "rank": "25"})
    post = Post.objects.get(name="四级调研员")
    client.post(f"/organization/posts/{post.id}/", {"name": "三级调研员", "rank": "24", "sort": "1"})
    post.refresh_from_db()
    assert (post.name, post.rank, post.sort) == ("三级调研员", 24, 1)
    taken = client.post("/organization/posts/new/", {"name": "三级调研员", "rank": "1"})
    assert taken.status_code == 422
    assert client.post("/organization/posts/new/", {"name": "无", "rank": "0"}).status_code == 422
    client.post(f"/organization/posts/{post.id}/remove/")
    assert not Post.objects.filter(pk=post.pk).exists()


def test_person__is_registered_with_places(office: Office, client: SiteClient) -> None:
    one = services.department_create(actor=office.actor, name="一处")
    two = services.department_create(actor=office.actor, name="二处")
    post = Post.objects.get(name="科长")
    response = client.post(
        "/organization/people/new/",
        {
            "name": "曾国强",
            "phone": "138 0000 0009",
            "department_0": str(one.id),
            "post_0": str(post.id),
            "department_1": str(two.id),
        },
    )
    assert response.status_code == 302
    account = Account.objects.get(login="zengguoqiang")
    assert (account.phone, account.state) == ("13800000009", "invited")
    held = account.member.appointments.values_list("department_id", "post_id", "primary")
    assert set(held) == {(one.id, post.id, True), (two.id, None, False)}
    page = client.get("/organization/people/?q=cengguo").content.decode()
    assert "曾国强" in page
    assert client.get(response["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"name": "陈\u202e水"}, "U+202E"),
        ({"phone": "123"}, "mobile"),
        ({"phone": "13800000001"}, "13800000001"),
        ({"login": "chenruoshui"}, "chenruoshui"),
        ({"login": "1x"}, "letter"),
        ({"department_0": ""}, "required"),
        ({"department_0": str(uuid.UUID(int=1))}, "valid choice"),
        ({"office_phone": "<script>"}, "telephone"),
        ({"sort": "-1"}, "0"),
    ],
)
def test_person__bad_input_is_said_and_changes_nothing(
    client: SiteClient, member: Member, change: dict[str, str], word: str
) -> None:
    department = member.appointments.get().department_id
    values = {"name": "周启明", "name_en": "Kept", "department_0": str(department), **change}
    response = client.post("/organization/people/new/", values)
    assert response.status_code == 422
    page = response.content.decode()
    assert word in page
    assert 'value="Kept"' in page
    assert Member.objects.count() == 1


def test_person__is_changed(client: SiteClient, member: Member) -> None:
    department = member.appointments.get().department_id
    path = f"/organization/people/{member.id}/"
    values = {
        "name": "陈若冰",
        "login": "chen",
        "phone": "",
        "department_0": str(department),
        "staff_number": "007",
    }
    assert client.post(path, values).status_code == 302
    account = Account.objects.get(pk=member.account_id)
    assert (account.name, account.login, account.phone, account.member.staff_number) == (
        "陈若冰",
        "chen",
        "",
        "007",
    )


def test_list__is_in_address_book_order_and_filters(office: Office, client: SiteClient) -> None:
    one = services.department_create(actor=office.actor, name="一处")
    two = services.department_create(actor=office.actor, name="二处")
    chief, clerk = Post.objects.get(name="科长"), Post.objects.get(name="科员")
    for name, department, post in (("阿一", two, chief), ("卜二", one, clerk), ("赵三", one, chief)):
        services.member_create(actor=office.actor, name=name, places=[services.Place(department.id, post.id)])

    def names(query: str = "") -> list[str]:
        page = client.get(f"/organization/people/{query}").content.decode()
        return sorted((name for name in ("阿一", "卜二", "赵三") if name in page), key=page.index)

    assert names() == ["赵三", "卜二", "阿一"]
    assert names("?sort=name") == ["阿一", "卜二", "赵三"]
    assert names(f"?department={one.id}") == ["赵三", "卜二"]
    assert names("?q=zhao") == ["赵三"]
    assert names("?state=active") == []
    assert names("?state=nonsense&department=nonsense&page=99&sort=x") == ["赵三", "卜二", "阿一"]


def test_slips__make_fresh_links_each_time(office: Office, client: SiteClient, member: Member) -> None:
    pages = []
    for _each in range(2):
        response = client.post("/organization/people/act/", {"act": "slips", "member": str(member.id)})
        assert response.status_code == 200
        assert "no-store" in response["Cache-Control"]
        pages.append(response.content.decode())
    assert "data:image/svg+xml" in pages[0]
    assert "chenruoshui" in pages[0]
    first, second = Link.objects.filter(account=member.account).order_by("id")
    assert (first.is_live, second.is_live) == (False, True)
    address = [line for line in pages[1].split("<") if "/accounts/link/" in line][0].split(">")[-1].strip()
    assert SiteClient(office.bureau).get(address[address.index("/accounts/") :]).status_code == 200
    assert Entry.objects.filter(action="organization.slips_printed").count() == 2
    assert not Entry.objects.filter(params__icontains=address).exists()


@pytest.mark.usefixtures("member")
def test_slips__for_everybody_in_the_list(client: SiteClient) -> None:
    response = client.post("/organization/people/act/", {"act": "slips", "everybody": "1", "q": "chen"})
    assert "陈若水" in response.content.decode()
    nobody = client.post("/organization/people/act/", {"act": "slips", "everybody": "1", "q": "xyz"})
    assert nobody.status_code == 400


def test_act__disables_and_enables_many(client: SiteClient, member: Member) -> None:
    ids = [str(member.id), str(uuid.UUID(int=5)), "nonsense"]
    client.post("/organization/people/act/", {"act": "disable", "member": ids, "query": "state=invited"})
    assert Account.objects.get(pk=member.account_id).state == "disabled"
    client.post("/organization/people/act/", {"act": "enable", "member": ids})
    assert Account.objects.get(pk=member.account_id).state == "invited"


def test_export__is_safe_and_on_record(client: SiteClient, member: Member) -> None:
    Account.objects.filter(pk=member.account_id).update(name="=cmd()")
    response = client.get("/organization/people/export/")
    assert response["Content-Disposition"].startswith("attachment")
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).worksheets[0]
    assert sheet.cell(2, 1).value == "'=cmd()"
    assert Entry.objects.filter(action="organization.staff_exported").count() == 1


def test_import__from_file_to_people_through_pages(office: Office, client: SiteClient) -> None:
    content = sheet_bytes(
        person_row("陈若水", login="chen", department="办公室/文秘科", post="联络员"),
        person_row("<script>alert(1)</script>", login="evil"),
    )
    blob = blob_write(actor=office.actor, data=content, filename="人员.xlsx")
    found = services.import_begin(actor=office.actor, blob=blob, filename="人员.xlsx")
    path = f"/organization/imports/{found.id}/"
    assert "hx-trigger" in client.get(path).content.decode()
    run_job(found.job_id)
    assert client.get(f"{path}?polled", HTTP_HX_REQUEST="true")["HX-Refresh"] == "true"
    page = client.get(path).content.decode()
    assert "no department" in page
    assert "<script>alert" not in page
    part = client.post(
        f"{path}options/", {"create_departments": "on", "create_posts": "on"}, HTTP_HX_REQUEST="true"
    ).content.decode()
    assert part.lstrip().startswith('<div id="import"')
    assert "联络员" in part
    for kind in ("new", "changed", "unchanged", "wrong", "nonsense"):
        assert client.get(f"{path}?kind={kind}&page=7").status_code == 200
    assert client.get(f"{path}refused/").status_code == 200
    client.post(f"{path}confirm/")
    found.refresh_from_db()
    run_job(found.job_id)
    page = client.get(path).content.decode()
    assert "<script>alert" not in page
    assert client.get(f"{path}refused/").status_code == 200
    assert Account.objects.get(login="chen").member.appointments.get().post.name == "联络员"
    assert client.post(f"{path}discard/").status_code == 409
    arrived = client.get("/organization/imports/?arrived", HTTP_HX_REQUEST="true")
    assert arrived.status_code == 204


def test_import__page_of_a_refused_file_says_why(office: Office, client: SiteClient) -> None:
    blob = blob_write(
        actor=office.actor, data=b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, filename="a.xlsx"
    )
    found = services.import_begin(actor=office.actor, blob=blob, filename="a.xlsx")
    run_job(found.job_id)
    assert "old Excel file" in client.get(f"/organization/imports/{found.id}/").content.decode()
