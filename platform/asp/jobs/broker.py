"""The queue: dramatiq on Valkey carries job ids. It may lose everything it holds at any time."""

import logging
import threading
import uuid
from contextvars import Context
from typing import Any

import dramatiq
import redis
from django.conf import settings
from django.core.signing import Signer
from django.db import close_old_connections
from django.utils.crypto import constant_time_compare
from dramatiq.middleware import Middleware

from asp.jobs import line, sites
from asp.jobs.fetching import Broker
from asp.jobs.registry import QUEUES

log = logging.getLogger(__name__)

ACTOR = "jobs.run"
NAMESPACE = "dramatiq"
SECONDS_TO_WAIT = 3

_mutex = threading.Lock()
_broker: Broker | None = None


class CloseConnections(Middleware):
    """Each message begins and ends without a database connection that died or is too old."""

    def before_process_message(self, broker: dramatiq.Broker, message: Any) -> None:
        close_old_connections()

    def after_process_message(
        self,
        broker: dramatiq.Broker,
        message: Any,
        *,
        result: Any = None,
        exception: BaseException | None = None,
    ) -> None:
        close_old_connections()

    after_skip_message = before_process_message


def get_broker() -> Broker:
    """Return this process's broker, made on first use so that it is never shared by a fork."""
    global _broker
    with _mutex:
        if _broker is None:
            _broker = _make()
        return _broker


def send(job_id: uuid.UUID, *, site_key: str, queue: str, again: bool = False) -> None:
    """Let a job's id stand in line for its queue; sites take turns (see `line`).

    With `again`, its message is believed lost and put into the queue at once: a second one does no harm.
    Raises redis.RedisError or OSError if Valkey does not answer.
    """
    client = get_broker().client
    let_in = line.offer(client, queue, str(job_id), site_key)
    if again and (str(job_id), site_key) not in let_in and not waits_in_line(job_id, queue):
        let_in.append((str(job_id), site_key))
    _enqueue(queue, let_in)


def _enqueue(queue: str, entries: list[line.Entry]) -> None:
    for job, site_key in entries:
        message: dramatiq.Message[Any] = dramatiq.Message(
            queue_name=queue,
            actor_name=ACTOR,
            args=(job, site_key, sign(uuid.UUID(job), site_key=site_key, queue=queue)),
            kwargs={},
            options={},
        )
        get_broker().enqueue(message)


def is_known(job_id: uuid.UUID, queue: str) -> bool:
    """Whether Valkey still knows of a job that was sent; raises as `send`."""
    return line.is_known(get_broker().client, queue, str(job_id))


def without_message(queue: str) -> set[str]:
    """Ids of jobs that were let in, though no message of them is in the queue or with a worker; raises as `send`."""
    client: Any = get_broker().client
    under_way = {job.decode() for job in line.under_way(client, queue)}
    # Read after the line: a message that comes meanwhile is seen. Few are let in at a time, so these are few.
    messages: list[bytes] = client.hvals(f"{NAMESPACE}:{queue}.msgs") if under_way else []
    return {job for job in under_way if not any(job.encode() in message for message in messages)}


def place_free(job: str, queue: str) -> None:
    """Give back the place of a job in its line, and let in who comes next; raises as `send`."""
    _enqueue(queue, line.ended(get_broker().client, queue, job))


def waits_in_line(job_id: uuid.UUID, queue: str) -> bool:
    """Whether a job has not been let into the queue yet."""
    client = get_broker().client
    return line.is_known(client, queue, str(job_id)) and not client.hexists(
        f"line:{queue}:under_way", str(job_id)
    )


def waiting(queue: str) -> int:
    """Return how many messages wait for a queue and no worker has fetched."""
    client = get_broker().client
    return int(client.llen(f"{NAMESPACE}:{queue}")) + line.waiting(client, queue)


def flush() -> None:
    """Forget everything that waits; for tests."""
    get_broker().flush_all()
    line.forget(get_broker().client, QUEUES)


