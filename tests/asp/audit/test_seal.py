import datetime
import threading
import time

from django.db import connection, transaction
from django.utils import timezone

from asp.audit import chain
from asp.audit.actor import Actor
from asp.audit.heads.models import Head
from asp.audit.models import Entry, Seal
from asp.audit.sealer import seal, unsealed
from asp.audit.services import record
from asp.jobs.scheduler import Scheduler
from tenants.context import bureau_context, host_context
from tenants.models import Doorbell

from .log import ACTION, write


def test_it_chains_in_order_and_tells_the_host(office):
    entries = write(office, 5)
    with bureau_context(office):
        start = Seal.objects.count()
        assert seal() == 5
        seals = list(Seal.objects.filter(seq__gt=start).order_by("seq"))
    assert [each.entry for each in seals] == [each.id for each in entries]
    assert [each.seq for each in seals] == list(range(start + 1, start + 6))
    assert all(later.previous == earlier.digest for earlier, later in zip(seals, seals[1:], strict=False))
    with host_context():
        head = Head.objects.get(bureau_id=office.id)
    assert (head.seq, head.digest) == (seals[-1].seq, seals[-1].digest)


def test_the_first_link_names_its_site(office):
    with bureau_context(office):
        write(office)
        seal()
        assert Seal.objects.get(seq=1).previous == chain.genesis(str(office.id))
    assert chain.genesis("host") != chain.genesis(str(office.id))


def test_a_late_committer_comes_later(office):
    done = threading.Event()
    written = threading.Event()
    ids = {}

    def slow():
        with bureau_context(office), transaction.atomic():
            ids["slow"] = record(actor=Actor.system("worker"), action=ACTION).id
            written.set()
            done.wait(10)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    written.wait(10)
    quick = write(office)[0]
    with bureau_context(office):
        seal()
        assert not Seal.objects.filter(entry=ids["slow"]).exists()
    done.set()
    thread.join(10)
    with bureau_context(office):
        seal()
        places = dict(Seal.objects.filter(entry__in=[quick.id, ids["slow"]]).values_list("entry", "seq"))
    assert ids["slow"] < quick.id
    assert places[ids["slow"]] > places[quick.id]


def test_only_one_sealer_works(office):
    write(office)
    name = str(office.id)
    taken, release = threading.Event(), threading.Event()

    def other():
        with bureau_context(office), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [chain.lock_key(name)])
            taken.set()
            release.wait(10)
        connection.close()

    thread = threading.Thread(target=other)
    thread.start()
    assert taken.wait(10)
    with bureau_context(office):
        assert seal() is None
        release.set()
        thread.join(10)
        assert seal() == 1


def test_an_old_entry_is_sealed_by_its_doorbell_and_by_the_full_pass(office):
    write(office)
    with bureau_context(office):
        seal()
        old = timezone.now() - datetime.timedelta(hours=5)
        ids = []
        for number in range(2):
            ids.append(chain.first_key_at(old + datetime.timedelta(seconds=number)))
            Entry(id=ids[-1], action=ACTION, actor_kind="system").save(force_insert=True)
        assert seal() == 0
        assert seal(refs=ids[:1]) == 1
        assert seal(full=True) == 1
        assert not unsealed().exists()


def test_it_goes_on_with_several_batches(office, monkeypatch):
    monkeypatch.setattr("asp.audit.sealer.BATCH", 3)
    write(office, 8)
    with bureau_context(office):
        assert seal() == 8


def test_the_scheduler_seals_within_two_seconds(office):
    lags = []
    scheduler = Scheduler()
    thread = threading.Thread(target=scheduler.run, daemon=True)
    thread.start()
    try:
        for _ in range(12):
            entry = write(office)[0]
            begun = time.monotonic()
            with bureau_context(office):
                while not Seal.objects.filter(entry=entry.id).exists():
                    assert time.monotonic() - begun < 20
                    time.sleep(0.02)
            lags.append(time.monotonic() - begun)
    finally:
        scheduler.stop()
        thread.join(10)
    assert sorted(lags)[int((len(lags) - 1) * 0.95)] <= 2.0, lags
    with host_context():
        assert not Doorbell.objects.filter(kind="audit", bureau_id=office.id).exists()
