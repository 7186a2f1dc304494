"""Roles: matrix, editing, granting; the subject picker."""

import pytest

from asp.accounts import services
from asp.accounts.models import Account, Role
from asp.accounts.subjects import Subject
from asp.audit.models import Entry
from tenants import registry
from tenants.registry import Function, Permission
from tests.asp.accounts import helpers
from tests.support.client import SiteClient


@pytest.fixture(autouse=True)
def planted(monkeypatch):
    function = Function(
        code="planted",
        title="Planted",
        permissions=(
            Permission("planted.use", "Use the plants"),
            Permission("planted.manage", "Manage the plants"),
            Permission("planted.watch", "Watch the plants", roles=("audit",)),
        ),
    )
    monkeypatch.setitem(registry._functions, "planted", function)


@pytest.fixture
def security(office):
    return SiteClient(office.bureau).login_as(office.security.account)


@pytest.fixture
def role(office):
    with helpers.at(office.bureau):
        return services.role_create(actor=helpers.ACTOR, name=f"督办{helpers.name()}", codes=["planted.use"])


def detail(role, act=""):
    return f"/accounts/roles/{role.pk}/{act + '/' if act else ''}"


def test_the_matrix_shows_functions_and_roles(security, role):
    page = security.get("/accounts/roles/")
    rows = {row["code"]: dict(row["cells"]) for group in page.context["groups"] for row in group["rows"]}
    assert rows["planted.use"][role] is True
    assert rows["planted.manage"][role] is False
    assert "planted.watch" not in rows


def test_a_role_is_made_and_given_and_works_at_once(security, office):
    name = f"信访{helpers.name()}"
    response = security.post("/accounts/roles/new/", {"name": name, "codes": ["planted.manage"]})
    with helpers.at(office.bureau):
        made = Role.objects.get(name=name)
    assert response["Location"] == detail(made)
    key = Subject.person(office.chen.account).key
    assert security.post(detail(made, "grants"), {"subject": [key]}).status_code == 302
    with helpers.at(office.bureau):
        assert Account.objects.get(pk=office.chen.account.pk).has_code("planted.manage")
    assert "陈若水" in security.get(detail(made)).content.decode()
    assert security.post(detail(made, "grants/revoke"), {"subject": key}).status_code == 302
    with helpers.at(office.bureau):
        assert not Account.objects.get(pk=office.chen.account.pk).has_code("planted.manage")
        actions = set(Entry.objects.filter(target_id=made.pk).values_list("action", flat=True))
    assert actions == {"accounts.role_created", "accounts.role_granted", "accounts.role_revoked"}


def test_an_edit_says_what_changed(security, office, role):
    security.post(detail(role, "edit"), {"name": role.name, "codes": ["planted.manage"]})
    with helpers.at(office.bureau):
        entry = Entry.objects.get(target_id=role.pk, action="accounts.role_updated")
        assert set(role.permissions.values_list("code", flat=True)) == {"planted.manage"}
    assert entry.params["added"] == ["planted.manage"]
    assert entry.params["removed"] == ["planted.use"]


@pytest.mark.parametrize("codes", [["planted.watch"], ["nothing.there"], ["<script>"]])
def test_codes_of_a_duty_or_of_nobody_are_refused(security, office, role, codes):
    page = security.post(detail(role, "edit"), {"name": role.name, "codes": codes})
    assert page.status_code == 422
    with helpers.at(office.bureau):
        assert set(role.permissions.values_list("code", flat=True)) == {"planted.use"}


def test_two_roles_cannot_have_one_name(security, role):
    page = security.post("/accounts/roles/new/", {"name": role.name})
    assert page.status_code == 422
    assert page.context["form"].errors["name"]


def test_an_administrator_cannot_have_a_role(security, office, role):
    for person in (office.system, office.security):
        key = Subject.person(person.account).key
        assert security.post(detail(role, "grants"), {"subject": [key]}).status_code == 400
    with helpers.at(office.bureau):
        assert not role.grants.exists()


@pytest.mark.parametrize("subject", ["", "nonsense", "person:1", "role:00000000-0000-0000-0000-000000000000"])
def test_a_made_up_subject_is_refused(security, office, role, subject):
    assert security.post(detail(role, "grants"), {"subject": [subject]}).status_code in (400, 422)
    with helpers.at(office.bureau):
        assert not role.grants.exists()


def test_the_built_in_role_stays(security, office):
    with helpers.at(office.bureau):
        staff = Role.objects.get(code="staff")
    assert security.post(detail(staff, "delete")).status_code == 403
    assert "delete-role" not in security.get(detail(staff)).content.decode()


def test_removing_a_role_takes_it_from_everybody(security, office, role):
    with helpers.at(office.bureau):
        services.role_grant(actor=helpers.ACTOR, role=role, subject=Subject.person(office.chen.account))
    assert security.post(detail(role, "delete"))["Location"] == "/accounts/roles/"
    with helpers.at(office.bureau):
        assert not Account.objects.get(pk=office.chen.account.pk).has_code("planted.use")
    assert security.get(detail(role)).status_code == 404


def test_only_the_security_administrator_comes_in(office, role):
    for person in (office.system, office.audit, office.chen):
        client = SiteClient(office.bureau).login_as(person.account)
        for url in ("/accounts/roles/", "/accounts/roles/new/", detail(role), detail(role, "edit")):
            assert client.get(url).status_code == 403
        for act in ("delete", "grants", "grants/revoke"):
            assert client.post(detail(role, act)).status_code == 403


def test_a_role_of_another_bureau_is_not_found(security, bureau_b):
    with helpers.at(bureau_b):
        foreign = services.role_create(actor=helpers.ACTOR, name=helpers.name())
    assert security.get(detail(foreign)).status_code == 404
    for act in ("delete", "grants", "grants/revoke"):
        assert security.post(detail(foreign, act)).status_code == 404


# ----- the picker


def test_it_finds_people_by_pinyin_and_keeps_what_was_chosen(office):
    chen = SiteClient(office.bureau).login_as(office.chen.account)
    with helpers.at(office.bureau):
        lin = helpers.staff(full_name="尉迟晓岚").account
    key = Subject.person(office.chen.account).key
    part = chen.get("/accounts/subjects/", {"q": "yuchi", "name": "subject", "subject": [key, "nonsense"]})
    text = part.content.decode()
    assert Subject.person(lin).key in text
    assert [each.subject.key for each in part.context["chosen"]] == [key]
    assert "<html" not in text


def test_it_offers_only_the_kinds_that_were_asked_for(office):
    chen = SiteClient(office.bureau).login_as(office.chen.account)
    part = chen.get("/accounts/subjects/", {"q": "everybody", "kinds": "everybody"})
    assert "everybody:" in part.content.decode()
    assert (
        "everybody:"
        not in chen.get("/accounts/subjects/", {"q": "everybody", "kinds": "person"}).content.decode()
    )


def test_administrators_are_never_offered(office):
    chen = SiteClient(office.bureau).login_as(office.chen.account)
    part = chen.get("/accounts/subjects/", {"q": office.system.account.login})
    assert str(office.system.account.pk) not in part.content.decode()


def test_it_says_when_nothing_is_found_and_asks_for_sign_in(office):
    chen = SiteClient(office.bureau).login_as(office.chen.account)
    assert "Nothing is called" in chen.get("/accounts/subjects/", {"q": "<x>"}).content.decode()
    assert SiteClient(office.bureau).get("/accounts/subjects/").status_code == 302
