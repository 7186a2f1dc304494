"""The bars of storage: what counts as whose."""

from asp.blobs.services import quota_get
from office.library.limits import used_in
from office.library.services import nodes_trash, usage_for, version_restore
from tests.office.library.world import World, fresh


def test_it_counts_all_versions_and_the_trash_once(world: World) -> None:
    own = world.personal(world.cast.clerk)
    before = usage_for(fresh(world.cast.clerk)).mine_used
    file = world.file(own, "量.bin", data=b"x" * 1000)
    world.file(own, "量.bin", data=b"y" * 500)
    version_restore(actor=world.actor(world.cast.clerk), file=file, number=1)  # shares the first content
    nodes_trash(actor=world.actor(world.cast.clerk), nodes=[file])
    usage = usage_for(fresh(world.cast.clerk))
    assert usage.mine_used - before == 1500
    assert usage.mine_used == used_in(own.cabinet)
    assert usage.bureau == quota_get()
    assert usage.mine_limit == own.cabinet.limit


def test_it_knows_nobody_without_a_cabinet(world: World) -> None:
    usage = usage_for(fresh(world.cast.system))
    assert (usage.mine_used, usage.mine_limit) == (0, None)


def test_it_shows_both_bars(world: World) -> None:
    text = world.client(world.cast.clerk).get("/library/shared/").content.decode()
    assert "Unit storage" in text
    assert "/ 2 GB" in text
