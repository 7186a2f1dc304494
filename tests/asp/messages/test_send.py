"""From `message_send` to the mailbox."""

import uuid

import pytest
from django.utils import timezone

from asp.audit.actor import Actor
from asp.jobs import job_start
from asp.jobs.models import Job, JobState
from asp.jobs.runner import run_job
from asp.jobs.scheduler import Scheduler
from asp.messages import links, pauses, tasks
from asp.messages.models import Message, MessageState
from asp.messages.services import AddressError, message_send
from tenants.context import bureau_context, host_context
from tenants.models import Doorbell


def send(bureau, to="chen@example.org", **more):
    values = {"template": "tests.hello", "params": {"name": "陈若水"}, "language": "en"} | more
    with bureau_context(bureau):
        return message_send(to=to, **values)


def deliver(bureau):
    with bureau_context(bureau):
        job = job_start(actor=Actor.system("worker"), job=tasks.send_waiting)
        run_job(job.id)
        return Job.objects.get(id=job.id)


def row(bureau, message):
    with bureau_context(bureau):
        return Message.objects.get(id=message.id)


def make_due(bureau):
    with bureau_context(bureau):
        Message.objects.filter(state=MessageState.QUEUED).update(next_try=timezone.now())


@pytest.fixture
def link(monkeypatch):
    monkeypatch.setattr(links, "_resolver", lambda key: f"http://fgj.localhost/activate/{key}/?t=secret")
    return uuid.UUID(int=77)


def test_a_message_arrives(fresh_bureau, relay, link):
    message = send(fresh_bureau, link=link)
    assert deliver(fresh_bureau).state == JobState.DONE
    (mail,) = relay.taken
    assert mail["To"] == "chen@example.org"
    assert mail["Subject"] == "Hello 陈若水"
    assert "Test Bureau" in mail["From"]
    assert mail["Message-ID"].startswith(f"<{message.id}@")
    assert mail.get_content().strip().endswith("?t=secret")
    stored = row(fresh_bureau, message)
    assert (stored.state, stored.attempts) == (MessageState.SENT, 1)
    assert "secret" not in str(stored.__dict__)
    deliver(fresh_bureau)
    assert len(relay.taken) == 1


def test_it_speaks_the_readers_language(fresh_bureau, relay):
    send(fresh_bureau, language="zh-hans")
    deliver(fresh_bureau)
    assert relay.taken[0]["Subject"] == "您好，陈若水"
    assert "云溪县测试局" in relay.taken[0]["From"]


@pytest.mark.parametrize(
    "name",
    ["x\r\nBcc: evil@example.org", "x\nSubject: other", "x\u2028Bcc: y", "\u202egpj.exe", "a\x00b"],
)
def test_a_name_cannot_become_a_header(fresh_bureau, relay, name):
    send(fresh_bureau, params={"name": name})
    deliver(fresh_bureau)
    (mail,) = relay.taken
    assert mail["Bcc"] is None
    assert len(mail.get_all("Subject")) == 1
    assert mail["Subject"].startswith("Hello")
    assert "\u202e" not in mail["Subject"]


@pytest.mark.parametrize(
    "to", ["", "x", "a@b\nBcc: c@d", "a@b, c@d", "A <a@b>", "a@b;c@d", "@b", "a@", "x" * 250 + "@example.org"]
)
def test_a_wrong_address_is_refused_at_once(fresh_bureau, to):
    with pytest.raises(AddressError):
        send(fresh_bureau, to=to)


def test_a_template_that_does_not_exist_is_a_bug(fresh_bureau):
    with pytest.raises(ValueError, match="no message template"):
        send(fresh_bureau, template="tests.nothing")
    with pytest.raises(ValueError, match="not a message template"):
        send(fresh_bureau, template="../../etc")


def test_a_relay_that_is_down_is_tried_again(fresh_bureau, relay):
    relay.down()
    messages = [send(fresh_bureau) for _ in range(3)]
    job = deliver(fresh_bureau)
    assert job.result == {"sent": 0, "failed": 0, "later": 3}
    stored = row(fresh_bureau, messages[0])
    assert (stored.state, stored.attempts) == (MessageState.QUEUED, 1)
    assert stored.next_try > timezone.now()
    assert stored.error
    relay.up()
    deliver(fresh_bureau)
    assert relay.taken == []  # not due yet
    make_due(fresh_bureau)
    deliver(fresh_bureau)
    assert len(relay.taken) == 3
    assert {row(fresh_bureau, each).state for each in messages} == {MessageState.SENT}


def test_it_gives_up_after_many_tries(fresh_bureau, relay):
    relay.down()
    message = send(fresh_bureau)
    with bureau_context(fresh_bureau):
        Message.objects.filter(id=message.id).update(attempts=len(pauses.PAUSES))
    deliver(fresh_bureau)
    assert row(fresh_bureau, message).state == MessageState.FAILED


@pytest.mark.parametrize(
    ("answer", "state"), [("550 no such user", MessageState.FAILED), ("451 later", MessageState.QUEUED)]
)
def test_a_refusal_is_understood(fresh_bureau, relay, answer, state):
    relay.refuse = answer
    message = send(fresh_bureau)
    deliver(fresh_bureau)
    assert row(fresh_bureau, message).state == state
    assert "example.org" not in row(fresh_bureau, message).error


def test_a_dead_link_is_not_sent(fresh_bureau, relay, monkeypatch):
    def gone(_key):
        raise links.LinkGoneError

    monkeypatch.setattr(links, "_resolver", gone)
    message = send(fresh_bureau, link=uuid.UUID(int=1))
    deliver(fresh_bureau)
    assert row(fresh_bureau, message).state == MessageState.FAILED
    assert relay.taken == []


def test_a_broken_template_does_not_stop_the_others(fresh_bureau, relay):
    broken = send(fresh_bureau, template="tests.broken", params={"name": 3})
    send(fresh_bureau)
    deliver(fresh_bureau)
    assert row(fresh_bureau, broken).state == MessageState.FAILED
    assert len(relay.taken) == 1


def test_without_a_relay_the_row_says_so(fresh_bureau, set_asp):
    set_asp(smtp_url="")
    message = send(fresh_bureau)
    assert message.state == MessageState.SUPPRESSED
    with host_context():
        assert not Doorbell.objects.filter(ref=message.id).exists()


def test_the_scheduler_starts_one_sender_and_forgets_what_was_sent(fresh_bureau, relay):
    messages = [send(fresh_bureau) for _ in range(3)]
    scheduler = Scheduler()
    try:
        scheduler.round()
        scheduler.round()
        with bureau_context(fresh_bureau):
            (job,) = Job.objects.filter(name=tasks.send_waiting.name)
            run_job(job.id)
        assert len(relay.taken) == 3
        scheduler._waiting.clear()
        scheduler.round()
        with host_context():
            assert not Doorbell.objects.filter(ref__in=[each.id for each in messages]).exists()
    finally:
        scheduler.let_go()
