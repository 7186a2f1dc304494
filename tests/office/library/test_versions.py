"""Content: versions, downloads on record, older versions, and what is not ready yet."""

import pytest

from asp.accounts.subjects import Subject
from asp.blobs.models import Blob, BlobState
from office.library.errors import InTrash, NoVersion
from office.library.models import Level, Node, Recent, Version
from office.library.services import nodes_trash, recent_for, version_restore
from tests.office.library.world import World, audited, error_of, fresh


def parent(node: Node) -> Node:
    return Node.objects.select_related("cabinet").get(pk=node.parent_id)


def test_it_makes_the_next_version_of_a_file_of_the_same_name(world: World) -> None:
    folder = world.folder(world.section())
    first = world.file(folder, "稿.txt", data=b"one")
    second = world.file(folder, "稿.TXT", data=b"twelve", by=world.cast.outsider)
    assert second.pk == first.pk
    second.refresh_from_db()
    assert (second.number, second.size, second.name) == (2, 6, "稿.txt")
    assert second.modified_by == world.cast.outsider.pk
    assert list(Version.objects.filter(file=first).values_list("number", flat=True)) == [2, 1]


def test_it_keeps_both_when_asked(world: World) -> None:
    from asp.blobs.services import blob_write
    from office.library.services import file_store

    folder = world.folder(world.section())
    first = world.file(folder, "稿.txt")
    blob = blob_write(actor=world.actor(world.cast.clerk), data=b"2", filename="稿.txt")
    other, version = file_store(
        actor=world.actor(world.cast.clerk), place=folder, name="稿.txt", blob=blob, same="both"
    )
    assert other.pk != first.pk
    assert (other.name, version.number) == ("稿 (2).txt", 1)


def test_it_never_mistakes_a_folder_for_a_file(world: World) -> None:
    folder = world.folder(world.section())
    world.folder(folder, "同名")
    file = world.file(folder, "同名")
    assert file.name == "同名 (2)"


def test_it_adds_a_version_to_a_file_whatever_the_new_one_is_called(world: World) -> None:
    file = world.file(world.folder(world.section()), "甲.txt")
    assert world.file(file, "乙.docx").pk == file.pk
    file.refresh_from_db()
    assert (file.name, file.number) == ("甲.txt", 2)


def test_it_restores_an_older_version_as_a_new_one(world: World) -> None:
    file = world.file(world.folder(world.section()), "回.txt", data=b"old")
    world.file(parent(file), "回.txt", data=b"newer")
    client = world.client(world.cast.clerk)
    assert client.post(f"/library/{file.pk}/versions/1/restore/").status_code == 302
    file.refresh_from_db()
    assert (file.number, file.size) == (3, 3)
    newest = Version.objects.get(file=file, number=3)
    assert newest.restored_from == 1
    with pytest.raises(NoVersion):
        version_restore(actor=world.actor(world.cast.clerk), file=file, number=3)
    assert client.post(f"/library/{file.pk}/versions/9/restore/").status_code == 404
    assert audited("library.version_restored")[-1].params == {"old": 1, "number": 3}


def test_it_downloads_from_the_content_origin_and_puts_it_on_record(world: World) -> None:
    file = world.file(world.folder(world.section()), "下载.txt")
    client = world.client(world.cast.outsider)
    response = client.get(f"/library/{file.pk}/download/")
    assert response.status_code == 302
    assert ".content." in response["Location"]
    entry = audited("library.file_read")[-1]
    assert (entry.target_id, entry.actor_id, entry.params) == (file.pk, world.cast.outsider.pk, {"number": 1})
    assert Recent.objects.filter(node=file, account_id=world.cast.outsider.pk).exists()
    assert client.get(f"/library/{file.pk}/versions/1/download/").status_code == 302
    assert client.get(f"/library/{file.pk}/versions/2/download/").status_code == 404
    assert client.get(f"/library/{file.parent_id}/download/").status_code == 404


@pytest.mark.parametrize("state", [BlobState.CHECKING, BlobState.BROKEN])
def test_it_waits_for_the_check(world: World, state: str) -> None:
    file = world.file(world.folder(world.section()), "检查中.txt")
    Blob.objects.filter(pk=file.blob_id).update(state=state)
    client = world.client(world.cast.clerk)
    reads = len(audited("library.file_read"))
    response = client.get(f"/library/{file.pk}/download/")
    assert (response.status_code, error_of(response)) == (409, "blobs.not_ready")
    assert len(audited("library.file_read")) == reads
    words = "Being checked" if state == BlobState.CHECKING else "Damaged"
    assert words in client.get(f"/library/{file.parent_id}/").content.decode()
    assert client.get(f"/library/{file.pk}/").status_code == 200


def test_it_lets_readers_read_and_not_write(world: World) -> None:
    file = world.file(world.personal(world.cast.clerk), "读.txt")
    world.share(file, Subject.person(world.cast.head), Level.VIEW)
    client = world.client(world.cast.head)
    assert client.get(f"/library/{file.pk}/download/").status_code == 302
    assert client.post(f"/library/{file.pk}/versions/1/restore/").status_code == 404
    assert client.post(f"/library/{file.pk}/rename/", {"name": "x"}).status_code == 404


def test_it_forgets_recent_files_that_are_out_of_reach(world: World) -> None:
    file = world.file(world.personal(world.cast.clerk), "最近.txt")
    access = world.share(file, Subject.person(world.cast.head))
    world.client(world.cast.head).get(f"/library/{file.pk}/download/")
    assert file.pk in {node.pk for node in recent_for(fresh(world.cast.head))}
    access.delete()
    assert file.pk not in {node.pk for node in recent_for(fresh(world.cast.head))}
    nodes_trash(actor=world.actor(world.cast.clerk), nodes=[file])
    assert file.pk not in {node.pk for node in recent_for(fresh(world.cast.clerk))}


def test_it_adds_nothing_to_what_is_in_the_trash(world: World) -> None:
    folder = world.folder(world.section())
    nodes_trash(actor=world.actor(world.cast.clerk), nodes=[folder])
    with pytest.raises(InTrash):
        world.file(folder)
    assert not Node.objects.filter(parent=folder).exists()
