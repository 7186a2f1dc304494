"""Uploads by tus into the file centre."""

import json
import threading
from typing import Any

import pytest

from asp.accounts.subjects import Subject
from asp.blobs.services import quota_get, quota_set
from office.library.models import Cabinet, Level, Node, Version
from office.library.services import nodes_trash
from tests.asp.blobs.support import Tus, content, metadata
from tests.office.library.world import World

PURPOSE = "library.file"


@pytest.fixture(autouse=True)
def one_table(settings: Any) -> None:
    settings.URL_TABLES = {**settings.URL_TABLES, "bureau": "tests.office.library.urls"}


def tus(world: World, account: Any) -> Tus:
    client = world.client(account)
    return Tus(client, client.site)


def names(folder: Node) -> list[str]:
    return sorted(Node.objects.live().filter(parent=folder).values_list("name", flat=True))


def test_it_keeps_an_upload_as_a_file(world: World) -> None:
    folder = world.folder(world.section())
    result = tus(world, world.cast.outsider).whole(
        content(5000), name="上传.bin", target=str(folder.pk), purpose=PURPOSE
    )
    file = Node.objects.get(pk=result["id"])
    assert (file.name, file.parent_id, file.size, file.number) == ("上传.bin", folder.pk, 5000, 1)
    assert file.created_by == world.cast.outsider.pk
    assert (result["url"], result["version"]) == (f"/library/{file.pk}/", 1)
    page = world.client(world.cast.clerk).get(f"/library/{folder.pk}/")
    assert "Being checked" in page.content.decode()
    assert "every 4s" in page.content.decode()


def test_it_makes_versions_or_keeps_both(world: World) -> None:
    folder = world.folder(world.section())
    sender = tus(world, world.cast.clerk)
    for _ in range(2):
        result = sender.whole(content(100), name="同.bin", target=str(folder.pk), purpose=PURPOSE)
    assert result["version"] == 2
    both = sender.whole(content(100), name="同.bin", target=f"{folder.pk}/both", purpose=PURPOSE)
    assert (both["name"], both["renamed"]) == ("同 (2).bin", True)
    next_one = sender.whole(content(100), name="别名.bin", target=result["id"], purpose=PURPOSE)
    assert (next_one["id"], next_one["version"]) == (result["id"], 3)


def test_it_keeps_the_folders_of_a_dropped_folder(world: World) -> None:
    folder = world.folder(world.section())
    sender = tus(world, world.cast.clerk)
    for name in ("一季度", "二季度"):
        path = f"年度/{name}/报表.bin"
        pairs = metadata(filename="报表.bin", purpose=PURPOSE, target=str(folder.pk), path=path)
        response = sender.create(10, **{"Upload-Metadata": pairs})
        assert response.status_code == 201, response.content
        assert sender.patch(response["Location"], 0, content(10)).status_code == 204
    assert names(folder) == ["年度"]
    assert names(Node.objects.get(parent=folder)) == ["一季度", "二季度"]


@pytest.mark.parametrize(
    "path", ["../../上级/a.bin", "a/../b/a.bin", "/".join(["深"] * 30) + "/a.bin", "a\x00/a.bin"]
)
def test_it_refuses_paths_that_lead_elsewhere(world: World, path: str) -> None:
    folder = world.folder(world.section())
    pairs = metadata(filename="a.bin", purpose=PURPOSE, target=str(folder.pk), path=path)
    assert tus(world, world.cast.clerk).create(10, **{"Upload-Metadata": pairs}).status_code == 400
    assert names(folder) == []


@pytest.mark.parametrize("name", ["../a.txt", "a\u202etxt.exe", "汉" * 300, "", "a/b"])
def test_it_refuses_hostile_names_before_a_byte_is_sent(world: World, name: str) -> None:
    folder = world.folder(world.section())
    response = tus(world, world.cast.clerk).create(10, name=name, target=str(folder.pk), purpose=PURPOSE)
    assert response.status_code == 400
    assert json.loads(response.content)["message"]


def test_it_takes_files_only_from_those_who_may_edit_there(world: World) -> None:
    own = world.personal(world.cast.clerk)
    world.share(own, Subject.person(world.cast.outsider), Level.VIEW)
    for account in (
        world.cast.head,
        world.cast.outsider,
        world.cast.system,
        world.cast.security,
        world.cast.audit,
    ):
        assert tus(world, account).create(10, target=str(own.pk), purpose=PURPOSE).status_code == 404
    assert (
        tus(world, world.cast.clerk).create(10, target=str(world.unit().pk), purpose=PURPOSE).status_code
        == 404
    )
    for target in ("", "x", "01999999-0000-7000-8000-000000000000"):
        assert tus(world, world.cast.clerk).create(10, target=target, purpose=PURPOSE).status_code == 404


