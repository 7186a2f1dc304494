"""Every check can be made red, by the fact it watches or by the real thing."""

import datetime
import json
import threading
import time
from dataclasses import replace
from types import SimpleNamespace

import psycopg2
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone, translation

from asp.audit.selectors import ChainState
from asp.messages.models import Message, MessageState
from asp.operations import board, probe
from asp.operations.checks import records, servers, work
from asp.operations.checks.servers import DatabaseFacts
from infra.health import Probe
from tenants.context import host_context, owner_context
from tenants.models import Bureau, Doorbell, ReadySchema
from tenants.observe import alive, recent
from tenants.observe.alive import Beat
from tenants.observe.checks import Status

FACTS = DatabaseFacts("18.1 (x)", 10, 200, 0, "off", False, time.time())


def beat(process: str, **facts: float) -> Beat:
    return Beat(process, "m", 1, time.time(), time.time(), facts=facts)


EVERYBODY = [
    beat(name) for name in ("web", "transfer", "worker", "provisioner", "scheduler", "relay", "realtime")
]


@pytest.mark.parametrize(
    ("judge", "fine", "red", "status"),
    [
        (servers.connections, [FACTS], [replace(FACTS, used=160)], "warning"),
        (servers.connections, [FACTS], [replace(FACTS, used=195)], "wrong"),
        (servers.longest, [5], [200], "warning"),
        (servers.longest, [5], [4000], "wrong"),
        (servers.archiving, [FACTS], [replace(FACTS, archiving="on", archive_failed=True)], "wrong"),
        (servers.archiving, [replace(FACTS, archiving="on")], [replace(FACTS, archiving="on", archive_failed=True)], "wrong"),
        (servers.drift, [0.2], [-5.0], "warning"),
        (servers.drift, [0.2], [40.0], "wrong"),
        (servers.memory, [{"used_memory": 1}], [{"used_memory": 90, "maxmemory": 100}], "warning"),
        (servers.memory, [{}], [{"aof_enabled": 1, "aof_last_write_status": "err"}], "wrong"),
        (servers.bucket, [True, 0.01], [True, 0.6], "warning"),
        (servers.bucket, [True, 0.01], [False, 0.0], "wrong"),
        (servers.room, [500 * 2**30, 1000 * 2**30], [50 * 2**30, 1000 * 2**30], "warning"),
        (servers.room, [500 * 2**30, 1000 * 2**30], [2**29, 2**31], "wrong"),
        (work.lively, [EVERYBODY], [EVERYBODY[1:]], "wrong"),
        (work.turning, [1.0], [60.0], "wrong"),
        (work.turning, [1.0], [None], "wrong"),
        (work.waiting, [3, 1.0], [3, 200.0], "warning"),
        (work.waiting, [0, 0.0], [3, 2000.0], "wrong"),
        (work.failures, [0], [1], "warning"),
        (work.failures, [0], [60], "wrong"),
        (work.leaving, [0, 0.0], [1, 0.0], "warning"),
        (work.leaving, [0, 0.0], [0, 2000.0], "wrong"),
        (work.burst, [3], [150], "warning"),
        (work.burst, [3], [2000], "wrong"),
        (records.current, [0, 0], [0, 1], "warning"),
        (records.current, [0, 0], [1, 0], "wrong"),
        (records.filled, [2, 2], [0, 2], "warning"),
        (records.sealed, [0.0], [60.0], "warning"),
        (records.sealed, [0.0], [600.0], "wrong"),
    ],
)  # fmt: skip
def test_it_judges(judge, fine, red, status):
    good, bad = judge(*fine), judge(*red)
    assert good.status == Status.OK
    assert bad.status == status
    assert bad.advice, "what is not in order comes with what to do"
    for language in ("en", "zh-hans"):
        with translation.override(language):
            for result in (good, bad):
                line = board.Line(SimpleNamespace(code="x", title="x"), result)
                assert "{" not in line.text + line.advice


def test_a_log_with_signs_of_changes_is_wrong():
    checked = SimpleNamespace(result={"ok": False, "findings": [{}, {}]})
    state = ChainState(seq=1, sealed_at=None, unsealed=0, checking=None, checked=checked)
    assert records.verified(state).status == Status.WRONG
    assert records.verified(state).params == {"count": 2}
    assert records.verified(replace(state, checked=None)).status == Status.OK
    assert records.verified(replace(state, checked=SimpleNamespace(result={"ok": True}))).status == Status.OK


