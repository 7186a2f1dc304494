"""Doing one's part: with outcome, opinion and form; twice, at once, and with what was not asked."""

import threading

from django.db import connection

from office.workflow.models import Event, WorkItem
from tenants.context import bureau_context
from tests.office.workflow.pages.world import AGREE, DISAGREE, Pages, said, step, text


def filled(world: Pages, **more):
    """A step at which the head fills in something."""
    fields = {"opinion": "required", "secret": "hidden"}
    made = step(
        "review", ("account", str(world.cast.head.pk)), outcomes=[AGREE, DISAGREE], fields=fields, **more
    )
    process = world.publish(made, fields=(text("reason"), text("opinion"), text("secret")))
    return world.waiting(process, values={"reason": "家事"})


def test_it_does_the_step_with_outcome_opinion_and_form(world: Pages) -> None:
    instance, item = filled(world)
    response = world.completes(item, opinion="好", **{"f.opinion": "同意办理"})
    assert (response.status_code, response["Location"]) == (302, "/workflow/")
    instance.refresh_from_db()
    item.refresh_from_db()
    assert instance.state == "completed"
    assert instance.values == {"reason": "家事", "opinion": "同意办理"}
    assert (item.state, item.outcome, item.opinion) == ("done", "agree", "好")


def test_it_says_what_is_missing_keeps_what_was_typed_and_changes_nothing(world: Pages) -> None:
    instance, item = filled(world)
    response = world.completes(item, opinion="打了一半", **{"f.opinion": ""})
    assert response.status_code == 422
    assert "打了一半" in response.content.decode()
    assert "to correct" in said(response)
    instance.refresh_from_db()
    assert (instance.state, instance.values) == ("running", {"reason": "家事"})


def test_it_refuses_hidden_read_only_and_unknown_fields(world: Pages) -> None:
    for extra in ("f.secret", "f.reason", "f.nothing", "f.opinion.x"):
        instance, item = filled(world)
        response = world.completes(item, **{"f.opinion": "可", extra: "改"})
        assert response.status_code == 422, extra
        instance.refresh_from_db()
        assert (instance.state, instance.values) == ("running", {"reason": "家事"}), extra


def test_it_wants_one_of_the_outcomes(world: Pages) -> None:
    for outcome in ("", "whatever"):
        instance, item = world.waiting()
        response = world.completes(item, outcome=outcome, opinion="留着")
        assert response.status_code == 422
        assert "Choose how you decide" in said(response)
        assert "留着" in response.content.decode()
        instance.refresh_from_db()
        assert instance.is_running


def test_a_second_time_is_told_and_changes_nothing(world: Pages) -> None:
    process = world.publish(
        step("a", ("account", str(world.cast.head.pk))), step("b", ("account", str(world.extra[0].pk)))
    )
    instance, item = world.waiting(process)
    assert world.completes(item, outcome="").status_code == 302
    response = world.completes(item, outcome="", opinion="又一次")
    assert response.status_code == 409
    assert "already done" in said(response)
    assert Event.objects.filter(instance=instance, kind="done").count() == 1


def test_the_same_click_twice_has_one_effect_and_one_answer(world: Pages) -> None:
    instance, item = world.waiting()
    client = world.client(world.cast.head)
    data = {"item": str(item.pk), "outcome": "agree"}
    answers = [
        client.post(f"/workflow/{instance.pk}/complete/", data, HTTP_IDEMPOTENCY_KEY="one-key-for-both")
        for _time in range(2)
    ]
    assert [each.status_code for each in answers] == [302, 302]
    assert Event.objects.filter(instance=instance, kind="done").count() == 1


def test_two_people_at_once_one_is_told(world: Pages) -> None:
    both = [("account", str(world.cast.head.pk)), ("account", str(world.extra[0].pk))]
    process = world.publish(step("either", *both, outcomes=[AGREE, DISAGREE]))
    instance = world.start(process)
    items = [world.open_item(instance, each) for each in (world.cast.head, world.extra[0])]
    clients = [world.client(world.cast.head), world.client(world.extra[0])]
    found: list[int] = []
    line = threading.Barrier(2)

    def send(number: int) -> None:
        try:
            with bureau_context(world.bureau):
                line.wait()
                data = {"item": str(items[number].pk), "outcome": "agree"}
                found.append(clients[number].post(f"/workflow/{instance.pk}/complete/", data).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(number,)) for number in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(found) == [302, 409]
    assert Event.objects.filter(instance=instance, kind="done").count() == 1


