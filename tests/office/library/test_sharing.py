"""Sharing through the pane: who may, whom one finds, what is put on record."""

import pytest

from asp.accounts.subjects import DEPARTMENT_TREE, ROLE, Subject
from office.library.models import Access, Level
from tests.office.library.world import World, audited, error_of

HTMX = {"HX-Request": "true"}


def test_it_finds_people_departments_and_posts(world: World) -> None:
    file = world.file(world.personal(world.cast.clerk), "找人.txt")
    client = world.client(world.cast.clerk)
    for query, words in (("主任", "甲主任"), ("办公", "办公室"), ("主办", "主办")):
        assert words in client.get(f"/library/{file.pk}/subjects/?q={query}", headers=HTMX).content.decode()
    assert "Nobody of this name" in client.get(f"/library/{file.pk}/subjects/?q=查无此人").content.decode()


def test_it_finds_no_administrator(world: World) -> None:
    file = world.file(world.personal(world.cast.clerk), "管理员.txt")
    text = world.client(world.cast.clerk).get(f"/library/{file.pk}/subjects/?q=管理员").content.decode()
    assert "管理员system" not in text


def test_it_grants_changes_and_revokes_in_the_pane(world: World) -> None:
    folder = world.folder(world.personal(world.cast.clerk), "授权")
    client = world.client(world.cast.clerk)
    subject = Subject.person(world.cast.head)
    text = client.post(f"/library/{folder.pk}/access/", {"subject": subject.key, "level": 1}, headers=HTMX)
    assert "甲主任" in text.content.decode()
    row = Access.objects.get(node=folder)
    client.post(f"/library/{folder.pk}/access/{row.pk}/", {"level": 2}, headers=HTMX)
    assert world.sees(world.cast.head, folder, Level.EDIT)
    client.post(f"/library/{folder.pk}/access/{row.pk}/revoke/", headers=HTMX)
    assert not world.sees(world.cast.head, folder)
    names = [entry.action for entry in audited("library.access_granted_view") if entry.target_id == folder.pk]
    names += [
        entry.action for entry in audited("library.access_changed_edit") if entry.target_id == folder.pk
    ]
    assert names == ["library.access_granted_view", "library.access_changed_edit"]
    assert audited("library.access_revoked")[-1].params["subject"] == "甲主任"


def test_it_needs_the_right_to_manage(world: World) -> None:
    folder = world.folder(world.personal(world.cast.clerk))
    world.share(folder, Subject.person(world.cast.head), Level.EDIT)
    client = world.client(world.cast.head)
    data = {"subject": Subject.person(world.cast.outsider).key, "level": 1}
    assert client.post(f"/library/{folder.pk}/access/", data).status_code == 404
    assert client.get(f"/library/{folder.pk}/subjects/?q=a").status_code == 404
    row = Access.objects.get(node=folder)
    assert client.post(f"/library/{folder.pk}/access/{row.pk}/revoke/").status_code == 404
    assert not world.sees(world.cast.outsider, folder)


def test_it_takes_grants_of_its_own_node_only(world: World) -> None:
    mine, theirs = (
        world.folder(world.personal(world.cast.clerk)),
        world.folder(world.personal(world.cast.head), by=world.cast.head),
    )
    row = world.share(theirs, Subject.person(world.cast.outsider))
    client = world.client(world.cast.clerk)
    assert client.post(f"/library/{mine.pk}/access/{row.pk}/revoke/").status_code == 404
    assert Access.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize(
    "subject", ["", "x", "person:1", "person:01999999-0000-7000-8000-000000000000", "nobody:0"]
)
def test_it_answers_a_senseless_subject_clearly(world: World, subject: str) -> None:
    folder = world.folder(world.personal(world.cast.clerk))
    response = world.client(world.cast.clerk).post(
        f"/library/{folder.pk}/access/", {"subject": subject, "level": 1}
    )
    assert (response.status_code, error_of(response)) == (400, "library.nobody_to_share_with")
    assert not Access.objects.filter(node=folder).exists()


def test_it_does_not_share_with_roles(world: World) -> None:
    from asp.accounts.models import Role

    folder = world.folder(world.personal(world.cast.clerk))
    key = Subject(ROLE, Role.objects.values_list("pk", flat=True)[0]).key
    assert (
        world.client(world.cast.clerk)
        .post(f"/library/{folder.pk}/access/", {"subject": key, "level": 1})
        .status_code
        == 400
    )


def test_it_shows_where_access_comes_from(world: World) -> None:
    top = world.folder(world.personal(world.cast.clerk), "上层授权")
    file = world.file(top, "继承.txt")
    world.share(top, Subject(DEPARTMENT_TREE, world.cast.office.pk))
    text = world.client(world.cast.clerk).get(f"/library/{file.pk}/").content.decode()
    assert "through 上层授权" in text


def test_it_leads_away_whoever_takes_their_own_access(world: World) -> None:
    folder = world.folder(world.personal(world.cast.head), by=world.cast.head)
    row = world.share(folder, Subject.person(world.cast.clerk), Level.MANAGE)
    response = world.client(world.cast.clerk).post(
        f"/library/{folder.pk}/access/{row.pk}/revoke/", headers=HTMX
    )
    assert response["HX-Redirect"] == "/library/"
    assert world.client(world.cast.clerk).get(f"/library/{folder.pk}/").status_code == 404
