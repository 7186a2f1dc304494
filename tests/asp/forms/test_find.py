"""Finding people and departments for a field: real directories, in one's own office."""

import pytest

from asp.accounts.models import Account, AccountState
from asp.forms import bind, directories
from office.organization import form_directories
from tenants.context import bureau_context
from tests.asp.forms.samples import definition, field
from tests.asp.forms.test_binding import errors, post
from tests.support.client import SiteClient
from tests.support.people import people


@pytest.fixture(autouse=True)
def known(monkeypatch):
    """The real directories, instead of those of the other tests."""
    monkeypatch.setattr(directories, "_directories", {})
    form_directories.register()


@pytest.fixture
def cast(fresh_bureau):
    return people(fresh_bureau)


def find(cast, who, kind="person", **query):
    client = SiteClient(cast.bureau)
    if who is not None:
        client.login_as(who)
    return client.get(f"/forms/find/{kind}/", {"name": "f.a", **query})


def test_colleagues_are_found_by_name(cast):
    page = find(cast, cast.head, q=cast.clerk.name).content.decode()
    assert f'value="{cast.clerk.pk}"' in page
    assert 'name="f.a"' in page
    assert 'type="radio"' in page
    assert 'type="checkbox"' in find(cast, cast.head, q=cast.clerk.name, many="1").content.decode()


def test_departments_are_found_also_those_with_nothing_below(cast):
    page = find(cast, cast.head, "department", q=cast.section.name).content.decode()
    assert f'value="{cast.section.pk}"' in page


def test_who_is_chosen_stays_chosen(cast):
    page = find(cast, cast.head, q="没有这个人", **{"f.a": str(cast.clerk.pk)}).content.decode()
    assert f'value="{cast.clerk.pk}" checked' in page


def test_administrators_are_not_found_and_find_nobody(cast):
    assert str(cast.system.pk) not in find(cast, cast.head, q=cast.system.name).content.decode()
    assert find(cast, cast.system, q="x").status_code == 404


def test_sign_in_is_needed_and_unknown_kinds_are_not_found(cast):
    assert find(cast, None, q="x").status_code == 302
    assert find(cast, cast.head, "poem", q="x").status_code == 404


def test_another_office_has_other_people(cast, make_bureau):
    other = people(make_bureau())
    page = find(other, other.head, q=cast.clerk.name, **{"f.a": str(cast.clerk.pk)}).content.decode()
    assert str(cast.clerk.pk) not in page


def test_only_active_people_and_standing_departments_are_taken(cast, make_bureau):
    other = people(make_bureau())
    form = definition(field("who", "person"), field("unit", "department"))
    with bureau_context(cast.bureau):
        good = bind(form, {}, posted=post(who=str(cast.clerk.pk), unit=str(cast.section.pk)))
        assert good.is_valid
        assert bind(form, good.values).context.entries["person"][cast.clerk.pk].label
        strangers = bind(form, {}, posted=post(who=str(other.clerk.pk), unit=str(other.section.pk)))
        assert set(errors(strangers)) == {"who", "unit"}
        assert set(errors(bind(form, {}, posted=post(who=str(cast.system.pk))))) == {"who"}
        Account.objects.filter(pk=cast.clerk.pk).update(state=AccountState.DISABLED)
        assert set(errors(bind(form, {}, posted=post(who=str(cast.clerk.pk))))) == {"who"}
        assert bind(form, {"who": str(cast.clerk.pk)}, posted=post(who=str(cast.clerk.pk))).is_valid


def test_names_of_many_cost_a_few_statements(cast, django_assert_max_num_queries):
    form = definition(*[field(f"p{number}", "person") for number in range(30)])
    values = {f"p{number}": str(cast.clerk.pk) for number in range(30)}
    with bureau_context(cast.bureau), django_assert_max_num_queries(4):
        bind(form, values)
