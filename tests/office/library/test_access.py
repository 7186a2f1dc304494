"""Who sees and changes what: the matrix, inheritance, and people who get nothing."""

import pytest

from asp.accounts.subjects import DEPARTMENT, DEPARTMENT_TREE, EVERYBODY, POST, Subject
from office.library import services
from office.library.errors import OwnAccess
from office.library.models import Access, Level
from office.library.permissions import MANAGE_DEPARTMENT, MANAGE_UNIT
from office.library.services import access_change, access_grant, access_revoke
from tests.office.library.world import World, audited
from tests.support.people import TESTER


def levels(world: World, node) -> dict[str, int]:
    """Login -> the highest level at which the person gets through."""
    everybody = [*world.cast.staff, *world.cast.administrators]
    return {
        person.login: max((level for level in Level if world.sees(person, node, level)), default=0)
        for person in everybody
    }


NOBODY = {"head": 0, "clerk": 0, "outsider": 0, "system.admin": 0, "security.admin": 0, "audit.admin": 0}


def test_it_keeps_a_personal_cabinet_for_its_owner(world: World) -> None:
    file = world.file(world.personal(world.cast.clerk))
    assert levels(world, file) == {**NOBODY, "clerk": Level.MANAGE}


def test_it_opens_a_department_cabinet_to_its_members_and_not_to_those_above(world: World) -> None:
    folder = world.folder(world.section(), by=world.cast.outsider)
    expected = {**NOBODY, "clerk": Level.EDIT, "outsider": Level.MANAGE}  # outsider made it
    assert levels(world, folder) == expected


def test_it_lets_everybody_read_the_unit_library_but_no_administrator(world: World) -> None:
    library = world.unit()
    assert levels(world, library) == {**NOBODY, "head": 1, "clerk": 1, "outsider": 1}


def test_it_lets_holders_of_the_permission_manage(world: World, make_bureau) -> None:
    from tenants.context import bureau_context
    from tests.office.library.world import open_world

    other = open_world(make_bureau())
    with bureau_context(other.bureau):
        other.allow(other.cast.head, MANAGE_UNIT, MANAGE_DEPARTMENT)
        assert other.sees(other.cast.head, other.unit(), Level.MANAGE)
        # The code speaks of one's own departments only.
        assert not other.sees(other.cast.head, other.section())
        other.allow(other.cast.clerk, MANAGE_DEPARTMENT)
        assert other.sees(other.cast.clerk, other.section(), Level.MANAGE)


@pytest.mark.parametrize(
    ("kind", "reached"),
    [
        ("person", {"head"}),
        (DEPARTMENT, {"head"}),
        (DEPARTMENT_TREE, {"head", "outsider"}),
        (POST, {"head", "outsider"}),
    ],
)
def test_it_shares_with_people_departments_and_posts(world: World, kind: str, reached: set[str]) -> None:
    ids = {"person": world.cast.head.pk, POST: world.cast.post.pk}
    folder = world.folder(world.personal(world.cast.clerk))
    file = world.file(world.folder(folder))
    world.share(folder, Subject(kind, ids.get(kind, world.cast.office.pk)), Level.EDIT)
    expected = {**NOBODY, "clerk": Level.MANAGE, **dict.fromkeys(reached, Level.EDIT)}
    assert levels(world, file) == expected


def test_it_shares_with_everybody_but_administrators(world: World) -> None:
    file = world.file(world.personal(world.cast.clerk), "致全体.txt")
    world.share(file, EVERYBODY)
    assert levels(world, file) == {**NOBODY, "clerk": 3, "head": 1, "outsider": 1}


def test_it_adds_rights_up_on_the_way_down(world: World) -> None:
    top = world.folder(world.personal(world.cast.clerk))
    middle = world.folder(top)
    file = world.file(middle)
    world.share(top, Subject.person(world.cast.head), Level.EDIT)
    world.share(file, Subject.person(world.cast.head), Level.VIEW)
    assert world.sees(world.cast.head, file, Level.EDIT)  # the smaller grant below takes nothing away
    assert not world.sees(world.cast.head, top, Level.MANAGE)


def test_it_gives_no_view_of_what_lies_above_or_beside(world: World) -> None:
    top = world.folder(world.personal(world.cast.clerk), "上级文件夹标记")
    beside = world.file(top, "旁边标记.txt")
    shared = world.folder(top, "共享标记")
    world.share(shared, Subject.person(world.cast.head))
    assert not world.sees(world.cast.head, top)
    assert not world.sees(world.cast.head, beside)
    page = world.client(world.cast.head).get(f"/library/{shared.pk}/?details=1").content.decode()
    assert "共享标记" in page
    assert "上级文件夹标记" not in page
    assert "旁边标记" not in page


def test_it_ends_access_when_it_is_revoked(world: World) -> None:
    folder = world.folder(world.personal(world.cast.clerk))
    file = world.file(folder)
    access = world.share(folder, Subject.person(world.cast.head), Level.EDIT)
    access_change(actor=TESTER, access=access, level=Level.VIEW)
    assert world.sees(world.cast.head, file)
    assert not world.sees(world.cast.head, file, Level.EDIT)
    access_revoke(actor=TESTER, access=access)
    access_revoke(actor=TESTER, access=access)
    assert not world.sees(world.cast.head, file)
    assert len([entry for entry in audited("library.access_revoked") if entry.target_id == folder.pk]) == 1


def test_it_never_closes_a_cabinet_to_its_owner(world: World) -> None:
    top = world.personal(world.cast.clerk)
    row = Access.objects.get(node=top, subject_id=world.cast.clerk.pk)
    with pytest.raises(OwnAccess):
        access_revoke(actor=TESTER, access=row)
    with pytest.raises(OwnAccess):
        access_grant(actor=TESTER, node=top, subject=Subject.person(world.cast.clerk), level=Level.VIEW)
    assert world.sees(world.cast.clerk, top, Level.MANAGE)


def test_it_shows_nothing_to_somebody_who_was_disabled(world: World, make_bureau) -> None:
    from asp.accounts.services import account_disable
    from tenants.context import bureau_context
    from tests.office.library.world import open_world

    other = open_world(make_bureau())
    with bureau_context(other.bureau):
        file = other.file(other.personal(other.cast.clerk))
        account_disable(actor=TESTER, account=other.cast.clerk)
        assert not other.sees(other.cast.clerk, file)


def test_it_keeps_trash_apart(world: World) -> None:
    file = world.file(world.personal(world.cast.clerk), "将删.txt")
    services.nodes_trash(actor=TESTER, nodes=[file])
    assert not world.sees(world.cast.clerk, file)
