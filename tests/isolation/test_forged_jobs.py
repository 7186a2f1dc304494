"""Messages that somebody else has put into the queue, before a real worker process.

Whatever they say: nothing runs in the wrong bureau, nothing runs twice, and the worker goes on with genuine work.
"""

import json
import secrets
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.conf import settings

from asp.jobs import broker, sites
from asp.jobs.models import Job, JobState
from tenants.context import bureau_context, host_context
from tenants.keys import uuid7
from tenants.models import Doorbell
from tests.asp.jobs import flags, work
from tests.support.bureaus import open_bureau

# What `pickle` writes for `str("x")`: harmless if it runs.
PICKLED = b"cbuiltins\nstr\n(Vx\ntR."
QUEUE = "default"


@pytest.fixture(scope="module")
def worker() -> Iterator[Any]:
    """One worker for all of these tests: a message that stops it would be seen by the ones that follow."""
    from tests.asp.jobs.waiting import Workers

    with host_context():
        Doorbell.objects.filter(kind="job").delete()
    broker.flush()
    found = Workers()
    process = found.start()
    yield process
    found.kill(process)
    broker.flush()


@pytest.fixture(scope="module")
def two():
    return open_bureau(), open_bureau()


def until(condition):
    from tests.asp.jobs.waiting import until as wait

    wait(condition, seconds=60)


def client() -> redis.Redis:
    return redis.Redis.from_url(settings.ASP.redis_url)


def put(what: bytes | dict[str, Any]) -> None:
    """Put a message into the queue as dramatiq does, without asking ours."""
    number = str(uuid7())
    if isinstance(what, dict):
        if what["options"] == {}:
            what = {**what, "options": {"redis_message_id": number}}
        what = json.dumps(what).encode()
    client().hset(f"dramatiq:{QUEUE}.msgs", number, what)
    client().rpush(f"dramatiq:{QUEUE}", number)


def message(args: list[Any], **changes: Any) -> dict[str, Any]:
    """A message of dramatiq's own shape."""
    said = {
        "queue_name": QUEUE,
        "actor_name": broker.ACTOR,
        "args": args,
        "kwargs": {},
        "options": {},
        "message_id": str(uuid7()),
        "message_timestamp": 1_700_000_000_000,
    }
    return said | changes


def genuine(bureau, job) -> list[str]:
    key = sites.bureau_key(bureau.id)
    return [str(job.id), key, broker.sign(job.id, site_key=key, queue=QUEUE)]


def asked(bureau, spec, **params) -> Job:
    """A job that is written down and not sent: what the attacker knows of."""
    with bureau_context(bureau):
        return Job.objects.create(
            name=spec.name, queue=QUEUE, params=params, actor_kind="staff", max_attempts=spec.attempts
        )


def row(bureau, job) -> Job:
    with bureau_context(bureau):
        return Job.objects.get(pk=job.pk)


def assert_goes_on(bureau) -> None:
    """The control: genuine work that comes afterwards is done."""
    job = asked(bureau, work.add, a=20, b=22)
    put(message(genuine(bureau, job)))
    until(lambda: row(bureau, job).state == JobState.DONE)
    assert row(bureau, job).result == {"sum": 42, "key": f"b:{bureau.id}:x", "by": ""}


FORGED = {
    "another bureau": lambda a, b, args: message([args[0], sites.bureau_key(b.id), args[2]]),
    "the host": lambda a, b, args: message([args[0], "host", args[2]]),
    "a bureau that does not exist": lambda a, b, args: message([args[0], f"b:{uuid7()}", args[2]]),
    "a schema's name": lambda a, b, args: message([args[0], f"b:{b.schema}", args[2]]),
    "unsigned": lambda a, b, args: message([args[0], args[1], ""]),
    "without a signature": lambda a, b, args: message(args[:2]),
    "another signature": lambda a, b, args: message([args[0], args[1], args[2][::-1]]),
    "another job's signature": lambda a, b, args: message(
        [args[0], args[1], broker.sign(uuid7(), site_key=args[1], queue=QUEUE)]
    ),
    "another queue's signature": lambda a, b, args: message(
        [args[0], args[1], broker.sign(uuid7(), site_key=args[1], queue="provisioning")]
    ),
    "numbers": lambda a, b, args: message([1, 2, 3]),
    "lists": lambda a, b, args: message([[args[0]], {"site": args[1]}, None]),
    "too many": lambda a, b, args: message([*args, "more"]),
    "by name": lambda a, b, args: message(
        [], kwargs={"job_id": args[0], "site_key": args[1], "signature": "x"}
    ),
    "in another queue's name": lambda a, b, args: message(
        [args[0], args[1], broker.sign(uuid.UUID(args[0]), site_key=args[1], queue="provisioning")],
        queue_name="provisioning",
    ),
    "options that are none": lambda a, b, args: message(args, options=["redis_message_id"]),
    "without a number": lambda a, b, args: message(args, options={"retries": 1}),
    "without an end": lambda a, b, args: b"[" * 100_000,
    "an unknown actor": lambda a, b, args: message(args, actor_name="os.system"),
    "too large": lambda a, b, args: message([args[0], args[1] + "x" * 3_000_000, args[2]]),
    "pickled": lambda a, b, args: PICKLED,
    "no JSON": lambda a, b, args: b"\xff\xfe{",
    "JSON of another kind": lambda a, b, args: b'["jobs.run"]',
    "half a message": lambda a, b, args: b'{"queue_name": "default", "actor_name": "jobs.run"}',
    "nothing": lambda a, b, args: b"",
}


