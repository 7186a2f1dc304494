"""The office's home page, for each kind of person."""

from collections.abc import Callable, Iterator

import pytest

from office.organization import services
from tenants.context import bureau_context
from tenants.site import BureauRef
from tests.support.client import SiteClient


@pytest.fixture
def bureau(make_bureau: Callable[..., BureauRef]) -> Iterator[BureauRef]:
    made = make_bureau()
    with bureau_context(made):
        yield made


def page_of(bureau: BureauRef, account: object, **headers: str) -> str:
    response = SiteClient(bureau).login_as(account).get("/", **headers)
    assert response.status_code == 200
    return response.content.decode()


def test_home__asks_for_sign_in(bureau: BureauRef) -> None:
    response = SiteClient(bureau).get("/")
    assert response.status_code == 302
    assert "/accounts/sign-in/" in response["Location"]


def test_home__of_staff_shows_files_and_place(bureau: BureauRef) -> None:
    from tests.office.organization.cast import active, new_office

    office = new_office(bureau)
    department = services.department_create(actor=office.actor, name="产业发展科", name_en="Industry")
    member = services.member_create(actor=office.actor, name="陈若水", places=[services.Place(department.id)])
    page = page_of(bureau, active(member.account))
    assert "Industry" in page
    assert "/library/" in page
    assert "Storage" in page
    assert "Set up your office" not in page


def test_home__of_staff_without_the_file_centre_says_so(make_bureau: Callable[..., BureauRef]) -> None:
    from tests.office.organization.cast import active, new_office

    bureau = make_bureau(functions=())
    with bureau_context(bureau):
        office = new_office(bureau)
        department = services.department_create(actor=office.actor, name="办公室")
        member = services.member_create(
            actor=office.actor, name="陈若水", places=[services.Place(department.id)]
        )
        page = page_of(bureau, active(member.account))
    assert "/library/" not in page
    assert "Nothing waits for you" in page


def test_home__of_the_system_administrator_counts_the_first_steps(bureau: BureauRef) -> None:
    from tests.office.organization.cast import new_office

    office = new_office(bureau)
    page = page_of(bureau, office.system)
    assert "2 of 6 done" in page
    department = services.department_create(actor=office.actor, name="办公室")
    services.member_create(actor=office.actor, name="陈若水", places=[services.Place(department.id)])
    assert "4 of 6 done" in page_of(bureau, office.system)


def test_home__of_the_other_two_shows_their_own_matters(bureau: BureauRef) -> None:
    from tests.office.organization.cast import new_office

    office = new_office(bureau)
    security, audit = page_of(bureau, office.security), page_of(bureau, office.audit)
    assert "Locked accounts" in security
    assert "Set up your office" not in security
    assert "Latest entries" in audit


def test_home__while_being_set_up_names_who_is_missing(make_bureau: Callable[..., BureauRef]) -> None:
    from asp.accounts.services import account_create
    from tests.office.organization.cast import ACTOR, administrator

    bureau = make_bureau(state="setting_up")
    with bureau_context(bureau):
        system = administrator("system")
        account_create(
            actor=ACTOR, kind="administrator", login="security.admin", name="何静", duty="security"
        )
        page = page_of(bureau, system)
    assert "being set up" in page
    assert "何静" in page
    assert "not named" in page


def test_home__reads_chinese(bureau: BureauRef) -> None:
    from tests.office.organization.cast import new_office

    page = page_of(bureau, new_office(bureau).system, HTTP_ACCEPT_LANGUAGE="zh-CN")
    assert 'lang="zh-CN"' in page
    assert "星期" in page