def sign(job_id: uuid.UUID, *, site_key: str, queue: str) -> str:
    """Return the signature that binds a job to its site and queue."""
    return Signer(salt="asp.jobs.context").signature(f"{job_id} {site_key} {queue}")


def is_genuine(job_id: str, site_key: str, signature: str, *, queue: str) -> bool:
    """Whether we have signed exactly this: this job, on this site, in this queue."""
    try:
        expected = sign(uuid.UUID(job_id), site_key=site_key, queue=queue)
        return constant_time_compare(expected, signature)
    except (ValueError, AttributeError, TypeError):
        return False


def receive(job_id: str, site_key: str, signature: str, *, queue: str) -> None:
    """Handle one message: check whose it is, enter that site, run the job.

    A message that nobody of ours has signed is dropped and logged; so is one for a site that does not
    exist. Everything else is decided by the job's row.
    """
    from asp.jobs.runner import run_job

    if not is_genuine(job_id, site_key, signature, queue=queue):
        # What it says is a stranger's: it is told, but not at any length.
        said = f"job {job_id!r}, site {site_key!r}"
        log.error("refused a message with a forged context: %s, queue %r", said[:200], queue)
        return
    try:
        with sites.entered(site_key):
            outcome = run_job(uuid.UUID(job_id))
    except sites.UnknownSiteError:
        log.error("refused job %s: there is no site %r", job_id, site_key)
        return
    except sites.SiteClosedError as closed:
        log.info("job %s waits: %s", job_id, closed)
        return
    log.info("job %s on %s: %s", job_id, site_key, outcome.value)


def _make() -> Broker:
    client = redis.Redis.from_url(
        settings.ASP.redis_url,
        socket_timeout=SECONDS_TO_WAIT,
        socket_connect_timeout=SECONDS_TO_WAIT,
    )
    # Measured: with these two, jobs of a killed worker come back within seconds. Retries and time
    # limits are the row's affair, so dramatiq's own middleware for them is left out.
    broker = Broker(
        client=client,
        namespace=NAMESPACE,
        heartbeat_timeout=3000,
        maintenance_chance=100_000,
        middleware=[CloseConnections()],
    )
    for queue in QUEUES:
        broker.declare_queue(queue)
    dramatiq.set_broker(broker)

    @dramatiq.actor(actor_name=ACTOR, broker=broker, queue_name=QUEUES[0])
    def run(job_id: str, site_key: str, signature: str) -> None:
        # An empty context: nothing of an earlier message, no site least of all, can be left in it.
        queue = _current_queue() or QUEUES[0]
        Context().run(receive, job_id, site_key, signature, queue=queue)

    broker.add_middleware(_CurrentQueue())
    broker.add_middleware(_Ended())
    return broker


_local = threading.local()


class _Ended(Middleware):
    """Frees the place of a job in its line, and lets the next one in."""

    def after_process_message(
        self,
        broker: dramatiq.Broker,
        message: Any,
        *,
        result: Any = None,
        exception: BaseException | None = None,
    ) -> None:
        try:
            place_free(str(uuid.UUID(str(message.args[0]))), message.queue_name)
        except (IndexError, ValueError):
            return  # a message that nobody of ours has written
        except (redis.RedisError, OSError) as error:
            log.warning("its place is left to the scheduler (asp.jobs.places): %s", error)

    after_skip_message = after_process_message


class _CurrentQueue(Middleware):
    """Lets the actor know from which queue its message came; the signature covers it."""

    def before_process_message(self, broker: dramatiq.Broker, message: Any) -> None:
        _local.queue = message.queue_name

    def after_process_message(
        self,
        broker: dramatiq.Broker,
        message: Any,
        *,
        result: Any = None,
        exception: BaseException | None = None,
    ) -> None:
        _local.queue = None


def _current_queue() -> str | None:
    return getattr(_local, "queue", None)
