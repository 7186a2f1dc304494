"""The catalogue, and starting something from it."""

import secrets

import pytest

from asp.accounts.subjects import DEPARTMENT, Subject
from office.workflow.models import Instance, Process, ProcessVersion
from tests.office.workflow.pages.world import AGREE, DISAGREE, Pages, said, step, text
from tests.office.workflow.running.world import form
from tests.support.client import SiteClient


def named(world: Pages, name: str = "", **more) -> Process:
    process = world.approval()
    process.name = name or f"请假{secrets.token_hex(3)}"
    for key, value in more.items():
        setattr(process, key, value)
    process.save()
    return process


def sent(world: Pages, process: Process, **fields):
    data = {"version": str(process.current_id), "f.reason": "家事", **fields}
    return world.client(world.cast.clerk).post(f"/workflow/start/{process.pk}/", data)


def test_it_shows_the_catalogue_by_category_and_finds_words(world: Pages) -> None:
    leave, car = (
        named(world, category="人事"),
        named(world, f"用车{secrets.token_hex(3)}", name_en="Use of a car"),
    )
    client = world.client(world.cast.clerk)
    page = said(client.get("/workflow/start/"))
    assert leave.name in page
    assert "人事" in page
    assert "Use of a car" in page
    found = said(client.get("/workflow/start/?q=car"))
    assert "Use of a car" in found
    assert leave.name not in found
    assert leave.name in said(client.get(f"/workflow/start/?q={leave.name[:4]}"))
    assert "Nothing is called so" in said(client.get("/workflow/start/?q=zzzzz"))
    del car


def test_it_puts_what_i_started_last_on_top(world: Pages) -> None:
    process = named(world)
    world.start(process)
    page = said(world.client(world.cast.clerk).get("/workflow/start/"))
    assert page.index("Started lately") < page.index(process.name)


@pytest.mark.parametrize("what", ["stopped", "unpublished", "of a function", "for others"])
def test_it_hides_what_i_may_not_start(world: Pages, what: str) -> None:
    from django.utils import timezone

    process = named(world)
    if what == "stopped":
        process.stopped_at = timezone.now()
    elif what == "unpublished":
        process.current = None
    elif what == "of a function":
        process.function = "library"
    else:
        process.audience = [Subject(DEPARTMENT, world.cast.office.pk).key]
    process.save()
    client = world.client(world.cast.clerk)
    assert process.name not in said(client.get("/workflow/start/"))
    assert client.get(f"/workflow/start/{process.pk}/").status_code == 404
    for part in ("", "ask/", "next/"):
        assert client.post(f"/workflow/start/{process.pk}/{part}", {"f.reason": "x"}).status_code == 404
    assert not Instance.objects.filter(process=process).exists()
    if what == "for others":
        assert process.name in said(world.client(world.cast.head).get("/workflow/start/"))


def test_it_starts_and_leads_to_the_page_of_what_began(world: Pages) -> None:
    process = named(world)
    page = said(world.client(world.cast.clerk).get(f"/workflow/start/{process.pk}/"))
    assert "What comes next" in page
    assert "甲主任" in page
    response = sent(world, process, title="我的请假")
    instance = Instance.objects.get(process=process)
    assert response.status_code == 302
    assert response["Location"] == f"/workflow/{instance.pk}/"
    assert (instance.title, instance.values, instance.starter_id) == (
        "我的请假",
        {"reason": "家事"},
        world.cast.clerk.pk,
    )
    assert world.holders(instance) == ["head"]


def test_it_needs_sign_in_and_the_permission(world: Pages) -> None:
    process = named(world)
    for path in ("/workflow/start/", f"/workflow/start/{process.pk}/"):
        assert "/sign-in/" in SiteClient(world.bureau).get(path)["Location"]
        for administrator in world.cast.administrators:
            assert world.client(administrator).get(path).status_code == 403


def test_it_does_not_exist_for_another_bureau(world: Pages, make_bureau) -> None:
    process = named(world)
    client = world.elsewhere(make_bureau)
    assert client.get(f"/workflow/start/{process.pk}/").status_code == 404
    assert (
        client.post(f"/workflow/start/{process.pk}/", {"version": str(process.current_id)}).status_code == 404
    )