def test_it_looks_at_the_rights_again_at_the_end(world: World) -> None:
    folder = world.folder(world.personal(world.cast.clerk))
    access = world.share(folder, Subject.person(world.cast.head), Level.EDIT)
    sender = tus(world, world.cast.head)
    location = sender.location(10, target=str(folder.pk), purpose=PURPOSE)
    access.delete()
    assert sender.patch(location, 0, content(10)).status_code == 404
    assert names(folder) == []


def test_it_refuses_clearly_when_the_folder_went_into_the_trash(world: World) -> None:
    folder = world.folder(world.section())
    sender = tus(world, world.cast.clerk)
    location = sender.location(10, target=str(folder.pk), purpose=PURPOSE)
    before = quota_get()
    nodes_trash(actor=world.actor(world.cast.clerk), nodes=[folder])
    assert sender.patch(location, 0, content(10)).status_code == 404
    after = quota_get()
    assert (after.used, after.reserved) == (before.used, before.reserved - 10)


def test_it_minds_the_limit_of_one_file(world: World) -> None:
    folder = world.folder(world.section())
    response = tus(world, world.cast.clerk).create(
        100 * 1024 * 1024 + 1, target=str(folder.pk), purpose=PURPOSE
    )
    assert response.status_code == 413


def test_it_minds_the_limits_of_bureau_and_person(world: World) -> None:
    own = world.personal(world.cast.clerk)
    sender = tus(world, world.cast.clerk)
    Cabinet.objects.filter(pk=own.pk).update(limit=50)
    assert sender.create(1000, target=str(own.pk), purpose=PURPOSE).status_code == 413
    Cabinet.objects.filter(pk=own.pk).update(limit=None)
    limit = quota_get().limit
    quota_set(limit=quota_get().used + quota_get().reserved + 500)
    assert sender.create(1000, target=str(own.pk), purpose=PURPOSE).status_code == 413
    quota_set(limit=limit)
    assert sender.create(1000, target=str(own.pk), purpose=PURPOSE).status_code == 201


def test_it_never_lets_two_uploads_pass_the_personal_limit_together(world: World) -> None:
    own = world.personal(world.cast.outsider)
    sender = tus(world, world.cast.outsider)
    Cabinet.objects.filter(pk=own.pk).update(limit=150)
    locations = [sender.location(100, name=f"{n}.bin", target=str(own.pk), purpose=PURPOSE) for n in range(2)]
    answers = [sender.patch(location, 0, content(100)).status_code for location in locations]
    assert answers == [204, 413]
    Cabinet.objects.filter(pk=own.pk).update(limit=None)


def test_it_loses_nothing_when_many_send_the_same_name_at_once(world: World) -> None:
    folder = world.folder(world.section())
    senders = [tus(world, account) for account in (world.cast.clerk, world.cast.outsider) for _ in range(3)]
    locations = [
        each.location(2000, name="齐.bin", target=str(folder.pk), purpose=PURPOSE) for each in senders
    ]
    answers: list[int] = []

    def send(sender: Tus, location: str) -> None:
        from django.db import connection

        answers.append(sender.patch(location, 0, content(2000, seed=location)).status_code)
        connection.close()

    threads = [threading.Thread(target=send, args=pair) for pair in zip(senders, locations, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [204] * 6
    file = Node.objects.get(parent=folder)
    assert sorted(Version.objects.filter(file=file).values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert len(set(Version.objects.filter(file=file).values_list("blob_id", flat=True))) == 6
    assert file.number == 6


def test_it_tells_which_names_are_there_before_anything_is_sent(world: World) -> None:
    folder = world.folder(world.section())
    world.file(folder, "在.txt")
    client = world.client(world.cast.clerk)
    answer = client.post(f"/library/{folder.pk}/names/", {"name": ["在.TXT", "不在.txt"]})
    assert answer.json() == {"present": ["在.txt"]}
    assert (
        world.client(world.cast.head).post(f"/library/{folder.pk}/names/", {"name": "a"}).status_code == 404
    )