# ----- the real things


def test_every_check_answers_in_a_running_host():
    board.forget()
    found = {line.code: line for line in board.look(fresh=True).lines}
    assert {"database", "valkey", "storage", "disk", "clock", "pool", "queue"} <= set(found)
    for code in ("database", "valkey", "storage", "clock", "archive"):
        assert found[code].status == Status.OK, found[code].text
    assert not [line.text for line in found.values() if "failed:" in line.text or "出错" in line.text]


def test_a_transaction_that_stays_open_is_seen(monkeypatch):
    monkeypatch.setattr(servers, "TRANSACTION_WARN", 1)
    done, begun = threading.Event(), threading.Event()

    def hold():
        with host_context(), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            begun.set()
            done.wait(20)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert begun.wait(10)
        until = time.monotonic() + 10
        while servers.transactions().status == Status.OK:
            assert time.monotonic() < until
    finally:
        done.set()
        holder.join()


def test_a_database_that_is_gone_is_wrong(monkeypatch):
    def gone(_sql):
        raise psycopg2.OperationalError("refused")

    monkeypatch.setattr(probe, "row", gone)
    assert servers.database().status == Status.WRONG


def test_a_valkey_that_is_gone_is_wrong(monkeypatch):
    monkeypatch.setattr(settings, "ASP", replace(settings.ASP, redis_url="redis://127.0.0.1:1/0"))
    assert servers.valkey().status == Status.WRONG


def test_a_store_that_is_gone_is_wrong(monkeypatch):
    monkeypatch.setattr(servers.health, "storage", lambda: Probe("storage", False, "status 0"))
    assert servers.storage().status == Status.WRONG


def test_processes_and_rounds_are_read_from_the_heartbeats():
    client = recent.client(settings.ASP.redis_url)
    client.delete(alive.KEY)
    assert work.processes().status == Status.WRONG
    assert work.scheduler().status == Status.WRONG
    for name in ("web", "transfer", "worker", "provisioner", "scheduler", "relay", "realtime"):
        value = {"process": name, "machine": "m", "pid": 1, "started": 1.0, "at": time.time()}
        facts = {"scheduler-round": time.time()} if name == "scheduler" else {}
        client.hset(alive.KEY, name, json.dumps(value | {"facts": facts}))
    assert work.processes().status == Status.OK
    assert work.scheduler().status == Status.OK
    client.delete(alive.KEY)


def test_old_bells_turn_queue_mail_and_sealing_red():
    checks = {"job": work.queue, "message": work.mail, "audit": records.audit_seal}
    with host_context():
        for kind, run in checks.items():
            bell = Doorbell.objects.create(kind=kind)
            Doorbell.objects.filter(pk=bell.pk).update(rung_at=timezone.now() - datetime.timedelta(hours=1))
            try:
                assert run().status == Status.WRONG, kind
            finally:
                bell.delete()


def test_a_failed_message_of_the_host_is_seen():
    with host_context():
        message = Message.objects.create(
            address="x@example.org", template="x", language="en", state=MessageState.FAILED
        )
        try:
            assert work.mail().status != Status.OK
        finally:
            message.delete()


def test_failures_of_all_offices_are_counted():
    for _ in range(work.SIGN_INS_WARN):
        recent.count("sign-in-failed")
    recent.count("job-failed")
    try:
        assert work.sign_ins().status != Status.OK
        assert work.jobs_failed().status != Status.OK
    finally:
        client = recent.client(settings.ASP.redis_url)
        client.delete(*client.scan_iter("h:recent:*"))


def test_an_office_of_another_version_is_wrong(fresh_bureau):
    with host_context():
        rows = Bureau.objects.filter(pk=fresh_bureau.id)
        rows.update(version="older")
        try:
            assert records.fleet().status == Status.WRONG
        finally:
            rows.update(version=fresh_bureau.version)


def test_an_empty_pool_is_a_warning():
    with owner_context(), transaction.atomic():
        with host_context():
            ReadySchema.objects.all().delete()
            assert records.pool().status == Status.WARNING
        transaction.set_rollback(True)
