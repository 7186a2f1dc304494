"""Making folders and renaming, by pages with and without scripts."""

import pytest

from office.library.errors import NameChanged, NameTaken
from office.library.models import Node
from office.library.services import node_rename, nodes_trash
from tests.office.library.world import World, audited


def test_it_makes_a_folder_and_says_so(world: World) -> None:
    top = world.folder(world.section())
    page = world.client(world.cast.clerk).post(
        f"/library/{top.pk}/folders/", {"name": "  会议纪要 "}, follow=True
    )
    assert [node.name for node in page.context["page"]] == ["会议纪要"]
    assert "is there" in page.content.decode()
    entry = audited("library.folder_created")[-1]
    assert (entry.target_name, entry.actor_id) == ("会议纪要", world.cast.clerk.pk)


def test_it_answers_htmx_without_leaving_the_page(world: World) -> None:
    top = world.folder(world.section())
    client = world.client(world.cast.clerk)
    form = client.get(f"/library/{top.pk}/folders/", headers={"HX-Request": "true"})
    assert "<html" not in form.content.decode()
    assert "hx-post" in form.content.decode()
    done = client.post(f"/library/{top.pk}/folders/", {"name": "乙"}, headers={"HX-Request": "true"})
    assert done.status_code == 204
    assert "library-changed" in done["HX-Trigger"]
    again = client.post(f"/library/{top.pk}/folders/", {"name": "乙"}, headers={"HX-Request": "true"})
    assert again.status_code == 422
    assert "already there" in again.content.decode()


def test_it_renames(world: World) -> None:
    file = world.file(world.folder(world.section()), "旧.txt")
    response = world.client(world.cast.clerk).post(
        f"/library/{file.pk}/rename/", {"name": "新.txt", "was": "旧.txt"}
    )
    assert response.status_code == 302
    file.refresh_from_db()
    assert file.name == "新.txt"
    assert audited("library.node_renamed")[-1].params == {"old": "旧.txt"}


def test_it_notices_that_somebody_renamed_it_first(world: World) -> None:
    file = world.file(world.folder(world.section()), "原.txt")
    node_rename(actor=world.actor(world.cast.outsider), node=file, name="别人的.txt", was="原.txt")
    with pytest.raises(NameChanged):
        node_rename(actor=world.actor(world.cast.clerk), node=file, name="我的.txt", was="原.txt")
    response = world.client(world.cast.clerk).post(
        f"/library/{file.pk}/rename/", {"name": "我的.txt", "was": "原.txt"}
    )
    assert response.status_code == 422
    assert "别人的.txt" in response.content.decode()


def test_it_refuses_a_name_that_is_taken(world: World) -> None:
    folder = world.folder(world.section())
    file, _other = world.file(folder, "一.txt"), world.folder(folder, "二")
    with pytest.raises(NameTaken):
        node_rename(actor=world.actor(world.cast.clerk), node=file, name="二")


def test_it_does_not_mind_names_in_the_trash(world: World) -> None:
    folder = world.folder(world.section())
    gone = world.folder(folder, "占用")
    nodes_trash(actor=world.actor(world.cast.clerk), nodes=[gone])
    assert world.folder(folder, "占用").pk != gone.pk


def test_it_never_renames_a_cabinet(world: World) -> None:
    response = world.client(world.cast.clerk).post(f"/library/{world.section().pk}/rename/", {"name": "改名"})
    assert response.status_code == 400


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_it_takes_no_other_method(world: World, method: str) -> None:
    top = world.section()
    assert getattr(world.client(world.cast.clerk), method)(f"/library/{top.pk}/folders/").status_code == 405


def test_it_makes_folders_only_in_folders(world: World) -> None:
    file = world.file(world.folder(world.section()))
    assert (
        world.client(world.cast.clerk).post(f"/library/{file.pk}/folders/", {"name": "x"}).status_code == 404
    )
    assert not Node.objects.filter(parent=file).exists()
