"""From the console to every workbench, and back when it is withdrawn."""

import datetime

import pytest
from django.utils import timezone

from asp.audit.models import Entry
from asp.outbox import addresses
from asp.outbox.services import message_send
from office.notices.models import HostNotice
from provisioning.models import Announcement
from tenants.context import bureau_context, host_context
from tests.asp.outbox.messages import settle
from tests.support.client import SiteClient
from tests.support.host import host_administrators
from tests.support.people import people

pytestmark = pytest.mark.usefixtures("quiet_relay")

TYPED = {"title": "周六夜间维护", "text": "周六 22:00 起停机两小时。\n请提前保存。", "audience": "all"}


@pytest.fixture
def console():
    return SiteClient("host").login_as(host_administrators()[0])


def publish(console, *bureaus, **changes):
    """Publish to these, and let it arrive; the address of its page."""
    typed = TYPED | {"audience": "some", "bureaus": [str(each.id) for each in bureaus]} | changes
    response = console.post("/announcements/new/", typed)
    assert response.status_code == 302, response.content.decode()[-2000:]
    settle(None)
    return response["Location"]


def notices(bureau):
    with bureau_context(bureau):
        return list(HostNotice.objects.shown().values_list("title", flat=True))


def test_it_stands_on_the_workbench_of_those_it_was_sent_to(console, make_bureau):
    a, b = make_bureau(), make_bureau()
    cast = people(a)
    page = publish(console, a, title_en="Night maintenance", text_en="Two hours from 22:00.")
    for person in (cast.clerk, cast.system, cast.audit):
        assert "Night maintenance" in SiteClient(a).login_as(person).get("/").content.decode()
    clerk = SiteClient(a).login_as(cast.clerk)
    assert "Two hours" in clerk.get(f"/notices/{page.split('/')[-2]}/").content.decode()
    assert notices(b) == []
    shown = console.get(page).content.decode()
    assert "1 of 1" in shown
    assert "Has arrived" in shown


def test_a_withdrawn_one_is_gone_everywhere(console, make_bureau):
    a = make_bureau()
    page = publish(console, a)
    assert notices(a) == [TYPED["title"]]
    assert console.post(f"{page}withdraw/").status_code == 302
    settle(None)
    assert notices(a) == []
    clerk = SiteClient(a).login_as(people(a).clerk)
    assert clerk.get(f"/notices/{page.split('/')[-2]}/").status_code == 404
    assert console.post(f"{page}withdraw/").status_code == 409
    with host_context():
        assert Entry.objects.filter(action="provisioning.announcement_withdrawn").exists()


def test_an_over_day_takes_it_off(console, make_bureau):
    a = make_bureau()
    publish(console, a, valid_until=(timezone.localdate() + datetime.timedelta(days=1)).isoformat())
    assert notices(a) == [TYPED["title"]]
    with bureau_context(a):
        HostNotice.objects.update(valid_until=timezone.localdate() - datetime.timedelta(days=1))
    assert notices(a) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"text": ""},
        {"title": "长" * 101},
        {"audience": "some", "bureaus": []},
        {"audience": "some", "bureaus": ["nonsense"]},
        {"valid_until": "2020-01-01"},
    ],
    ids=str,
)
def test_bad_input_is_said_and_nothing_is_told(console, fresh_bureau, wrong):
    with host_context():
        before = Announcement.objects.count()
    response = console.post("/announcements/new/", TYPED | wrong)
    assert response.status_code == 422
    with host_context():
        assert Announcement.objects.count() == before


def test_text_is_never_markup(console, make_bureau):
    a = make_bureau()
    page = publish(console, a, title="<script>alert(1)</script>", text="<img src=x onerror=alert(1)>")
    clerk = SiteClient(a).login_as(people(a).clerk)
    for found in (clerk.get("/"), clerk.get(f"/notices/{page.split('/')[-2]}/"), console.get(page)):
        assert b"<script>alert" not in found.content
        assert b"<img src=x" not in found.content


def test_a_bureau_cannot_announce_to_another(make_bureau):
    """Only what comes from the host is listened to."""
    a, b = make_bureau(), make_bureau()
    body = {"id": str(a.id), "title": "假公告", "text": "x", "published_at": timezone.now().isoformat()}
    with bureau_context(a):
        message_send(to=addresses.bureau(b.id), type="notices.host_announced.v1", body=body)
    settle(a)
    assert notices(b) == []
    with bureau_context(b):
        HostNotice.objects.create(id=a.id, title="真公告", text="x", published_at=timezone.now())
    with bureau_context(a):
        message_send(to=addresses.bureau(b.id), type="notices.host_withdrew.v1", body={"id": str(a.id)})
    settle(a)
    assert notices(b) == ["真公告"]


def test_only_the_hosts_system_administrator_announces(make_bureau):
    for other in host_administrators()[1:]:
        assert SiteClient("host").login_as(other).get("/announcements/new/").status_code == 403
    assert SiteClient("host").get("/announcements/").status_code == 302
