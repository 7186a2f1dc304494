"""The storm (故障风暴): clients work, and one part after the other is killed under them."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from tests.faults import stories
from tests.faults.browser import Browser
from tests.faults.clients import Applicant, File, once, sign_in, upload
from tests.faults.ledger import Ledger
from tests.faults.stack import Late, RunningStack, until

MEBIBYTE = 1024 * 1024
SIZES = (3 * MEBIBYTE + 17, 7 * MEBIBYTE, 5 * MEBIBYTE, 11 * MEBIBYTE + 1)
UPLOADS_PER_KILL = 2
SETTLE_SECONDS = 75.0

OPENING = "SELECT 1 FROM provisioning_opening WHERE state IN ('waiting', 'running') LIMIT 1"
SENDING = "SELECT 1 FROM tenants_doorbell WHERE kind = 'outbox' LIMIT 1"
RECEIVING = "SELECT 1 FROM {schema}.blobs_upload WHERE state = 'receiving' AND lease IS NOT NULL LIMIT 1"
UNFINISHED = """
    SELECT a.id::text, o.state, coalesce(nullif(o.error_code, ''), j.error_code), j.state FROM provisioning_application a
    LEFT JOIN LATERAL (SELECT * FROM provisioning_opening o WHERE o.application_id = a.id
                       ORDER BY o.id DESC LIMIT 1) o ON true
    LEFT JOIN jobs_job j ON j.id = o.job_id
    WHERE a.state = 'approved'"""
UNCHECKED = "SELECT 1 FROM {schema}.blobs_blob WHERE state = 'checking' UNION SELECT 1 FROM public.blobs_blob WHERE state = 'checking'"

# Messages on their way, and rings for them that nobody has heard yet.
SENT = (
    "SELECT 1 FROM tenants_doorbell WHERE kind IN ('audit', 'outbox')",
    "SELECT 1 FROM outbox_relay_envelope WHERE state = 'waiting'",
)
# A job of the machinery itself may begin at any moment; what people asked for must come to an end.
UNDER_WAY = (
    "SELECT 1 FROM {schema}.organization_import WHERE state IN ('checking', 'running')",
    "SELECT 1 FROM {schema}.jobs_job WHERE state IN ('queued', 'running') AND actor_kind <> 'system'",
    *SENT,
)


@dataclass
class World:
    """The stack, who works in it, and what they saw."""

    stack: RunningStack
    people: dict[str, Any]
    schema: str
    bureau_id: str
    console: Browser
    staff: list[Browser]
    administrators: dict[str, Browser]
    ledger: Ledger = field(default_factory=Ledger)
    kills: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _mutex: threading.Lock = field(default_factory=threading.Lock)

    @property
    def bureau(self) -> str:
        """The address of the bureau that files are sent to."""
        return str(self.people["bureau"])

    def number(self) -> int:
        with self._mutex:
            return next(self.numbers)

    # -- what clients do ------------------------------------------------------------------------------
    def new_file(self, size: int = 0) -> File:
        number = self.number()
        return File(number, size or SIZES[number % len(SIZES)])

    def send_file(self, size: int = 0) -> None:
        """One of the staff puts a file into their own cabinet."""
        file = self.new_file(size)
        place = file.number % len(self.staff)
        upload(self.staff[place].twin(), self.ledger, folder=self.people["staff"][place]["folder"], file=file)

    def new_applicant(self) -> Applicant:
        """A body has applied; it sits at an address of its own, as bodies do."""
        net, host = divmod(self.number(), 200)
        return Applicant(self.stack.browser(source=f"127.1.{net % 200}.{host + 2}"), self.ledger).apply()

    # -- what is awaited ------------------------------------------------------------------------------
    def drain(self) -> None:
        """Wait until every message has been delivered."""
        until(
            lambda: self.stack.ask("SELECT 1") and not any(self.stack.ask(query) for query in SENT),
            within=SETTLE_SECONDS,
            what="the relay is drained",
        )

    def settle(self) -> None:
        """Wait until every opening and every check has come to its end; what failed is tried again, as an
        administrator would, provided that a reason was given."""
        try:
            until(self._is_settled, within=SETTLE_SECONDS, what="openings and checks come to an end")
        except Late as late:
            left = self.stack.ask(UNFINISHED)
            raise Late(f"{late}; not opened: {left}\n{self.stack.logs()}") from None

    def _is_settled(self) -> bool:
        if not self.stack.ask("SELECT 1"):
            return False
        if any(self.stack.ask(query.format(schema=self.schema)) for query in UNDER_WAY):
            return False
        unfinished = self.stack.ask(UNFINISHED)
        for application, opening, reason, job in unfinished:
            if opening == "failed" or job in ("failed", "cancelled"):
                self._open_again(application, reason)
        return not unfinished and not self.stack.ask(UNCHECKED.format(schema=self.schema))

    def _open_again(self, application: str, reason: str) -> None:
        if not reason:
            self.ledger.blame(f"the opening of {application} failed without a reason")
        path = f"/applications/{application}/open/"

        once(self.ledger, self.console.twin(), path, None, 409)
        self.ledger.retried.append(f"{application}: {reason}")


def enter(stack: RunningStack) -> World:
    """Make everybody and sign them in through the gate."""
    people = stack.run("tests.faults.seed")
    rows = stack.ask("SELECT schema_name, id::text FROM tenants_bureau WHERE slug = %s", people["bureau"])
    with ThreadPoolExecutor(4) as pool:
        who = people["console"]
        console = pool.submit(sign_in, stack.browser("host"), who["login"], who["password"], who["totp"])
        staff = pool.map(
            lambda who: sign_in(stack.browser(people["bureau"]), who["login"], who["password"]),
            people["staff"],
        )
        administrators = {
            duty: pool.submit(
                sign_in, stack.browser(people["bureau"]), who["login"], who["password"], who["totp"]
            )
            for duty, who in people["administrators"].items()
        }
        signed_in = {duty: each.result() for duty, each in administrators.items()}
        return World(stack, people, *rows[0], console.result(), list(staff), signed_in)


def storm(world: World) -> None:
    """Kill everything in turn. Each time new work has begun, and work of the kind that the victim serves
    is under way; clients go on by themselves."""
    stack = world.stack
    opening = OPENING
    receiving = RECEIVING.format(schema=world.schema)
    victims: list[tuple[str, str, str, Callable[[], int]]] = [
        ("provisioner", "provisioner", opening, lambda: stack.kill("provisioner")),
        ("transfer", "transfer", receiving, lambda: stack.kill("transfer")),
        ("one process of web", "", receiving, lambda: stack.kill_child("web")),
        ("a backend of PostgreSQL", "", opening, stack.kill_backend),
        ("S3", "s3", receiving, lambda: stack.kill("s3")),
        ("scheduler", "scheduler", opening, lambda: stack.kill("scheduler")),
        ("web", "web", receiving, lambda: stack.kill("web")),
        ("Valkey, wiped", "valkey", opening, lambda: _wiped(stack)),
        ("PostgreSQL", "postgres", receiving, lambda: stack.kill("postgres")),
        ("worker", "worker", receiving, lambda: stack.kill("worker")),
        ("relay", "relay", SENDING, lambda: stack.kill("relay")),
        ("realtime", "realtime", SENDING, lambda: stack.kill("realtime")),
        ("the front proxy", "caddy", receiving, lambda: stack.kill("caddy")),
        ("provisioner again", "provisioner", opening, lambda: stack.kill("provisioner")),
    ]
    with ThreadPoolExecutor(6 * len(victims)) as pool:
        work: list[Future[None]] = []
        for title, name, moment, kill in victims:
            work.append(pool.submit(stories.open_office, world))
            work += [pool.submit(world.send_file) for _ in range(UPLOADS_PER_KILL)]
            work += [pool.submit(story.tell, world) for story in stories.SMALL]
            _await_moment(stack, moment)
            began = time.monotonic()
            former = kill()
            if name:
                stack.recovered(name, former)
            else:
                until(stack.is_ready, within=45, what=f"/readyz says 200 after kill -9 of {title}")
            world.kills.append(f"{title} ({time.monotonic() - began:.1f} s)")
        for each in work:
            each.result()
    world.settle()


def _wiped(stack: RunningStack) -> int:
    stack.wipe_valkey()
    return stack.kill("valkey")


def _await_moment(stack: RunningStack, moment: str) -> None:
    """Until the work that shall be disturbed is under way; on a slow day, without it after all."""
    try:
        until(lambda: stack.ask(moment), within=5, what="work is under way")
    except Late:
        return