def test_a_form_that_somebody_else_saved_meanwhile_is_not_written_over(world: Pages) -> None:
    both = [("account", str(world.cast.head.pk)), ("account", str(world.extra[0].pk))]
    made = step("all", *both, sign={"rule": "all", "order": "parallel"}, fields={"opinion": "edit"})
    process = world.publish(made, fields=(text("reason"), text("opinion")))
    instance = world.start(process)
    items = {each.pk: world.open_item(instance, each) for each in (world.cast.head, world.extra[0])}
    shown = instance.revision
    first = world.completes(
        items[world.extra[0].pk], world.extra[0], save="1", revision=shown, **{"f.opinion": "先写的"}
    )
    assert first.status_code == 302
    second = world.completes(items[world.cast.head.pk], outcome="", revision=shown, **{"f.opinion": "后写的"})
    assert second.status_code == 409
    assert "has changed the form" in said(second)
    assert "后写的" in second.content.decode()
    instance.refresh_from_db()
    assert instance.values["opinion"] == "先写的"


def test_it_saves_for_later_what_is_not_complete(world: Pages) -> None:
    instance, item = filled(world)
    response = world.completes(item, save="1", **{"f.opinion": ""})
    assert response.status_code == 302
    response = world.completes(item, save="1", **{"f.opinion": "草稿"})
    assert response["Location"] == f"/workflow/{instance.pk}/?item={item.pk}"
    instance.refresh_from_db()
    item.refresh_from_db()
    assert (instance.values["opinion"], item.state) == ("草稿", "open")
    assert world.completes(item, save="1", **{"f.secret": "x"}).status_code == 422


def test_it_asks_for_people_where_the_next_step_needs_them(world: Pages) -> None:
    process = world.publish(
        step("a", ("account", str(world.cast.head.pk)), outcomes=[AGREE, DISAGREE]), step("b", "chosen")
    )
    instance, item = world.waiting(process)
    part = world.client(world.cast.head).post(f"/workflow/{instance.pk}/next/", {"item": str(item.pk)})
    assert '"name": "to.b"' in part.content.decode()
    refused = world.completes(item)
    assert refused.status_code == 422
    assert "Choose who does" in said(refused)
    assert '"name": "to.b"' in refused.content.decode()
    for wrong in (str(world.cast.system.pk), str(item.pk)):
        assert world.completes(item, **{"to.b": wrong}).status_code == 422
    assert world.completes(item, **{"to.b": "nonsense"}).status_code == 404
    assert world.completes(item, **{"to.b": str(world.extra[0].pk)}).status_code == 302
    assert world.holders(instance) == ["extra0"]


def test_somebody_elses_part_is_absent(world: Pages) -> None:
    instance, item = world.waiting()
    for account in (world.cast.clerk, world.overseer):
        assert world.completes(item, account).status_code == 404
    other, _their = world.waiting()
    data = {"item": str(item.pk), "outcome": "agree"}
    assert world.client(world.cast.head).post(f"/workflow/{other.pk}/complete/", data).status_code == 404
    for nonsense in ("", "x", str(other.pk)):
        response = world.client(world.cast.head).post(
            f"/workflow/{instance.pk}/complete/", {"item": nonsense}
        )
        assert response.status_code == 404
    assert WorkItem.objects.get(pk=item.pk).is_open


def test_it_says_what_follows_each_outcome(world: Pages) -> None:
    process = world.publish(
        step("a", ("account", str(world.cast.head.pk)), outcomes=[AGREE, DISAGREE]),
        step("b", ("account", str(world.extra[0].pk))),
    )
    instance, item = world.waiting(process)
    part = said(world.client(world.cast.head).post(f"/workflow/{instance.pk}/next/", {"item": str(item.pk)}))
    assert "人员0" in part
    assert "It is completed" in part
    assert (
        world.client(world.cast.clerk)
        .post(f"/workflow/{instance.pk}/next/", {"item": str(item.pk)})
        .status_code
        == 404
    )


def test_it_answers_conditions_of_the_step(world: Pages) -> None:
    made = step("a", ("account", str(world.cast.head.pk)), fields={"opinion": "edit", "why": "edit"})
    fields = (text("reason"), text("opinion"), text("why", when='opinion == "不同意"'))
    instance, item = world.waiting(world.publish(made, fields=fields))
    path = f"/workflow/{instance.pk}/ask/?item={item.pk}"
    assert world.client(world.cast.head).post(path, {"f.opinion": "不同意"}).json()["asked"] == {"why": True}
    assert world.client(world.cast.clerk).post(path, {"f.opinion": "不同意"}).status_code == 404


def test_nothing_is_done_while_it_stands_still(world: Pages) -> None:
    from office.workflow import services as workflow
    from tests.support.people import TESTER

    instance, item = world.waiting()
    workflow.suspend(actor=TESTER, instance=instance, reason="等")
    response = world.completes(item)
    assert response.status_code == 409
    assert "is not in progress" in said(response)