@pytest.mark.parametrize("kind", FORGED)
def test_a_forged_message_runs_nothing(kind, two, worker):
    a, b = two
    flag = secrets.token_hex(6)
    job = asked(a, work.fail, flag=flag)
    put(FORGED[kind](a, b, genuine(a, job)))
    assert_goes_on(a)
    assert worker.poll() is None, "the worker has ended"
    assert (row(a, job).attempts, row(a, job).state, flags.counted(flag)) == (0, JobState.QUEUED, 0)
    until(lambda: waiting() == 0)


def waiting() -> int:
    """What lies in the queue or is believed to be worked on: nothing may stay there for ever."""
    return client().llen(f"dramatiq:{QUEUE}") + client().hlen(f"dramatiq:{QUEUE}.msgs")


def test_a_row_of_unreadable_messages_takes_no_genuine_one_with_it(two, worker):
    """They are fetched together."""
    a, _b = two
    job = asked(a, work.add, a=1, b=1)
    pipe = client().pipeline()
    for raw in (
        b"{",
        PICKLED,
        json.dumps(message(genuine(a, job), options={"redis_message_id": "n"})).encode(),
        b"]",
    ):
        number = "n" if b"jobs.run" in raw else str(uuid7())
        pipe.hset(f"dramatiq:{QUEUE}.msgs", number, raw)
        pipe.rpush(f"dramatiq:{QUEUE}", number)
    pipe.execute()
    until(lambda: row(a, job).state == JobState.DONE)
    until(lambda: waiting() == 0)


def test_another_bureaus_job_is_not_found_even_with_a_genuine_signature(two, worker):
    """A key that has leaked signs anything; the row is looked for where the message says, and is not there."""
    a, b = two
    flag = secrets.token_hex(6)
    job = asked(a, work.fail, flag=flag)
    key = sites.bureau_key(b.id)
    put(message([str(job.id), key, broker.sign(job.id, site_key=key, queue=QUEUE)]))
    assert_goes_on(b)
    assert (row(a, job).attempts, flags.counted(flag)) == (0, 0)


def test_a_finished_job_that_is_sent_again_stays_over(two, worker):
    a, _b = two
    job = asked(a, work.add, a=1, b=2)
    args = genuine(a, job)
    put(message(args))
    until(lambda: row(a, job).state == JobState.DONE)
    before = row(a, job)
    for _ in range(20):
        put(message(args))
    assert_goes_on(a)
    after = row(a, job)
    assert (after.attempts, after.finished_at, after.result) == (1, before.finished_at, before.result)


def test_a_running_job_that_is_sent_again_runs_once(two, worker):
    a, _b = two
    flag = secrets.token_hex(6)
    job = asked(a, work.hold, flag=flag)
    put(message(genuine(a, job)))
    until(lambda: flags.counted(f"{flag}:begun") == 1)
    for _ in range(5):
        put(message(genuine(a, job)))
    assert_goes_on(a)
    flags.raise_flag(flag)
    until(lambda: row(a, job).state == JobState.DONE)
    assert (flags.counted(f"{flag}:begun"), flags.counted(f"{flag}:ended"), row(a, job).attempts) == (1, 1, 1)


def test_the_check_is_what_refuses(two, worker):
    """The control of the controls: the same job with its genuine message does run."""
    a, _b = two
    flag = secrets.token_hex(6)
    job = asked(a, work.fail, flag=flag)
    put(message(genuine(a, job)))
    until(lambda: flags.counted(flag) == 1)
