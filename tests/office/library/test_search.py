"""What search finds follows names, places, grants and the trash in the same transaction."""

from asp.accounts.subjects import Subject
from asp.jobs.models import Job
from asp.jobs.runner import run_job
from asp.search.services import search
from office.library.services import (
    access_revoke,
    node_rename,
    nodes_erase,
    nodes_move,
    nodes_restore,
    nodes_trash,
)
from tests.office.library.world import World, fresh


def finds(world: World, account, query: str) -> set:
    return {entry.object_id for entry in search(account=fresh(account), query=query)}


def test_it_finds_what_one_may_see_and_nothing_else(world: World) -> None:
    file = world.file(world.personal(world.cast.clerk), "独角兽计划.docx")
    assert finds(world, world.cast.clerk, "独角兽") == {file.pk}
    for other in (world.cast.head, world.cast.outsider, *world.cast.administrators):
        assert finds(world, other, "独角兽") == set()


def test_it_follows_grants(world: World) -> None:
    folder = world.folder(world.personal(world.cast.clerk))
    file = world.file(world.folder(folder), "麒麟计划.docx")
    access = world.share(folder, Subject.person(world.cast.head))
    assert finds(world, world.cast.head, "麒麟") == {file.pk}
    access_revoke(actor=world.actor(world.cast.clerk), access=access)
    assert finds(world, world.cast.head, "麒麟") == set()
    assert finds(world, world.cast.clerk, "麒麟") == {file.pk}


def test_it_follows_names_and_places(world: World) -> None:
    folder = world.folder(world.section(), "凤凰夹")
    file = world.file(folder, "凤凰旧名.docx")
    assert finds(world, world.cast.outsider, "凤凰旧名") == {file.pk}
    node_rename(actor=world.actor(world.cast.clerk), node=file, name="凤凰新名.docx")
    assert finds(world, world.cast.outsider, "凤凰旧名") == set()
    target = world.personal(world.cast.clerk)
    nodes_move(actor=world.actor(world.cast.clerk), nodes=[folder], target=target)
    assert finds(world, world.cast.outsider, "凤凰") == set()
    assert finds(world, world.cast.clerk, "凤凰") == {folder.pk, file.pk}


def test_it_follows_the_trash(world: World) -> None:
    folder = world.folder(world.section(), "青龙夹")
    file = world.file(folder, "青龙.docx")
    actor = world.actor(world.cast.clerk)
    nodes_trash(actor=actor, nodes=[folder])
    assert finds(world, world.cast.clerk, "青龙") == set()
    nodes_restore(actor=actor, nodes=[folder])
    assert finds(world, world.cast.clerk, "青龙") == {folder.pk, file.pk}
    nodes_trash(actor=actor, nodes=[folder])
    nodes_erase(actor=actor, nodes=[folder])
    assert finds(world, world.cast.clerk, "青龙") == set()


def test_it_hides_a_large_folder_at_once_and_puts_it_back_by_a_job(world: World) -> None:
    folder = world.folder(world.personal(world.cast.clerk), "白虎夹")
    world.plain_files(folder, 600)
    probe = world.file(folder, "白虎探针.docx")
    access = world.share(folder, Subject.person(world.cast.head))
    assert finds(world, world.cast.head, "白虎探针") == set()
    for job in Job.objects.filter(name="library.reindex", about=folder.pk, state="queued"):
        run_job(job.pk)
    assert finds(world, world.cast.head, "白虎探针") == {probe.pk}
    access_revoke(actor=world.actor(world.cast.clerk), access=access)
    assert finds(world, world.cast.head, "白虎探针") == set()
    for job in Job.objects.filter(name="library.reindex", about=folder.pk, state="queued"):
        run_job(job.pk)
    assert finds(world, world.cast.head, "白虎探针") == set()
    assert finds(world, world.cast.clerk, "白虎探针") == {probe.pk}


def test_it_leads_to_the_thing(world: World) -> None:
    file = world.file(world.folder(world.section(), "玄武夹"), "玄武.docx")
    (entry,) = search(account=fresh(world.cast.clerk), query="玄武.docx")
    assert (entry.url_path, entry.subtitle) == (f"/library/{file.pk}/", "玄武夹")
    assert world.client(world.cast.clerk).get(entry.url_path).status_code == 200
