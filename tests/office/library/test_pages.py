"""The lists and details: they work, need sign-in and the permission, and belong to one bureau."""

import pytest

from asp.accounts.subjects import Subject
from office.library.models import Level
from tests.office.library.world import World, open_world
from tests.support.client import SiteClient


def paths(world: World) -> dict[str, str]:
    """One address of each kind that shows something of the clerk's."""
    folder = world.folder(world.section())
    file = world.file(folder, "地址测试.txt")
    return {
        "home": "/library/",
        "folder": f"/library/{folder.pk}/",
        "folder details": f"/library/{folder.pk}/?details=1",
        "file": f"/library/{file.pk}/",
        "pane": f"/library/{file.pk}/details/",
        "shared": "/library/shared/",
        "recent": "/library/recent/",
        "trash": "/library/trash/",
        "empty": "/library/trash/empty/",
        "new folder": f"/library/{folder.pk}/folders/",
        "rename": f"/library/{file.pk}/rename/",
        "move": f"/library/move/?node={file.pk}",
        "download": f"/library/{file.pk}/download/",
        "subjects": f"/library/{file.pk}/subjects/?q=a",
    }


def test_it_shows_each_page(world: World) -> None:
    client = world.client(world.cast.clerk)
    for name, path in paths(world).items():
        response = client.get(path)
        expected = 302 if name in ("home", "pane", "download") else 200
        assert response.status_code == expected, (name, response.content[:500])


def test_it_needs_sign_in(world: World) -> None:
    for path in paths(world).values():
        response = SiteClient(world.bureau).get(path)
        assert response.status_code == 302
        assert "/sign-in/" in response["Location"]


def test_it_refuses_the_three_administrators(world: World) -> None:
    for administrator in world.cast.administrators:
        client = world.client(administrator)
        for name, path in paths(world).items():
            assert client.get(path).status_code == 403, (administrator.login, name)


def test_it_answers_404_for_a_colleague_without_access(world: World) -> None:
    client = world.client(world.cast.head)
    found = paths(world)
    hidden = {name for name in found if name not in ("home", "shared", "recent", "trash", "empty")}
    for name in hidden:
        assert client.get(found[name]).status_code == 404, name


def test_it_answers_404_for_things_of_another_bureau(world: World, make_bureau) -> None:
    from tenants.context import bureau_context

    found = paths(world)
    other = make_bureau()
    with bureau_context(other):
        stranger = open_world(other).cast.clerk
    client = SiteClient(other).login_as(stranger)
    for name in ("folder", "file", "pane", "new folder", "rename", "move", "download", "subjects"):
        assert client.get(found[name]).status_code == 404, name


def test_it_does_not_exist_where_the_bureau_has_not_switched_it_on(make_bureau) -> None:
    from tenants.context import bureau_context

    bare = make_bureau(functions=())
    with bureau_context(bare):
        clerk = open_world(bare).cast.clerk
    assert SiteClient(bare).login_as(clerk).get("/library/").status_code == 404


def test_it_opens_with_the_own_cabinet(world: World) -> None:
    client = world.client(world.cast.clerk)
    page = client.get("/library/", follow=True)
    assert page.redirect_chain[0][0] == f"/library/{world.personal(world.cast.clerk).pk}/"
    assert "Personal cabinet" in page.content.decode()


@pytest.mark.parametrize("sort", ["name", "-name", "modified", "-modified", "size", "-size", "nonsense", ""])
def test_it_sorts_with_folders_first(world: World, sort: str) -> None:
    folder = world.folder(world.section())
    world.file(folder, "第10章.txt", data=b"1")
    world.file(folder, "第2章.txt", data=b"12")
    world.folder(folder, "子夹")
    page = world.client(world.cast.clerk).get(f"/library/{folder.pk}/?sort={sort}").context["page"]
    names = [node.name for node in page]
    assert names[0] == "子夹"
    by_size_or_name = (
        ["第10章.txt", "第2章.txt"] if sort in ("-name", "modified", "size") else ["第2章.txt", "第10章.txt"]
    )
    assert names[1:] == by_size_or_name


def test_it_shows_a_page_at_a_time(world: World) -> None:
    folder = world.folder(world.section())
    world.plain_files(folder, 250)
    client = world.client(world.cast.clerk)
    third = client.get(f"/library/{folder.pk}/?page=3").context["page"]
    assert [third.number, len(third.object_list), third.paginator.count] == [3, 50, 250]
    assert client.get(f"/library/{folder.pk}/?page=999").context["page"].number == 3
    assert client.get(f"/library/{folder.pk}/?page=x").context["page"].number == 1


def test_it_lists_what_was_shared_and_nothing_that_the_tree_has(world: World) -> None:
    folder = world.folder(world.personal(world.cast.clerk), "给主任的")
    inside = world.file(folder, "里面.txt")
    world.share(folder, Subject.person(world.cast.head), Level.EDIT)
    client = world.client(world.cast.head)
    listed = [node.pk for node in client.get("/library/shared/").context["page"]]
    assert folder.pk in listed
    assert inside.pk not in listed
    assert world.unit().pk not in listed


def test_it_shows_a_file_that_was_shared_alone(world: World) -> None:
    file = world.file(world.folder(world.personal(world.cast.clerk), "不公开的夹"), "单独.txt")
    world.share(file, Subject.person(world.cast.head))
    page = world.client(world.cast.head).get(f"/library/{file.pk}/")
    assert page.status_code == 200
    assert page.context["section"] == "shared"
    assert "不公开的夹" not in page.content.decode()


def test_it_offers_changes_only_to_those_who_may(world: World) -> None:
    library = world.unit()
    text = world.client(world.cast.clerk).get(f"/library/{library.pk}/?details=1").content.decode()
    assert "New folder" not in text
    assert 'id="library-upload"' not in text
    assert 'id="library-who"' not in text


def test_it_says_in_chinese_what_it_says_in_english(world: World) -> None:
    client = world.client(world.cast.clerk)
    text = client.get("/library/shared/", HTTP_ACCEPT_LANGUAGE="zh-CN").content.decode()
    assert "共享给我" in text
    assert "Shared with me" not in text


def test_it_escapes_names(world: World) -> None:
    folder = world.folder(world.section(), "a' onload=x & b")
    text = world.client(world.cast.clerk).get(f"/library/{folder.pk}/?details=1").content.decode()
    assert "a&#x27; onload=x &amp; b" in text
    assert "a' onload" not in text
