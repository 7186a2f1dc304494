"""The number of queries does not grow with what is listed."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from asp.accounts.subjects import Subject
from office.library import services
from tests.office.library.world import World

# Session, account, its permissions and subjects are four of them; savepoints none.
BUDGET = 16


def count(client, path: str) -> int:
    client.get(path)  # cabinets are made on the first visit
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path)
    assert response.status_code == 200
    return len(queries)


def test_it_lists_a_thousand_files_with_as_many_queries_as_three(world: World) -> None:
    client = world.client(world.cast.clerk)
    small, large = world.folder(world.section()), world.folder(world.section())
    world.plain_files(small, 3)
    world.plain_files(large, 1000)
    few, many = count(client, f"/library/{small.pk}/"), count(client, f"/library/{large.pk}/?page=5")
    assert few == many <= BUDGET


def test_it_lists_shared_recent_and_trashed_things_within_the_budget(world: World) -> None:
    client = world.client(world.cast.head)
    for number in range(12):
        folder = world.folder(world.personal(world.cast.clerk))
        world.file(folder, f"共享{number}.txt")
        world.share(folder, Subject.person(world.cast.head))
        trashed = world.file(world.personal(world.cast.head), f"弃{number}.txt", by=world.cast.head)
        services.nodes_trash(actor=world.actor(world.cast.head), nodes=[trashed])
        world.file(
            world.folder(world.personal(world.cast.head), by=world.cast.head),
            f"用{number}.txt",
            by=world.cast.head,
        )
    for name in ("shared", "recent", "trash"):
        assert count(client, f"/library/{name}/") <= BUDGET + 2, name
