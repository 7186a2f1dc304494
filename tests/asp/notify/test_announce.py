"""Who is told, once, in which words, and by mail when."""

import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from asp.accounts.models import AccountState
from asp.audit.actor import Actor
from asp.jobs.models import Job, JobState
from asp.jobs.runner import run_job
from asp.jobs.services import job_named, job_start
from asp.messages.models import Message
from asp.notify import kinds, services
from asp.notify.models import Notification, Wishes
from asp.notify.services import announce
from asp.notify.wishes import mail_moment
from tenants.context import bureau_context, current_site
from tests.support.bureaus import open_bureau
from tests.support.people import TESTER, people

SHARED = "library.shared"
PARAMS = {"person": "陈若水", "name": "年度总结", "level": 1}


@pytest.fixture(scope="module")
def cast():
    return people(open_bureau())


@pytest.fixture
def office(cast, monkeypatch):
    monkeypatch.setattr("asp.notify.services.relay_configured", lambda: True)
    with bureau_context(cast.bureau):
        Notification.objects.all().delete()
        Wishes.objects.all().delete()
        Message.objects.all().delete()
        for each in (cast.clerk, cast.head):
            each.email = f"{each.login}@example.gov.cn"
            each.save(update_fields=["email"])
        yield cast


def told(account):
    return list(Notification.objects.filter(account=account).order_by("id"))


def mail_now():
    job = job_start(actor=TESTER, job=job_named("notify.mail"))
    run_job(job.id)
    return list(Message.objects.filter(template="notify.news").order_by("address"))


def wish(account, **fields):
    values = {"choices": {}, "quiet_from": None, "quiet_until": None, "daily_at": datetime.time(8, 30)}
    return services.wishes_save(account=account, **(values | fields))


def test_those_concerned_are_told_but_not_who_did_it(office):
    to = [office.clerk.pk, office.head.pk]
    assert announce(kind=SHARED, to=to, params=PARAMS, actor=Actor.of_account(office.head)) == 1
    assert len(told(office.clerk)) == 1
    assert told(office.head) == []


def test_an_account_that_does_not_work_is_not_told(office):
    office.outsider.state = AccountState.DISABLED
    office.outsider.save(update_fields=["state"])
    assert announce(kind=SHARED, to=[office.outsider.pk], params=PARAMS) == 0


def test_nothing_is_told_if_it_did_not_happen(office):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        announce(kind=SHARED, to=[office.clerk.pk], params=PARAMS)
        raise ZeroDivisionError
    assert told(office.clerk) == []


def test_with_a_key_nobody_is_told_twice_before_reading(office):
    for _ in range(3):
        announce(kind=SHARED, to=[office.clerk.pk], params=PARAMS, key="one")
    assert len(told(office.clerk)) == 1
    services.read_all(account=office.clerk)
    announce(kind=SHARED, to=[office.clerk.pk], params=PARAMS, key="one")
    assert len(told(office.clerk)) == 2


def test_the_words_are_the_readers_and_a_missing_parameter_is_a_dash(office):
    announce(kind=SHARED, to=[office.clerk.pk], params={"name": "年度总结", "level": 2})
    (row,) = told(office.clerk)
    with translation.override("en"):
        assert kinds.sentence(row.kind, row.params) == "– shares “年度总结” with you (may edit)"
    with translation.override("zh-hans"):
        assert "年度总结" in kinds.sentence(row.kind, row.params)
        assert "shares" not in kinds.sentence(row.kind, row.params)
    assert kinds.sentence("gone.for_ever", {}) == "gone.for_ever"


@pytest.mark.parametrize("url", ["https://elsewhere.example/", "//elsewhere.example/", "library/"])
def test_it_leads_nowhere_else(office, url):
    with pytest.raises(ValueError, match="not a path"):
        announce(kind=SHARED, to=[office.clerk.pk], url=url)
    with pytest.raises(kinds.UnknownKindError):
        announce(kind="nobody.knows", to=[office.clerk.pk])


def test_one_mail_tells_of_all_that_is_due_and_unread(office):
    for account in (office.clerk, office.head):
        wish(account, choices={SHARED: {"mail": "now"}})
    for name in ("甲", "乙", "丙"):
        announce(kind=SHARED, to=[office.clerk.pk, office.head.pk], params=PARAMS | {"name": name}, url="/x/")
    services.read_all(account=office.head)
    (mail,) = mail_now()
    assert mail.address == office.clerk.email
    assert mail.params["count"] == 3
    assert ["甲" in line["text"] for line in mail.params["lines"]] == [True, False, False]
    assert mail.params["lines"][0]["url"].startswith(f"http://{office.bureau.slug}.")
    assert len(mail_now()) == 1, "a second round writes nothing more"


