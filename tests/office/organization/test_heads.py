"""Heads of departments: who may be one, who stands above whom, and when somebody is one no more."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from asp.accounts.models import Account, AccountState
from asp.accounts.services import account_disable, account_enable
from asp.audit.models import Entry
from office.organization import errors, services
from office.organization.heads import head_candidates
from office.organization.models import Department, Member, Post
from office.organization.services import Place
from office.organization.tree import Tree
from tests.office.organization.cast import Office, person_row
from tests.office.organization.test_import_run import imported
from tests.support.client import SiteClient
from tests.support.people import activate


class Bureau:
    """局领导 above 办公室 above 文秘科, and 财务科 beside them; one person in each, the leader above."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.top = self.department("局领导")
        self.general = self.department("办公室", self.top)
        self.section = self.department("文秘科", self.general)
        self.finance = self.department("财务科")
        # The posts that every office begins with.
        self.posts = {each.name: each for each in Post.objects.filter(name__in=("局长", "科长", "科员"))}
        self.leader = self.person("林晓岚", self.top, "局长")
        self.chief = self.person("方既白", self.general, "科长")
        self.clerk = self.person("陈若水", self.section, "科员")
        self.accountant = self.person("宋听雨", self.finance, "科员")

    def department(self, name: str, parent: Department | None = None) -> Department:
        return services.department_create(actor=self.office.actor, name=name, parent=parent)

    def person(self, name: str, where: Department, post: str = "") -> Member:
        key = self.posts[post].pk if post else None
        member = services.member_create(
            actor=self.office.actor, name=name, places=[Place(where.pk, key)], sort=1
        )
        activate(member.account)
        return member

    def set_head(self, department: Department, member: Member | None) -> Department:
        found: Department = services.department_update(
            actor=self.office.actor,
            department=department,
            name=department.name,
            head=member.account_id if member else None,
        )
        return found

    def head(self, department: Department) -> Account | None:
        found: Account | None = services.department_head(department.pk)
        return found

    def place(self, member: Member, where: Department) -> None:
        services.member_update(
            actor=self.office.actor,
            member=member,
            name=member.account.name,
            login=member.account.login,
            places=[Place(where.pk)],
        )


@pytest.fixture
def bureau(office: Office) -> Bureau:
    return Bureau(office)


def test_head_of__is_the_nearest_above(bureau: Bureau) -> None:
    clerk, chief, leader = bureau.clerk.account, bureau.chief.account, bureau.leader.account
    assert services.head_of(clerk) is None
    bureau.set_head(bureau.top, bureau.leader)
    assert services.head_of(clerk) == leader
    bureau.set_head(bureau.general, bureau.chief)
    assert services.head_of(clerk) == chief
    bureau.set_head(bureau.section, bureau.clerk)
    assert services.head_of(clerk) == chief
    assert services.head_of(chief) == leader
    assert services.head_of(leader) is None
    assert services.head_of(bureau.accountant.account) is None
    assert services.head_of(bureau.office.system) is None


def test_head_above__leads_the_department_above(bureau: Bureau) -> None:
    clerk, chief, leader = bureau.clerk.account, bureau.chief.account, bureau.leader.account
    assert services.head_above(clerk) is None
    bureau.set_head(bureau.top, bureau.leader)
    assert services.head_above(clerk) == leader, "nobody leads the office: the next above"
    bureau.set_head(bureau.general, bureau.chief)
    bureau.set_head(bureau.section, bureau.clerk)
    assert services.head_above(clerk) == chief
    assert services.head_above(chief) == leader
    account_disable(actor=bureau.office.actor, account=chief)
    assert services.head_above(clerk) == leader
    # Above a department at the top stands whoever stands above its head.
    assert services.head_above(bureau.accountant.account) is None
    bureau.set_head(bureau.finance, bureau.accountant)
    assert services.head_above(bureau.accountant.account) == leader
    assert services.head_above(leader) is None
    assert services.head_above(bureau.office.system) is None


def test_heads_of__takes_three_statements(bureau: Bureau) -> None:
    bureau.set_head(bureau.top, bureau.leader)
    keys = [each.account_id for each in (bureau.clerk, bureau.chief, bureau.leader, bureau.accountant)]
    with CaptureQueriesContext(connection) as asked:
        found = services.heads_of(keys)
    assert len(asked) <= 3
    assert [found[key] for key in keys] == [bureau.leader.account, bureau.leader.account, None, None]


def test_update__keeps_the_head_unless_told(bureau: Bureau) -> None:
    bureau.set_head(bureau.section, bureau.clerk)
    services.department_update(actor=bureau.office.actor, department=bureau.section, name="文书科")
    assert bureau.head(bureau.section) == bureau.clerk.account
    bureau.set_head(bureau.section, None)
    assert bureau.head(bureau.section) is None
    acts = Entry.objects.filter(action__startswith="organization.department_head").order_by("id")
    assert [(each.action.rpartition("_")[2], each.params["head"]) for each in acts] == [
        ("set", "陈若水"),
        ("cleared", "陈若水"),
    ]


def test_update__takes_people_around_the_department_alone(bureau: Bureau) -> None:
    for member in (bureau.leader, bureau.chief, bureau.clerk):
        bureau.set_head(bureau.general, member)
        assert bureau.head(bureau.general) == member.account
    with pytest.raises(errors.HeadUnfit):
        bureau.set_head(bureau.general, bureau.accountant)
    services.members_disable(actor=bureau.office.actor, members=[bureau.chief])
    with pytest.raises(errors.HeadUnfit):
        bureau.set_head(bureau.general, bureau.chief)
    with pytest.raises(errors.HeadUnfit):
        services.department_update(
            actor=bureau.office.actor, department=bureau.top, name="局领导", head=bureau.office.system.pk
        )
    assert bureau.head(bureau.general) == bureau.clerk.account


