"""Names: hostile ones are refused in words, equal ones meet, long ones are cut where numbers are added."""

import pytest

from asp.blobs.errors import FileNameRefused, SecretMarkRefused
from office.library import naming
from office.library.models import Node
from office.library.services import folder_create, node_rename
from tests.office.library.world import World

HOSTILE = [
    "../上级",
    "a/b",
    "a\\b",
    "..",
    ".",
    "  ",
    "",
    "a\x00b",
    "a\nb",
    "报告\u202etxt.exe",
    "a\u200bb",
    "汉" * 300,
    "CON",
    "a.",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_it_refuses_hostile_names_for_folders_and_changes_nothing(world: World, name: str) -> None:
    top = world.folder(world.section())
    client = world.client(world.cast.clerk)
    response = client.post(f"/library/{top.pk}/folders/", {"name": name})
    assert response.status_code == 422
    assert "tb-field-error" in response.content.decode()
    assert not Node.objects.filter(parent=top).exists()
    with pytest.raises(FileNameRefused):
        folder_create(actor=world.actor(world.cast.clerk), parent=top, name=name)


@pytest.mark.parametrize("name", HOSTILE)
def test_it_refuses_them_when_renaming(world: World, name: str) -> None:
    file = world.file(world.folder(world.section()), "原名.txt")
    response = world.client(world.cast.clerk).post(
        f"/library/{file.pk}/rename/", {"name": name, "was": "原名.txt"}
    )
    assert response.status_code == 422
    file.refresh_from_db()
    assert file.name == "原名.txt"


def test_it_refuses_a_secrecy_mark(world: World) -> None:
    top = world.folder(world.section())
    with pytest.raises(SecretMarkRefused):
        folder_create(actor=world.actor(world.cast.clerk), parent=top, name="机密★一年")
    assert (
        world.client(world.cast.clerk).post(f"/library/{top.pk}/folders/", {"name": "秘密★"}).status_code
        == 422
    )


def test_it_takes_the_same_letters_for_the_same_name(world: World) -> None:
    top = world.folder(world.section())
    world.folder(top, "Résumé")
    response = world.client(world.cast.clerk).post(
        f"/library/{top.pk}/folders/", {"name": "RE\u0301SUME\u0301"}
    )
    assert response.status_code == 422
    assert "already there" in response.content.decode()
    assert Node.objects.filter(parent=top).count() == 1


def test_it_lets_a_name_change_its_case(world: World) -> None:
    file = world.file(world.folder(world.section()), "report.txt")
    assert node_rename(actor=world.actor(world.cast.clerk), node=file, name="Report.TXT").name == "Report.TXT"


def test_it_keeps_what_was_typed(world: World) -> None:
    top = world.folder(world.section())
    text = (
        world.client(world.cast.clerk).post(f"/library/{top.pk}/folders/", {"name": "甲/乙"}).content.decode()
    )
    assert "甲/乙" in text


@pytest.mark.parametrize(
    ("name", "taken", "free"),
    [
        ("a.txt", [], "a.txt"),
        ("a.txt", ["A.TXT"], "a (2).txt"),
        ("a.txt", ["a.txt", "a (2).txt"], "a (3).txt"),
        ("a (2).txt", ["a (2).txt"], "a (3).txt"),
        (".profile", [".profile"], ".profile (2)"),
        ("年度", ["年度"], "年度 (2)"),
    ],
)
def test_it_finds_a_free_name(name: str, taken: list[str], free: str) -> None:
    keys = {naming.key_of(each) for each in taken}
    if name == "a (2).txt":
        keys.add(naming.key_of("a.txt"))
    assert naming.free_name(name, keys) == free


def test_it_cuts_a_long_name_where_a_number_is_added() -> None:
    name = "汉" * 83 + ".txt"
    free = naming.free_name(name, {naming.key_of(name)})
    assert free.endswith(" (2).txt")
    assert len(free.encode()) <= 255
    assert naming.clean(free) == free


def test_it_sorts_numbers_by_value_and_chinese_by_sound() -> None:
    names = ["第10章", "第2章", "北京", "安徽", "zebra", "Apple"]
    assert sorted(names, key=naming.sort_key_of) == ["安徽", "Apple", "北京", "第2章", "第10章", "zebra"]