def test_it_says_what_is_missing_and_starts_nothing(world: Pages) -> None:
    process = world.publish(
        step("a", ("account", str(world.cast.head.pk))), fields=(text("reason", required=True),)
    )
    response = sent(world, process, **{"f.reason": ""})
    assert response.status_code == 422
    assert "to correct" in said(response)
    assert not Instance.objects.filter(process=process).exists()


@pytest.mark.parametrize("extra", [{"f.opinion": "自己批"}, {"f.nothing": "x"}, {"f.reason.0.x": "x"}])
def test_it_refuses_hidden_and_unknown_fields(world: Pages, extra: dict[str, str]) -> None:
    fields = (text("reason"), text("opinion"))
    reviewed = step("a", ("account", str(world.cast.head.pk)), fields={"opinion": "edit"})
    process = world.publish(reviewed, fields=fields)
    response = sent(world, process, **extra)
    assert response.status_code == 422
    assert "not asked of you" in said(response)
    assert not Instance.objects.filter(process=process).exists()


def test_it_asks_for_people_where_they_are_chosen(world: Pages) -> None:
    process = world.publish(step("handle", "chosen"))
    client = world.client(world.cast.clerk)
    page = client.get(f"/workflow/start/{process.pk}/").content.decode()
    assert '"name": "to.handle"' in page
    refused = sent(world, process)
    assert refused.status_code == 422
    assert "Choose who does" in said(refused)
    assert not Instance.objects.filter(process=process).exists()
    response = sent(world, process, **{"to.handle": [str(world.extra[0].pk), str(world.extra[1].pk)]})
    assert response.status_code == 302
    instance = Instance.objects.get(process=process)
    assert world.holders(instance) == ["extra0", "extra1"]


def test_it_keeps_who_was_chosen_when_something_else_is_wrong(world: Pages) -> None:
    process = world.publish(step("handle", "chosen"), fields=(text("reason", required=True),))
    response = sent(world, process, **{"f.reason": "", "to.handle": str(world.extra[0].pk)})
    assert response.status_code == 422
    assert "人员0" in said(response)


def test_it_carries_over_what_was_typed_for_an_older_version(world: Pages) -> None:
    process = named(world)
    old = process.current_id
    steps = step("review", ("account", str(world.cast.head.pk)), outcomes=[AGREE, DISAGREE])
    world.publish(steps, fields=(text("reason"), text("place")), process=process)
    response = sent(world, process, version=str(old))
    assert response.status_code == 409
    page = response.content.decode()
    assert "家事" in page
    assert "f.place" in page
    assert "new version" in said(response)
    assert not Instance.objects.filter(process=process).exists()


def test_it_answers_conditions_while_somebody_types(world: Pages) -> None:
    process = world.publish(
        step("a", ("account", str(world.cast.head.pk))),
        fields=(text("reason"), text("more", when='reason == "出差"')),
    )
    client = world.client(world.cast.clerk)
    path = f"/workflow/start/{process.pk}/ask/"
    assert client.post(path, {"f.reason": "出差"}).json()["asked"] == {"more": True}
    assert client.post(path, {"f.reason": "家事"}).json()["asked"] == {"more": False}


def test_it_says_who_comes_next_for_what_is_typed(world: Pages) -> None:
    process = named(world)
    part = world.client(world.cast.clerk).post(f"/workflow/start/{process.pk}/next/", {"f.reason": "x"})
    assert part.status_code == 200
    assert "环节review" in said(part)
    assert "甲主任" in said(part)
    assert not Instance.objects.filter(process=process).exists()


def test_a_double_click_starts_one(world: Pages) -> None:
    process = named(world)
    client = world.client(world.cast.clerk)
    data = {"version": str(process.current_id), "f.reason": "家事"}
    for _time in range(2):
        client.post(f"/workflow/start/{process.pk}/", data, HTTP_IDEMPOTENCY_KEY="the-same-key-twice")
    assert Instance.objects.filter(process=process).count() == 1


def test_a_version_whose_form_is_gone_is_no_page_of_errors(world: Pages) -> None:
    process = named(world)
    ProcessVersion.objects.filter(pk=process.current_id).update(form={**form(), "format": 9})
    response = world.client(world.cast.clerk).get(f"/workflow/start/{process.pk}/")
    assert response.status_code in (200, 422)
