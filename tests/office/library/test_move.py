"""Moving: rights at both ends, no cycles, names, depth, limits; all or nothing."""

import pytest

from asp.accounts.subjects import Subject
from office.library.errors import IntoItself, NameTaken, PersonalLimit, TooDeep, TopFolder
from office.library.models import MAX_DEPTH, Cabinet, Level, Node
from office.library.services import nodes_move, nodes_trash
from tests.office.library.world import World, audited, error_of


def test_it_moves_a_tree_to_another_cabinet(world: World) -> None:
    top = world.folder(world.section(), "搬走")
    deep = world.file(world.folder(top), "深处.txt")
    target = world.folder(world.personal(world.cast.clerk))
    response = world.client(world.cast.clerk).post("/library/move/", {"node": top.pk, "to": target.pk})
    assert response.status_code == 302
    deep.refresh_from_db()
    assert deep.cabinet_id == target.cabinet_id
    assert deep.path[: len(target.line) + 1] == [*target.line, top.pk]
    assert not world.sees(world.cast.outsider, deep)
    assert world.sees(world.cast.clerk, deep, Level.MANAGE)
    assert [entry.target_id for entry in audited("library.node_moved")][-1] == top.pk


def test_it_needs_the_right_to_edit_at_both_ends(world: World) -> None:
    client = world.client(world.cast.clerk)
    mine, readable = world.file(world.personal(world.cast.clerk), "我的.txt"), world.unit()
    assert client.post("/library/move/", {"node": mine.pk, "to": readable.pk}).status_code == 404
    theirs = world.file(world.personal(world.cast.head), "别人的.txt", by=world.cast.head)
    world.share(theirs, Subject.person(world.cast.clerk), Level.VIEW)
    target = world.folder(world.section())
    assert client.post("/library/move/", {"node": theirs.pk, "to": target.pk}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.parent_id == world.personal(world.cast.head).pk


def test_it_shows_where_one_may_not_put_anything(world: World) -> None:
    mine = world.file(world.personal(world.cast.clerk), "去哪儿.txt")
    page = (
        world.client(world.cast.clerk)
        .get(f"/library/move/?node={mine.pk}&to={world.unit().pk}")
        .content.decode()
    )
    assert "not add anything" in page


def test_it_refuses_to_move_a_folder_into_itself(world: World) -> None:
    top = world.folder(world.section())
    inside = world.folder(world.folder(top))
    with pytest.raises(IntoItself):
        nodes_move(actor=world.actor(world.cast.clerk), nodes=[top], target=inside)
    response = world.client(world.cast.clerk).post("/library/move/", {"node": top.pk, "to": top.pk})
    assert (response.status_code, error_of(response)) == (409, "library.into_itself")


def test_it_moves_all_or_nothing(world: World) -> None:
    source, target = world.folder(world.section()), world.folder(world.section())
    first, second = world.file(source, "一.txt"), world.file(source, "二.txt")
    world.file(target, "二.TXT")
    with pytest.raises(NameTaken):
        nodes_move(actor=world.actor(world.cast.clerk), nodes=[first, second], target=target)
    first.refresh_from_db()
    assert first.parent_id == source.pk


def test_it_refuses_two_of_one_name_from_different_places(world: World) -> None:
    target = world.folder(world.section())
    twins = [world.file(world.folder(world.section()), "同名.txt") for _ in range(2)]
    with pytest.raises(NameTaken):
        nodes_move(actor=world.actor(world.cast.clerk), nodes=twins, target=target)
    assert not Node.objects.filter(parent=target).exists()


def test_it_takes_along_what_was_ticked_inside(world: World) -> None:
    top = world.folder(world.section())
    inside = world.file(top)
    target = world.folder(world.section())
    assert nodes_move(actor=world.actor(world.cast.clerk), nodes=[top, inside], target=target) == 1
    inside.refresh_from_db()
    assert inside.parent_id == top.pk


def test_it_keeps_trees_flat_enough(world: World) -> None:
    place = world.section()
    for _ in range(MAX_DEPTH - 1):
        place = world.folder(place)
    pair = world.folder(world.section())
    world.folder(pair)
    with pytest.raises(TooDeep):
        nodes_move(actor=world.actor(world.cast.clerk), nodes=[pair], target=place)
    last = world.folder(place)
    with pytest.raises(TooDeep):
        world.folder(last)


def test_it_never_moves_a_cabinet(world: World) -> None:
    with pytest.raises(TopFolder):
        nodes_move(
            actor=world.actor(world.cast.clerk),
            nodes=[world.personal(world.cast.clerk)],
            target=world.section(),
        )


def test_it_minds_the_limit_of_a_personal_cabinet(world: World) -> None:
    own = world.personal(world.cast.outsider)
    Cabinet.objects.filter(pk=own.pk).update(limit=100)
    big = world.file(world.section(), "大.bin", data=b"x" * 101)
    with pytest.raises(PersonalLimit):
        nodes_move(actor=world.actor(world.cast.outsider), nodes=[big], target=own)
    Cabinet.objects.filter(pk=own.pk).update(limit=None)
    assert nodes_move(actor=world.actor(world.cast.outsider), nodes=[big], target=own) == 1


def test_it_takes_trashed_things_along_in_their_folder(world: World) -> None:
    top = world.folder(world.section())
    trashed = world.file(top, "先删.txt")
    nodes_trash(actor=world.actor(world.cast.clerk), nodes=[trashed])
    target = world.folder(world.personal(world.cast.clerk))
    nodes_move(actor=world.actor(world.cast.clerk), nodes=[top], target=target)
    trashed.refresh_from_db()
    assert trashed.path == [*target.line, top.pk]
    assert trashed.cabinet_id == target.cabinet_id


@pytest.mark.parametrize("data", [{}, {"node": "x"}, {"to": "y"}])
def test_it_answers_a_senseless_request_clearly(world: World, data: dict[str, str]) -> None:
    response = world.client(world.cast.clerk).post("/library/move/", data)
    assert response.status_code in (400, 404)
