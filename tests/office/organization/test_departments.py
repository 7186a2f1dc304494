"""The tree of departments."""

import threading

import pytest

from asp.accounts.models import SubjectMembership
from asp.audit.models import Entry
from asp.ui.errors import UserFacingError
from office.organization import errors, services
from office.organization.models import MAX_DEPTH, Department
from office.organization.tree import Tree
from tenants.context import bureau_context
from tests.office.organization.cast import Office


def make(office: Office, name: str, parent: Department | None = None) -> Department:
    return services.department_create(actor=office.actor, name=name, parent=parent)


def tree_keys(account_id: object) -> set[object]:
    kept = SubjectMembership.objects.filter(account_id=account_id, kind="department_tree")
    return set(kept.values_list("subject_id", flat=True))


def test_create__puts_it_last_and_records_it(office: Office) -> None:
    one, two = make(office, "办公室"), make(office, "产业发展科")
    below = make(office, "文秘科", one)
    assert [node.department for node in Tree().walk()] == [one, below, two]
    assert Tree().path(below.id) == "办公室/文秘科"
    assert Entry.objects.filter(action="organization.department_created").count() == 3


@pytest.mark.parametrize(
    ("name", "sign"),
    [
        ("办公\u202e室", "U+202E"),
        ("办公\x00室", "U+0000"),
        ("../办公室", "/"),
        ("办公\\室", "\\"),
        ("<b>办公室</b>", "<"),
        ("=1+1", "="),
        ("办" * 61, "60"),
        ("  ", "letter"),
        ("\u200b", "U+200B"),
    ],
)
def test_create__refuses_hostile_names_in_words(office: Office, name: str, sign: str) -> None:
    with pytest.raises(errors.NameRefused) as refused:
        make(office, name)
    assert sign in refused.value.text or "字母" in refused.value.text
    assert not Department.objects.exists()


def test_create__refuses_a_second_one_of_that_name_in_the_same_place(office: Office) -> None:
    one = make(office, "办公室")
    with pytest.raises(errors.NameTaken):
        make(office, "办公室")
    make(office, "办公室", one)


def test_create__stops_at_the_depth_limit(office: Office) -> None:
    at = None
    for level in range(MAX_DEPTH):
        at = make(office, f"第{level}级", at)
    with pytest.raises(errors.TooDeep):
        make(office, "太深", at)


def test_move__takes_everything_along_and_updates_memberships(office: Office) -> None:
    one, two = make(office, "一处"), make(office, "二处")
    below = make(office, "一科", one)
    member = services.member_create(
        actor=office.actor, name="陈若水", places=[services.Place(below.id)], phone="13800000001"
    )
    assert tree_keys(member.account_id) == {one.id, below.id}
    services.department_move(actor=office.actor, department=one, parent=two)
    assert Tree().path(below.id) == "二处/一处/一科"
    assert tree_keys(member.account_id) == {one.id, two.id, below.id}
    services.department_move(actor=office.actor, department=below, parent=None)
    assert tree_keys(member.account_id) == {below.id}


def test_move__refuses_cycles_depth_and_taken_names(office: Office) -> None:
    one = make(office, "一处")
    below = make(office, "一科", one)
    same = make(office, "一科")
    for target in (one, below):
        with pytest.raises(errors.WouldBeCycle):
            services.department_move(actor=office.actor, department=one, parent=target)
    with pytest.raises(errors.NameTaken):
        services.department_move(actor=office.actor, department=same, parent=one)
    deep = None
    for level in range(MAX_DEPTH - 1):
        deep = make(office, f"第{level}级", deep)
    with pytest.raises(errors.TooDeep):
        services.department_move(actor=office.actor, department=one, parent=deep)
    assert Tree().path(below.id) == "一处/一科"


def test_move__two_administrators_into_each_other(office: Office) -> None:
    """Exactly one wins, whoever it is; the tree stays a tree."""
    one, two = make(office, "一处"), make(office, "二处")
    together = threading.Barrier(2)
    refused: list[UserFacingError] = []

    def move(what: Department, where: Department) -> None:
        from django.db import connection

        try:
            with bureau_context(office.bureau):
                together.wait(10)
                services.department_move(actor=office.actor, department=what, parent=where)
        except UserFacingError as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=move, args=pair) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert [each.code for each in refused] == ["organization.cycle"]
    parents = set(Department.objects.values_list("parent_id", flat=True))
    assert parents in ({None, one.id}, {None, two.id})
    assert len(list(Tree().walk())) == 2


def test_shift__changes_places_with_the_neighbour(office: Office) -> None:
    one, two, three = make(office, "一"), make(office, "二"), make(office, "三")
    assert services.department_shift(actor=office.actor, department=three, up=True)
    assert [node.department for node in Tree().walk()] == [one, three, two]
    assert not services.department_shift(actor=office.actor, department=one, up=True)


def test_dissolve__only_when_empty(office: Office) -> None:
    one = make(office, "一处")
    below = make(office, "一科", one)
    member = services.member_create(actor=office.actor, name="陈若水", places=[services.Place(below.id)])
    for each in (one, below):
        with pytest.raises(errors.NotEmpty):
            services.department_dissolve(actor=office.actor, department=each)
    other = make(office, "二处")
    services.member_update(
        actor=office.actor,
        member=member,
        name="陈若水",
        login="chenruoshui",
        places=[services.Place(other.id)],
    )
    services.department_dissolve(actor=office.actor, department=below)
    assert below.id not in Tree().by_id
    make(office, "一科", one)
    with pytest.raises(errors.Dissolved):
        services.department_move(actor=office.actor, department=below, parent=None)
    with pytest.raises(errors.Dissolved):
        services.member_create(actor=office.actor, name="周启明", places=[services.Place(below.id)])
