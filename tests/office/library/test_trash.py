"""The trash: in, out again to the right place, gone for ever, and what that costs and frees."""

import pytest

from asp.accounts.subjects import Subject
from asp.blobs.models import Blob, BlobState
from asp.blobs.services import quota_get
from office.library.errors import TopFolder
from office.library.models import Level, Node, Version
from office.library.services import contents_of, nodes_erase, nodes_restore, nodes_trash
from tests.office.library.world import World, audited


def trash(world: World, *nodes: Node) -> list[Node]:
    return nodes_trash(actor=world.actor(world.cast.clerk), nodes=nodes)


def restore(world: World, *nodes: Node) -> list[Node]:
    return nodes_restore(actor=world.actor(world.cast.clerk), nodes=nodes)


def erase(world: World, *nodes: Node):
    return nodes_erase(actor=world.actor(world.cast.clerk), nodes=nodes)


def test_it_puts_in_and_takes_back_with_the_undo_of_the_toast(world: World) -> None:
    folder = world.folder(world.section())
    file = world.file(folder, "撤销.txt")
    client = world.client(world.cast.clerk)
    page = client.post("/library/trash/put/", {"node": file.pk}, follow=True)
    assert page.redirect_chain[0][0] == f"/library/{folder.pk}/"
    text = page.content.decode()
    assert "is in the trash now" in text
    undo = f"/library/trash/restore/?node={file.pk}"
    assert undo in text
    assert file.pk not in {node.pk for node in client.get(f"/library/{folder.pk}/").context["page"]}
    assert file.pk in {node.pk for node in client.get("/library/trash/").context["page"]}
    assert client.post(undo).status_code == 302
    assert file.pk in {node.pk for node in client.get(f"/library/{folder.pk}/").context["page"]}


def test_it_takes_everything_below_along(world: World) -> None:
    top = world.folder(world.section())
    deep = world.file(world.folder(top))
    trash(world, top)
    assert not world.sees(world.cast.clerk, deep)
    restore(world, top)
    assert world.sees(world.cast.clerk, deep)


def test_it_is_calm_when_two_people_do_the_same(world: World) -> None:
    file = world.file(world.folder(world.section()))
    assert len(trash(world, file)) == 1
    assert trash(world, file) == []
    assert len(restore(world, file)) == 1
    assert restore(world, file) == []
    assert len([entry for entry in audited("library.node_trashed") if entry.target_id == file.pk]) == 1


def test_it_adds_a_number_where_the_name_is_in_use_again(world: World) -> None:
    folder = world.folder(world.section())
    old = world.file(folder, "同名.txt")
    trash(world, old)
    world.file(folder, "同名.txt")
    (back,) = restore(world, old)
    assert back.name == "同名 (2).txt"


def test_it_restores_to_the_nearest_folder_that_is_still_there(world: World) -> None:
    top = world.folder(world.section())
    middle = world.folder(top)
    file = world.file(middle)
    trash(world, file)
    trash(world, middle)
    (back,) = restore(world, file)
    assert back.parent_id == top.pk
    assert back.path == top.line


def test_it_keeps_what_was_trashed_before_the_folder_around_it(world: World) -> None:
    top = world.folder(world.section())
    middle = world.folder(top)
    early, late = world.file(middle, "早.txt"), world.file(middle, "晚.txt")
    trash(world, early)
    trash(world, middle)
    erase(world, middle)
    assert not Node.objects.filter(pk__in=[middle.pk, late.pk]).exists()
    (back,) = restore(world, early)
    assert back.parent_id == top.pk


def test_it_erases_only_from_the_trash(world: World) -> None:
    file = world.file(world.folder(world.section()))
    assert erase(world, file).files == 0
    assert Node.objects.filter(pk=file.pk).exists()
    client = world.client(world.cast.clerk)
    assert client.post("/library/trash/erase/", {"node": file.pk}).status_code == 404


def test_it_says_what_is_lost_then_frees_the_storage(world: World) -> None:
    folder = world.folder(world.section())
    file = world.file(folder, "大.bin", data=b"x" * 5000)
    world.file(folder, "大.bin", data=b"y" * 7000)
    trash(world, folder)
    client = world.client(world.cast.clerk)
    text = client.get(f"/library/trash/erase/?node={folder.pk}").content.decode()
    assert "1 file with all its versions (11.7 KB) will be lost" in text
    before = quota_get().used
    assert client.post("/library/trash/erase/", {"node": folder.pk}).status_code == 302
    assert before - quota_get().used == 12000
    assert not Version.objects.filter(file=file).exists()
    assert audited("library.node_erased")[-1].params["size"] == 12000


def test_it_releases_shared_content_once(world: World) -> None:
    from office.library.services import version_restore

    file = world.file(world.folder(world.section()), "回退.txt", data=b"1" * 100)
    world.file(Node.objects.get(pk=file.parent_id), "回退.txt", data=b"2" * 200)
    version_restore(actor=world.actor(world.cast.clerk), file=file, number=1)
    trash(world, file)
    assert contents_of([file]).size == 300
    blobs = set(Version.objects.filter(file=file).values_list("blob_id", flat=True))
    before = quota_get().used
    erase(world, file)
    assert before - quota_get().used == 300
    assert set(Blob.objects.filter(pk__in=blobs).values_list("state", flat=True)) == {BlobState.RELEASED}


def test_it_erases_much_by_a_job(world: World) -> None:
    from asp.jobs.models import Job
    from asp.jobs.runner import run_job

    folder = world.folder(world.section())
    world.plain_files(folder, 80)
    trash(world, folder)
    erase(world, folder)
    client = world.client(world.cast.clerk)
    assert folder.pk not in {node.pk for node in client.get("/library/trash/").context["page"]}
    job = Job.objects.get(name="library.erase", about=folder.pk)
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == "done", job.error_text
    assert not Node.objects.filter(trash_id=folder.pk).exists()


def test_it_lets_only_those_who_manage_delete_for_ever(world: World) -> None:
    file = world.file(world.section(), "别人建的.txt")
    trash(world, file)
    client = world.client(world.cast.outsider)
    assert client.get(f"/library/trash/erase/?node={file.pk}").status_code == 404
    assert client.post("/library/trash/erase/", {"node": file.pk}).status_code == 404
    assert "of others" in client.get("/library/trash/empty/").content.decode()
    client.post("/library/trash/empty/")
    assert Node.objects.filter(pk=file.pk).exists()


def test_it_empties_what_is_ones_own(world: World) -> None:
    mine = world.file(world.personal(world.cast.clerk), "清空.txt")
    trash(world, mine)
    world.client(world.cast.clerk).post("/library/trash/empty/")
    assert not Node.objects.filter(pk=mine.pk).exists()


def test_it_needs_the_right_to_edit(world: World) -> None:
    file = world.file(world.personal(world.cast.clerk), "只读.txt")
    world.share(file, Subject.person(world.cast.head), Level.VIEW)
    assert world.client(world.cast.head).post("/library/trash/put/", {"node": file.pk}).status_code == 404
    with pytest.raises(TopFolder):
        trash(world, world.section())


def test_it_says_so_when_nothing_is_ticked(world: World) -> None:
    for path in ("put", "restore", "erase"):
        response = world.client(world.cast.clerk).post(f"/library/trash/{path}/", {})
        assert response.status_code == 400
        assert "Tick the files" in response.content.decode()