def test_create__takes_a_head_from_above(bureau: Bureau) -> None:
    made = services.department_create(
        actor=bureau.office.actor, name="督查科", parent=bureau.general, head=bureau.leader.account_id
    )
    assert bureau.head(made) == bureau.leader.account
    with pytest.raises(errors.HeadUnfit):
        services.department_create(
            actor=bureau.office.actor, name="信访科", parent=bureau.general, head=bureau.clerk.account_id
        )
    assert not Department.objects.filter(name="信访科").exists()


def test_who_leaves__heads_it_no_more(bureau: Bureau) -> None:
    bureau.set_head(bureau.general, bureau.chief)
    bureau.place(bureau.chief, bureau.section)  # below it: stays
    assert bureau.head(bureau.general) == bureau.chief.account
    bureau.place(bureau.chief, bureau.finance)
    bureau.general.refresh_from_db()
    assert bureau.general.head_id is None
    assert Entry.objects.filter(action="organization.department_head_cleared").count() == 1


def test_who_is_imported_elsewhere__heads_it_no_more(bureau: Bureau) -> None:
    bureau.set_head(bureau.general, bureau.chief)
    account = bureau.chief.account
    done = imported(bureau.office, person_row(account.name, login=account.login, department="财务科"))
    assert done.counts["changed"] == 1
    bureau.general.refresh_from_db()
    assert bureau.general.head_id is None


def test_a_department_that_moves_away__loses_a_head_of_elsewhere(bureau: Bureau) -> None:
    bureau.set_head(bureau.section, bureau.leader)
    bureau.set_head(bureau.general, bureau.clerk)
    services.department_move(actor=bureau.office.actor, department=bureau.section, parent=bureau.finance)
    for each in (bureau.section, bureau.general):
        each.refresh_from_db()
        assert each.head_id is None


def test_a_disabled_head__is_passed_over_and_comes_back(bureau: Bureau) -> None:
    """Whoever closes the account, and by whichever page."""
    bureau.set_head(bureau.general, bureau.chief)
    bureau.set_head(bureau.top, bureau.leader)
    account_disable(actor=bureau.office.actor, account=bureau.chief.account)
    assert bureau.head(bureau.general) is None
    assert services.head_of(bureau.clerk.account) == bureau.leader.account
    account_enable(actor=bureau.office.actor, account=bureau.chief.account)
    assert services.head_of(bureau.clerk.account) == bureau.chief.account


def test_a_head_who_never_signed_in__is_asked_for_nothing(bureau: Bureau) -> None:
    bureau.set_head(bureau.general, bureau.chief)
    Account.objects.filter(pk=bureau.chief.account_id).update(state=AccountState.INVITED)
    assert bureau.head(bureau.general) is None


def test_dissolve__forgets_the_head(bureau: Bureau) -> None:
    empty = bureau.department("老干部科", bureau.top)
    bureau.set_head(empty, bureau.leader)
    services.department_dissolve(actor=bureau.office.actor, department=empty)
    empty.refresh_from_db()
    assert empty.head_id is None


def test_seniority__is_the_order_of_signing(bureau: Bureau) -> None:
    nobody = bureau.person("丁无职", bureau.top)
    people = [each.account for each in (nobody, bureau.accountant, bureau.clerk, bureau.chief, bureau.leader)]
    with CaptureQueriesContext(connection) as asked:
        found = services.seniority(people)
    assert [each.name for each in found] == ["林晓岚", "方既白", "陈若水", "宋听雨", "丁无职"]
    assert len(asked) == 2
    assert services.main_department_of(bureau.clerk.account) == (bureau.section.pk, "文秘科")
    assert services.main_department_of(bureau.office.system) is None


def test_page__offers_people_around_and_shows_the_head(bureau: Bureau) -> None:
    client = SiteClient(bureau.office.bureau).login_as(bureau.office.system)
    path = f"/organization/departments/{bureau.general.pk}/"
    page = client.get(path).content.decode()
    for member in (bureau.leader, bureau.chief, bureau.clerk):
        assert f'value="{member.account_id}"' in page
    assert f'value="{bureau.accountant.account_id}"' not in page
    fields = {"name": "办公室", "name_en": "", "code": ""}
    assert client.post(path, {**fields, "head": str(bureau.chief.account_id)}).status_code == 302
    assert bureau.head(bureau.general) == bureau.chief.account
    assert "方既白" in client.get("/organization/departments/").content.decode()
    refused = client.post(path, {**fields, "head": str(bureau.accountant.account_id)})
    assert refused.status_code == 422
    assert bureau.head(bureau.general) == bureau.chief.account
    services.members_disable(actor=bureau.office.actor, members=[bureau.chief])
    kept = client.post(path, {**fields, "name": "办公室(新)", "head": str(bureau.chief.account_id)})
    assert kept.status_code == 302
    bureau.general.refresh_from_db()
    assert (bureau.general.name, bureau.general.head_id) == ("办公室(新)", bureau.chief.account_id)
    assert client.post(path, {**fields, "head": ""}).status_code == 302
    bureau.general.refresh_from_db()
    assert bureau.general.head_id is None


def test_candidates__stand_in_order_once_each(bureau: Bureau) -> None:
    groups = head_candidates(bureau.general, Tree())
    assert [[key for key, _name in people] for _title, people in groups] == [
        [str(bureau.chief.account_id)],
        [str(bureau.leader.account_id)],
        [str(bureau.clerk.account_id)],
    ]
