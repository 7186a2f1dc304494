"""The bell, the list and the settings, as people use them."""

import pytest

from asp.notify.models import Notification, Wishes
from asp.notify.services import announce
from tenants.context import bureau_context
from tests.support.bureaus import open_bureau
from tests.support.client import SiteClient
from tests.support.people import people

SHARED = "library.shared"


@pytest.fixture(scope="module")
def cast():
    return people(open_bureau())


@pytest.fixture(scope="module")
def others():
    return people(open_bureau())


@pytest.fixture
def clerk(cast):
    with bureau_context(cast.bureau):
        Notification.objects.all().delete()
        Wishes.objects.all().delete()
    return SiteClient(cast.bureau).login_as(cast.clerk)


def tell(cast, *names, to="clerk"):
    with bureau_context(cast.bureau):
        for name in names:
            announce(
                kind=SHARED,
                to=[getattr(cast, to).pk],
                params={"person": "甲", "name": name, "level": 1},
                url="/library/",
            )
        return list(Notification.objects.filter(account=getattr(cast, to)).order_by("id"))


def test_the_bell_counts_and_what_is_opened_is_read(cast, clerk):
    assert "tb-pip" not in clerk.get("/").text
    first, _second = tell(cast, "<年度>", "季度")
    assert "2 unread notifications" in clerk.get("/").text
    page = clerk.get("/notifications/").text
    assert "&lt;年度&gt;" in page
    answer = clerk.get(f"/notifications/{first.pk}/")
    assert (answer.status_code, answer.url) == (302, "/library/")
    assert "1 unread notification" in clerk.get("/notifications/bell/").text
    assert "年度" not in clerk.get("/notifications/?unread=1").text


def test_what_came_while_looking_stays_unread(cast, clerk):
    seen = tell(cast, "a", "b")[-1]
    tell(cast, "c")
    clerk.post("/notifications/read/", {"until": str(seen.pk)})
    assert "1 unread notification" in clerk.get("/notifications/bell/").text
    clerk.post("/notifications/read/", {"until": "rubbish"})
    assert "tb-pip" not in clerk.get("/notifications/bell/").text


def test_nobody_reads_somebody_elses(cast, clerk, others):
    (theirs,) = tell(cast, "geheim", to="head")
    (abroad,) = tell(others, "geheim")[-1:]
    for row in (theirs, abroad):
        assert clerk.get(f"/notifications/{row.pk}/").status_code == 404
    assert "geheim" not in clerk.get("/notifications/").text
    with bureau_context(cast.bureau):
        assert Notification.objects.get(pk=theirs.pk).read_at is None


def test_wishes_are_kept_and_hold(cast, clerk):
    page = clerk.get("/notifications/settings/").text
    assert "Something is shared with me" in page
    values = {f"mail.{code}": "no" for code in codes(cast)} | {"daily_at": "09:15"}
    answer = clerk.post("/notifications/settings/", values)
    assert answer.status_code == 302
    with bureau_context(cast.bureau):
        wishes = Wishes.objects.get(account=cast.clerk)
        assert wishes.choices[SHARED] == {"listed": False, "mail": "no"}
    assert tell(cast, "x") == []
    values |= {f"listed.{SHARED}": "on", "quiet_from": "22:00", "quiet_until": "07:00"}
    clerk.post("/notifications/settings/", values)
    assert len(tell(cast, "x")) == 1
    assert 'value="22:00"' in clerk.get("/notifications/settings/").text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"quiet_from": "22:00"}, "Give both times"),
        ({"quiet_until": "25:00"}, "Enter a valid time"),
        ({"daily_at": ""}, "required"),
        ({f"mail.{SHARED}": "always"}, "valid choice"),
    ],
)
def test_a_wrong_wish_is_named_and_nothing_is_lost(cast, clerk, wrong, said):
    values = {f"mail.{code}": "no" for code in codes(cast)} | {"daily_at": "09:15"}
    answer = clerk.post("/notifications/settings/", values | wrong)
    assert answer.status_code == 422
    with bureau_context(cast.bureau):
        assert not Wishes.objects.filter(account=cast.clerk).exists()
    if "quiet_from" in wrong:
        assert 'value="22:00"' in answer.text
        assert said in answer.text


def codes(cast):
    from asp.notify import kinds
    from tenants.context import current_site

    with bureau_context(cast.bureau):
        return [kind.code for kind in kinds.kinds_on(current_site())]
