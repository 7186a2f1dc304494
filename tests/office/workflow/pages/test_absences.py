"""Setting, seeing and ending an absence."""

import datetime

from asp.ui.moments import SHANGHAI, today
from office.workflow.models import Absence
from tests.office.workflow.pages.world import Pages, said
from tests.support.client import SiteClient

PATH = "/workflow/absences/"


def days(first: int, last: int) -> dict[str, str]:
    return {
        "begins": (today() + datetime.timedelta(days=first)).isoformat(),
        "ends": (today() + datetime.timedelta(days=last)).isoformat(),
    }


def test_it_sets_shows_and_ends_one(world: Pages) -> None:
    person, deputy = world.extra[0], world.extra[1]
    assert "You are not away" in said(world.client(person).get(PATH))
    response = world.asks(person, PATH, to=str(deputy.pk), note="休假", **days(0, 2))
    assert response.status_code == 302
    found = Absence.objects.get(account=person)
    assert found.deputy_id == deputy.pk
    last = datetime.datetime.combine(today() + datetime.timedelta(days=3), datetime.time(), SHANGHAI)
    assert found.ends == last
    mine, theirs = said(world.client(person).get(PATH)), said(world.client(deputy).get(PATH))
    assert "人员1" in mine
    assert "away now" in mine
    assert "人员0" in theirs
    assert "I stand in for" in theirs
    # What comes goes to the deputy; the page of who oversees shows everybody.
    assert "休假" in said(world.client(world.overseer).get(PATH))
    end = f"/workflow/absences/{found.pk}/end/"
    assert world.asks(deputy, end).status_code == 404
    assert world.asks(person, end).status_code == 302
    found.refresh_from_db()
    assert found.ended_at is not None


def test_it_says_what_is_wrong_and_keeps_what_was_chosen(world: Pages) -> None:
    person, deputy = world.cast.clerk, world.extra[2]
    world.approval()
    wrong = [
        ({"to": "", **days(0, 1)}, "Choose a colleague"),
        ({"to": str(person.pk), **days(0, 1)}, "Choose a colleague who stands in"),
        ({"to": str(world.cast.system.pk), **days(0, 1)}, "does not work here"),
        ({"to": "x", **days(0, 1)}, "does not work here"),
        ({"to": str(deputy.pk), **days(3, 1)}, "before the first"),
        ({"to": str(deputy.pk), **days(-5, -3)}, "is over"),
        ({"to": str(deputy.pk), "begins": "gestern", "ends": ""}, ""),
        ({"to": str(deputy.pk), **days(0, 1), "processes": ["x"]}, ""),
    ]
    for data, words in wrong:
        response = world.asks(person, PATH, note="留着", **data)
        assert response.status_code == 422, data
        assert words in said(response)
        assert "留着" in response.content.decode()
    assert not Absence.objects.filter(account=person).exists()


def test_two_at_the_same_time_are_refused(world: Pages) -> None:
    person = world.cast.outsider
    assert world.asks(person, PATH, to=str(world.extra[2].pk), **days(10, 12)).status_code == 302
    response = world.asks(person, PATH, to=str(world.extra[1].pk), **days(11, 14))
    assert response.status_code == 422
    assert "in this time already" in said(response)
    assert Absence.objects.filter(account=person).count() == 1


def test_it_is_for_some_processes_only_if_wished(world: Pages) -> None:
    process = world.approval()
    response = world.asks(
        world.cast.head, PATH, to=str(world.extra[2].pk), processes=[str(process.pk)], **days(20, 21)
    )
    assert response.status_code == 302
    assert Absence.objects.get(account=world.cast.head).processes == [str(process.pk)]
    assert process.name in said(world.client(world.cast.head).get(PATH))


def test_it_needs_sign_in_the_permission_and_its_own_bureau(world: Pages, make_bureau) -> None:
    assert "/sign-in/" in SiteClient(world.bureau).get(PATH)["Location"]
    for administrator in world.cast.administrators:
        assert world.client(administrator).get(PATH).status_code == 403
    found = Absence.objects.first()
    if found is None:
        world.asks(world.extra[2], PATH, to=str(world.extra[1].pk), **days(30, 31))
        found = Absence.objects.get(account=world.extra[2])
    response = world.elsewhere(make_bureau).post(f"/workflow/absences/{found.pk}/end/")
    assert response.status_code == 404
