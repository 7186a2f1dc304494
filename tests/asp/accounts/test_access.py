"""Decorators, origin and CSRF, permission codes."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver

from asp.accounts import services, subjects
from asp.accounts.access import anyone, duty, requires, safe_next, signed_in
from asp.accounts.models import Account, Role
from asp.accounts.subjects import EVERYBODY, Subject, membership_replace, subjects_of
from tenants import registry
from tenants.registry import Function, Permission
from tests.asp.accounts import helpers
from tests.support.client import SiteClient


@pytest.fixture
def two_codes(monkeypatch):
    """A function with two permission codes and one that belongs to a duty."""
    planted = Function(
        code="planted",
        title="Planted",
        permissions=(
            Permission("planted.use", "Use", roles=("staff",)),
            Permission("planted.manage", "Manage"),
            Permission("planted.watch", "Watch", roles=("audit",)),
        ),
    )
    monkeypatch.setitem(registry._functions, "planted", planted)


def reload(account):
    return Account.objects.get(pk=account.pk)


# ----- decorators


def test_every_view_of_this_app_says_who_may_call_it():
    def walk(patterns):
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns)
            elif isinstance(pattern, URLPattern):
                yield pattern

    found = list(walk(get_resolver("asp.accounts.urls_bureau").url_patterns))
    assert len(found) > 20
    assert [each for each in found if getattr(each.callback, "access", None) is None] == []


@pytest.mark.parametrize(
    ("decorator", "kind"),
    [(anyone, "anyone"), (signed_in, "signed_in"), (requires("a.b"), "code"), (duty("audit"), "duty")],
)
def test_the_mark_can_be_read(decorator, kind):
    assert decorator(lambda request: HttpResponse()).access.kind == kind


def test_a_duty_that_does_not_exist_is_an_error():
    with pytest.raises(ValueError, match="no such duty"):
        duty("root")


def call(view, rf, account):
    request = rf.get("/x/")
    request.user, request.session = account, {}
    return view(request)


@pytest.mark.usefixtures("two_codes")
def test_requires_lets_in_who_has_the_code_and_nobody_else(office, rf):
    view = requires("planted.manage")(lambda _request: HttpResponse("in"))
    with helpers.at(office.bureau):
        role = services.role_create(actor=helpers.ACTOR, name=helpers.name(), codes=["planted.manage"])
        for refused in (office.chen.account, office.system.account, office.security.account):
            with pytest.raises(PermissionDenied):
                call(view, rf, reload(refused))
        services.role_grant(actor=helpers.ACTOR, role=role, subject=Subject.person(office.chen.account))
        assert call(view, rf, reload(office.chen.account)).content == b"in"


def test_a_duty_is_for_its_holder_only(office, rf):
    view = duty("security")(lambda _request: HttpResponse("in"))
    with helpers.at(office.bureau):
        assert call(view, rf, office.security.account).content == b"in"
        for refused in (office.system, office.audit, office.chen):
            with pytest.raises(PermissionDenied):
                call(view, rf, refused.account)


def test_answers_behind_a_decorator_are_private(office, rf):
    view = signed_in(lambda _request: HttpResponse())
    with helpers.at(office.bureau):
        assert call(view, rf, office.chen.account)["Cache-Control"] == "private, no-store"


def test_somebody_who_must_set_a_password_gets_nowhere_else(office):
    client = office.client.login_as(office.chen.account)
    with helpers.at(office.bureau):
        Account.objects.filter(pk=office.chen.account.pk).update(must_change_password=True)
    assert client.get("/accounts/profile/")["Location"].startswith("/accounts/password/?next=")
    assert client.get("/accounts/password/").status_code == 200
    new = {
        "current": helpers.PASSWORD,
        "password": helpers.OTHER_PASSWORD,
        "repeated": helpers.OTHER_PASSWORD,
    }
    assert (
        client.post("/accounts/password/", {**new, "next": "/accounts/profile/"})["Location"]
        == "/accounts/profile/"
    )
    assert client.get("/accounts/profile/").status_code == 200
    assert client.get("/accounts/password/")["Location"] == "/"


def test_an_administrators_password_is_good_for_ninety_days(own_office, travel):
    client = SiteClient(own_office.bureau)
    travel(days=91)
    client.login_as(own_office.system.account)
    page = client.get("/accounts/profile/")
    assert page["Location"].startswith("/accounts/password/")
    staff = SiteClient(own_office.bureau).login_as(own_office.chen.account)
    assert staff.get("/accounts/profile/").status_code == 200


@pytest.mark.parametrize(
    ("target", "kept"),
    [
        ("/a/?b=1", "/a/?b=1"),
        ("http://testserver/a/", "/a/"),
        ("//x/a", ""),
        ("https://x/a", ""),
        ("a", ""),
        ("", ""),
    ],
)
def test_only_paths_of_this_site_are_kept(rf, target, kept):
    assert safe_next(rf.get("/"), target) == kept


# ----- codes


@pytest.mark.usefixtures("two_codes")
def test_codes_cost_one_query_however_many_are_asked_for(office):
    with helpers.at(office.bureau):
        account = reload(office.chen.account)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            for _each in range(20):
                account.has_code("planted.use")
                account.has_code("planted.manage")
    assert (
        len(
            [
                each
                for each in queries
                if each["sql"].lstrip().upper().startswith("SELECT") and "rolepermission" in each["sql"]
            ]
        )
        == 1
    )
    assert len([each for each in queries if "set_config" not in each["sql"]]) == 1


@pytest.mark.usefixtures("two_codes")
@pytest.mark.parametrize("kind", ["post", "department", "department_tree", "person", "everybody"])
def test_a_role_reaches_people_through_every_kind_of_subject(fresh_bureau, kind):
    with helpers.at(fresh_bureau):
        chen, lin = helpers.staff().account, helpers.staff(full_name="林晓岚").account
        key = uuid.uuid5(uuid.NAMESPACE_DNS, kind)
        subject = {"person": Subject.person(chen), "everybody": EVERYBODY}.get(kind) or Subject(kind, key)
        if kind in subjects.STORED_KINDS:
            membership_replace(account=chen, subjects=[subject])
        role = services.role_create(actor=helpers.ACTOR, name="督办", codes=["planted.manage"])
        assert not reload(chen).has_code("planted.manage")
        services.role_grant(actor=helpers.ACTOR, role=role, subject=subject)
        assert reload(chen).has_code("planted.manage")
        assert reload(lin).has_code("planted.manage") is (kind == "everybody")
        services.role_revoke(actor=helpers.ACTOR, role=role, subject=subject)
        assert not reload(chen).has_code("planted.manage")


@pytest.mark.usefixtures("two_codes")
def test_administrators_have_their_duty_and_no_business_code(own_office):
    with helpers.at(own_office.bureau):
        services.builtin_roles_sync()
        audit, system = reload(own_office.audit.account), reload(own_office.system.account)
        assert audit.has_code("planted.watch")
        assert not audit.has_code("planted.use")
        assert not system.has_code("planted.watch")
        assert subjects_of(system) == frozenset()


def test_a_new_office_has_the_role_staff_for_everybody(fresh_bureau):
    with helpers.at(fresh_bureau):
        role = Role.objects.get(code="staff")
        codes = set(role.permissions.values_list("code", flat=True))
        granted = list(role.grants.values_list("subject_kind", flat=True))
    declared = {each.code for _function, each in registry.permissions() if "staff" in each.roles}
    assert codes == declared
    assert granted == ["everybody"]


def test_codes_of_a_function_that_is_off_are_not_there(make_bureau):
    for functions, expected in (((), False), (("library",), True)):
        with helpers.at(make_bureau(functions=functions)):
            assert helpers.staff().account.has_code("library.use") is expected


def test_a_disabled_account_has_no_code(office):
    with helpers.at(office.bureau):
        account = reload(office.chen.account)
        account.state = "disabled"
        assert not account.has_code("library.use")


# ----- subjects


def test_subjects_of_a_person(fresh_bureau):
    with helpers.at(fresh_bureau):
        account = helpers.staff().account
        place = [
            Subject("post", uuid.uuid5(uuid.NAMESPACE_DNS, "p")),
            Subject("department_tree", uuid.uuid5(uuid.NAMESPACE_DNS, "d")),
        ]
        membership_replace(account=account, subjects=place)
        staff_role = Subject("role", Role.objects.get(code="staff").pk)
        assert subjects_of(account) == {EVERYBODY, Subject.person(account), staff_role, *place}
        membership_replace(account=account, subjects=place[:1])
        assert subjects_of(account) == {EVERYBODY, Subject.person(account), staff_role, place[0]}


def test_a_membership_of_a_person_is_not_stored(office):
    with helpers.at(office.bureau), pytest.raises(ValueError, match="not stored"):
        membership_replace(account=office.chen.account, subjects=[EVERYBODY])


def test_members_of_subjects(fresh_bureau):
    with helpers.at(fresh_bureau):
        helpers.administrator("system")
        chen, lin = helpers.staff().account, helpers.staff(full_name="林晓岚").account
        tree = Subject("department_tree", uuid.uuid5(uuid.NAMESPACE_DNS, "d"))
        membership_replace(account=lin, subjects=[tree])
        role = services.role_create(actor=helpers.ACTOR, name="督办")
        services.role_grant(actor=helpers.ACTOR, role=role, subject=Subject.person(chen))
        assert set(subjects.members_of([tree])) == {lin}
        assert set(subjects.members_of([Subject("role", role.pk)])) == {chen}
        assert set(subjects.members_of([tree, Subject.person(chen)])) == {chen, lin}
        assert set(subjects.members_of([EVERYBODY])) == {chen, lin}
        assert set(subjects.members_of([])) == set()


@pytest.mark.parametrize("key", ["", "person", "person:x", "root:00000000-0000-0000-0000-000000000000"])
def test_a_malformed_subject_is_refused(key):
    with pytest.raises(ValueError):
        Subject.parse(key)


# ----- origin and CSRF


def strict(bureau, **extra):
    client = SiteClient(bureau, enforce_csrf_checks=True)
    client.defaults.pop("HTTP_SEC_FETCH_SITE")
    client.defaults.update(extra)
    return client


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_SEC_FETCH_SITE": "same-site"},
        {"HTTP_SEC_FETCH_SITE": "cross-site"},
        {"HTTP_ORIGIN": "null"},
        {"HTTP_ORIGIN": "http://czj.localhost"},
        {"HTTP_ORIGIN": "https://{host}"},
        {"HTTP_ORIGIN": "http://{host}:81"},
        {"HTTP_REFERER": "http://czj.localhost/x/"},
    ],
)
def test_a_form_of_a_sibling_bureau_is_refused_even_with_the_right_token(office, headers):
    host = f"{office.bureau.slug}.localhost"
    client = strict(office.bureau, **{key: value.format(host=host) for key, value in headers.items()})
    page = client.get("/accounts/sign-in/")
    token = page.context["csrf_token"]
    sent = {
        "identifier": office.chen.account.login,
        "password": helpers.PASSWORD,
        "csrfmiddlewaretoken": str(token),
    }
    assert client.post("/accounts/sign-in/", sent).status_code == 403
    assert "tb_session" not in client.cookies


@pytest.mark.parametrize(
    "headers", [{}, {"HTTP_SEC_FETCH_SITE": "same-origin", "HTTP_ORIGIN": "http://{host}"}]
)
def test_an_own_form_needs_the_token(office, headers):
    host = f"{office.bureau.slug}.localhost"
    client = strict(office.bureau, **{key: value.format(host=host) for key, value in headers.items()})
    token = str(client.get("/accounts/sign-in/").context["csrf_token"])
    sent = {"identifier": office.chen.account.login, "password": helpers.PASSWORD}
    assert client.post("/accounts/sign-in/", sent).status_code == 403
    assert client.post("/accounts/sign-in/", {**sent, "csrfmiddlewaretoken": token}).status_code == 302
