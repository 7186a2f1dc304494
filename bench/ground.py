"""The mechanisms that everything stands on: messages, jobs, sign-ins, seals. `make bench AREA=ground`."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.contrib.auth.hashers import check_password
from django.db import transaction

from asp.accounts.models import Account
from asp.accounts.services import passwords
from asp.audit.models import Entry, Seal
from asp.audit.services import record
from asp.jobs import broker, job_start
from asp.jobs.models import Job, JobState
from asp.outbox import addresses
from asp.outbox.models import InMessage
from asp.outbox.probe import ANSWER
from asp.outbox.services import message_send
from bench.fleet import upgrades
from bench.live import live
from bench.log import log
from bench.results import Results, median, percentile
from bench.stalls import stalls
from provisioning.tasks import report_figures
from tenants.context import bureau_context
from tenants.site import BureauRef
from tests.support.bureaus import open_bureau
from tests.support.client import SiteClient
from tests.support.people import TESTER, people

ROOT = Path(__file__).resolve().parents[1]
MESSAGES = 6000
PORTION = 50
SINGLE = 60
BURST = 10_000
CROWD = 1000
SAMPLES = 5
SIGN_INS = 40
ACTS = 900
WORD = "Ab1-correct-horse-battery"


def run(results: Results) -> None:
    """Measure the area; takes a few minutes."""
    from asp.blobs import store

    store.ensure_bucket()
    messages(results)
    fairness(results)
    live(results)
    sign_ins(results)
    seals(results)
    log(results)
    stalls(results)
    upgrades(results)


@contextmanager
def program(*argv: str) -> Iterator[None]:
    """A process of ours beside the measurement, with the application's login."""
    environment = {**os.environ, "ASP_DB_LOGIN": "app"}
    process = subprocess.Popen(
        argv, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def manage(command: str) -> tuple[str, ...]:
    return sys.executable, str(ROOT / "manage.py"), command


def worker(module: str, *arguments: str) -> tuple[str, ...]:
    paths = ("--path", str(ROOT), str(ROOT / "platform"))
    return sys.executable, "-m", "dramatiq", module, *paths, "--processes", "1", "--threads", "4", *arguments


def until(condition: Callable[[], bool], *, within: float = 180.0, step: float = 0.02) -> None:
    """Wait for something, or say that it never came."""
    end = time.monotonic() + within
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("what was awaited never came")
        time.sleep(step)


# -- messages -----------------------------------------------------------------------------------------
def messages(results: Results) -> None:
    """From bureau to bureau, with every guarantee, against a queue without any."""
    plain = _plain_queue()
    results.add("plain dramatiq + Valkey, without guarantees", plain, "messages/s")
    a, b = open_bureau(), open_bureau()
    with program(*manage("relay")):
        _send(a, b, 1)
        until(lambda: _arrived(b) == 1)
        began = time.perf_counter()
        for _portion in range(MESSAGES // PORTION):
            _send(a, b, PORTION)
        until(lambda: _arrived(b) == 1 + MESSAGES)
        rate = MESSAGES / (time.perf_counter() - began)
        results.add(
            f"messages from bureau to bureau, {PORTION} in a transaction", rate, "messages/s",
            baseline="plain dramatiq", ratio=rate / plain, target="≥ 0.3 ×", met=rate / plain >= 0.3,
        )  # fmt: skip
        began = time.perf_counter()
        for _number in range(MESSAGES // 10):
            _send(a, b, 1)
        until(lambda: _arrived(b) == 1 + MESSAGES + MESSAGES // 10)
        single = MESSAGES / 10 / (time.perf_counter() - began)
        results.add(
            "the same, each in a transaction of its own, one sender", single, "messages/s",
            baseline="plain dramatiq", ratio=single / plain,
        )  # fmt: skip
        waited = [_latency(a, b) for _number in range(SINGLE)]
        _burst(results, a, b)
    results.at_most("latency of a single message, p95", percentile(waited, 0.95), "s", 1)
    results.add("latency of a single message, p50", median(waited), "s")


def _burst(results: Results, a: BureauRef, b: BureauRef) -> None:
    """Ten thousand in one transaction, and one message of another bureau to the same receiver behind them."""
    another, before = open_bureau(), _arrived(b)
    _send(a, b, BURST)
    began = time.perf_counter()
    _send(another, b, 1)
    until(lambda: _arrived(b, another) == 1)
    beside = time.perf_counter() - began
    until(lambda: _arrived(b) == before + BURST + 1, step=0.2)
    drained = time.perf_counter() - began
    results.add(f"{BURST:,} messages at once until all have arrived", drained, "s")
    results.at_most("a single message of another bureau behind them", beside, "s", 5)


def _send(a: BureauRef, b: BureauRef, count: int) -> None:
    with bureau_context(a), transaction.atomic():
        for _number in range(count):
            message_send(to=addresses.bureau(b.id), type=ANSWER, body={})  # type: ignore[arg-type]


def _arrived(b: BureauRef, a: BureauRef | None = None) -> int:
    """How many messages `b` has received, from `a` or from anybody."""
    with bureau_context(b):
        rows = InMessage.objects.all()
        return (rows if a is None else rows.filter(sender=addresses.bureau(a.id))).count()  # type: ignore[arg-type]


def _latency(a: BureauRef, b: BureauRef) -> float:
    before = _arrived(b)
    began = time.perf_counter()
    _send(a, b, 1)
    until(lambda: _arrived(b) > before, step=0.005)
    took = time.perf_counter() - began
    time.sleep(0.13)  # so that the next one meets the relay at any moment of its pause
    return took


def _plain_queue() -> float:
    from bench import plain

    plain.client().delete(plain.COUNTER)
    with program(*worker("bench.plain:broker")):
        plain.count.send()
        until(lambda: plain.counted() == 1)
        began = time.perf_counter()
        for _number in range(MESSAGES):
            plain.count.send()
        until(lambda: plain.counted() == 1 + MESSAGES)
        return MESSAGES / (time.perf_counter() - began)


# -- jobs ---------------------------------------------------------------------------------------------
def fairness(results: Results) -> None:
    """One bureau queues a thousand jobs; another asks for one."""
    broker.flush()
    crowd, alone = open_bureau(), open_bureau()
    with program(*worker("asp.config.worker", "--queues", "default")):
        _ended(alone, _ask(alone))
        idle = [_start_of(alone, _ask(alone)) for _number in range(10)]
        with bureau_context(crowd):
            for _number in range(CROWD):
                job_start(actor=TESTER, job=report_figures)
        waited = [_start_of(alone, _ask(alone)) for _number in range(SAMPLES)]
        with bureau_context(crowd):
            left = Job.objects.filter(state=JobState.QUEUED).count()
    broker.flush()
    results.add("a job of a quiet host starts after, p50", median(idle), "s")
    name = f"a bureau's single job while another waits for {left} of {CROWD}"
    assert left, "the crowd was through before the last sample"
    results.add(
        f"{name}, p50", median(waited), "s", baseline="a quiet host", ratio=median(waited) / median(idle)
    )
    results.at_most(
        f"{name}, worst of {SAMPLES}", max(waited), "s", 2,
        baseline="a quiet host", ratio=max(waited) / median(idle),
    )  # fmt: skip


def _ask(bureau: BureauRef) -> Job:
    with bureau_context(bureau):
        return job_start(actor=TESTER, job=report_figures)


def _ended(bureau: BureauRef, job: Job) -> Job:
    def found() -> Job:
        with bureau_context(bureau):
            return Job.objects.get(pk=job.pk)

    until(lambda: not found().is_open)
    return found()


def _start_of(bureau: BureauRef, job: Job) -> float:
    row = _ended(bureau, job)
    assert row.started_at is not None
    return (row.started_at - row.created_at).total_seconds()


# -- sign-ins -----------------------------------------------------------------------------------------
def sign_ins(results: Results) -> None:
    """A whole sign-in against the bare verification of its password."""
    bureau = open_bureau()
    head = people(bureau).head
    with bureau_context(bureau):
        account = Account.objects.get(pk=head.pk)
        passwords.store(account, WORD)
        account.save()
    began = time.perf_counter()
    for _number in range(SIGN_INS):
        assert check_password(WORD, account.password)
    bare = SIGN_INS / (time.perf_counter() - began)
    taken = []
    for _number in range(SIGN_INS):
        client = SiteClient(bureau)
        client.get("/accounts/sign-in/")
        began = time.perf_counter()
        response = client.post("/accounts/sign-in/", {"identifier": account.login, "password": WORD})
        taken.append(time.perf_counter() - began)
        assert response.status_code == 302, response.status_code
    rate = SIGN_INS / sum(taken)
    results.add("bare Argon2 verifications", bare, "/s")
    results.add(
        "sign-ins with lock-out, session and audit", rate, "/s",
        baseline="bare Argon2", ratio=rate / bare, target="≥ 0.8 ×", met=rate / bare >= 0.8,
    )  # fmt: skip


# -- seals --------------------------------------------------------------------------------------------
def seals(results: Results) -> None:
    """How long after its act an entry is sealed, while several bureaus write."""
    bureaus = [open_bureau() for _number in range(6)]
    with program(*manage("scheduler")):
        time.sleep(4)  # it has found its first round
        for number in range(ACTS):
            with bureau_context(bureaus[number % len(bureaus)]):
                record(actor=TESTER, action="audit.verified", params={"sealed": number})
        lags = [lag for each in bureaus for lag in _lags(each)]
    results.at_most("lag of the seal behind the act, p95", percentile(lags, 0.95), "s", 2)
    results.add("lag of the seal behind the act, p50", median(lags), "s")


def _lags(bureau: BureauRef) -> list[float]:
    with bureau_context(bureau):
        wanted = Entry.objects.filter(actor_name=TESTER.name)
        until(lambda: Seal.objects.count() >= Entry.objects.count())
        sealed = dict(Seal.objects.values_list("entry", "sealed_at"))
        return [(sealed[each.id] - each.occurred_at).total_seconds() for each in wanted]
