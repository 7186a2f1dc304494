"""Many people at the same folder at once: clean answers, one tree, nothing twice."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection

from asp.ui.errors import UserFacingError
from office.library.models import Access, Cabinet, Node
from office.library.services import cabinet_open_personal, folder_create, nodes_move, nodes_trash
from tenants.context import bureau_context
from tests.office.library.world import World


def at_once(world: World, works: list[Callable[[], Any]]) -> list[Any]:
    """Run all in threads of their own; return what each gave or the refusal it met."""
    start = threading.Barrier(len(works))
    found: list[Any] = [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        with bureau_context(world.bureau):
            start.wait()
            try:
                found[place] = work()
            except UserFacingError as error:
                found[place] = error.code
            finally:
                connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_it_makes_one_folder_of_a_name(world: World) -> None:
    top = world.folder(world.section())
    actor = world.actor(world.cast.clerk)
    found = at_once(world, [lambda: folder_create(actor=actor, parent=top, name="双击")] * 6)
    assert found.count("library.name_taken") == 5
    assert Node.objects.filter(parent=top).count() == 1


def test_it_opens_one_cabinet_for_two_windows(world: World, make_bureau) -> None:
    from tests.office.library.world import open_world

    bureau = make_bureau()
    with bureau_context(bureau):
        other = open_world(bureau)
        actor, account = other.actor(other.cast.clerk), other.cast.clerk
        found = at_once(other, [lambda: cabinet_open_personal(actor=actor, account=account).pk] * 5)
        assert len(set(found)) == 1
        assert Cabinet.objects.filter(owner_id=account.pk).count() == 1
        assert Access.objects.filter(node_id=found[0]).count() == 1


def test_it_never_makes_a_ring_of_two_moves(world: World) -> None:
    actor = world.actor(world.cast.clerk)
    for _ in range(5):
        first, second = world.folder(world.section()), world.folder(world.section())
        found = at_once(
            world,
            [
                lambda a=first, b=second: nodes_move(actor=actor, nodes=[a], target=b),
                lambda a=first, b=second: nodes_move(actor=actor, nodes=[b], target=a),
            ],
        )
        assert sorted(map(str, found)) == ["1", "library.into_itself"]
        first.refresh_from_db()
        second.refresh_from_db()
        assert sorted([len(first.path), len(second.path)]) == [1, 2]


def test_it_moves_or_trashes_but_never_half_of_each(world: World) -> None:
    actor = world.actor(world.cast.clerk)
    for _ in range(5):
        folder, target = world.folder(world.section()), world.folder(world.personal(world.cast.clerk))
        file = world.file(folder)
        at_once(
            world,
            [
                lambda f=folder, t=target: nodes_move(actor=actor, nodes=[f], target=t),
                lambda f=folder: len(nodes_trash(actor=actor, nodes=[f])),
            ],
        )
        folder.refresh_from_db()
        file.refresh_from_db()
        assert file.path == folder.line
        assert file.cabinet_id == folder.cabinet_id
        assert file.trash_id == folder.trash_id