def test_it_is_written_at_once_only_if_wished(office):
    wish(office.clerk, choices={SHARED: {"listed": False, "mail": "no"}})
    wish(office.head, choices={SHARED: {"listed": False, "mail": "now"}})
    assert announce(kind=SHARED, to=[office.clerk.pk, office.head.pk], params=PARAMS) == 1
    assert told(office.clerk) == []
    (row,) = told(office.head)
    assert not row.listed
    assert Job.objects.filter(name="notify.mail", key="notify.mail").exists()
    assert [mail.address for mail in mail_now()] == [office.head.email]


def test_without_an_address_there_is_only_the_list(office):
    office.clerk.email = ""
    office.clerk.save(update_fields=["email"])
    wish(office.clerk, choices={SHARED: {"mail": "now"}})
    announce(kind=SHARED, to=[office.clerk.pk], params=PARAMS)
    assert [row.mail_at for row in told(office.clerk)] == [None]


@pytest.mark.parametrize(
    ("mail", "at", "expected"),
    [
        ("now", "12:00", "5 12:00"),
        ("now", "23:30", "6 07:00"),
        ("now", "06:59", "5 07:00"),
        ("now", "07:00", "5 07:00"),
        ("daily", "08:29", "5 08:30"),
        ("daily", "08:30", "6 08:30"),
        ("no", "12:00", None),
    ],
)
def test_quiet_hours_and_the_daily_mail_are_those_of_shanghai(mail, at, expected):
    shanghai = ZoneInfo("Asia/Shanghai")
    hour, minute = map(int, at.split(":"))
    now = datetime.datetime(2026, 3, 5, hour, minute, tzinfo=shanghai).astimezone(datetime.UTC)
    wishes = Wishes(quiet_from=datetime.time(22), quiet_until=datetime.time(7))
    moment = mail_moment(wishes, mail, now)
    assert (moment and moment.astimezone(shanghai).strftime("%-d %H:%M")) == expected


def test_the_starter_learns_how_a_task_ended(office):
    started = {"actor_kind": "staff", "actor_id": office.clerk.pk, "actor_name": "乙"}
    for state, seconds in ((JobState.FAILED, 1), (JobState.DONE, 1), (JobState.DONE, 60)):
        began = timezone.now() - datetime.timedelta(seconds=seconds)
        job = Job.objects.create(
            name="library.reindex", queue="default", max_attempts=1, state=state, **started
        )
        Job.objects.filter(pk=job.pk).update(created_at=began, finished_at=timezone.now())
        job.refresh_from_db()
        from asp.notify.jobs import job_ended

        job_ended(job)
    assert [row.kind for row in told(office.clerk)] == ["jobs.failed", "jobs.done"]
    with translation.override("en"):
        texts = [kinds.sentence(row.kind, row.params) for row in told(office.clerk)]
    assert texts == ["Failed: Update the search of a folder", "Done: Update the search of a folder"]


def test_what_is_old_is_forgotten(office):
    announce(kind=SHARED, to=[office.clerk.pk], params=PARAMS)
    announce(kind=SHARED, to=[office.clerk.pk], params=PARAMS)
    old = told(office.clerk)[0]
    Notification.objects.filter(pk=old.pk).update(created_at=timezone.now() - datetime.timedelta(days=181))
    run_job(job_start(actor=TESTER, job=job_named("notify.tidy")).id)
    assert old.pk not in [row.pk for row in told(office.clerk)]
    assert len(told(office.clerk)) == 1


def test_every_kind_has_a_site_and_words(office):
    assert {kind.code for kind in kinds.kinds_on(current_site())} >= {SHARED, "jobs.done", "jobs.failed"}
    for kind in kinds.kinds_on(current_site()):
        assert kind.sentence({})


def test_many_things_are_told_with_the_statements_of_one(office):
    words = [
        services.Word(
            kind=SHARED, to=[office.clerk.pk, office.head.pk], params=PARAMS | {"name": f"第{number}份"}
        )
        for number in range(30)
    ]
    with CaptureQueriesContext(connection) as one:
        assert services.announce_many(words[:1]) == 2
    Notification.objects.all().delete()
    with CaptureQueriesContext(connection) as many:
        assert services.announce_many(words, actor=Actor.of_account(office.head)) == 30
    assert len(many) <= len(one)
    assert [each.params["name"] for each in told(office.clerk)] == [f"第{number}份" for number in range(30)]
    assert told(office.head) == []


def test_many_things_are_told_all_or_not_at_all(office):
    good = services.Word(kind=SHARED, to=[office.clerk.pk], params=PARAMS)
    for wrong in (
        services.Word(kind="nobody.knows", to=[office.clerk.pk]),
        services.Word(kind=SHARED, to=[office.clerk.pk], url="https://elsewhere/"),
    ):
        with pytest.raises((kinds.UnknownKindError, ValueError)):
            services.announce_many([good, wrong])
    assert told(office.clerk) == []
    assert services.announce_many([]) == 0
