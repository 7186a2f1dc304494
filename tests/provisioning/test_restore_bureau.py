"""One bureau is put back to an earlier moment: its rows, not its log, not what has left it, and nobody else's."""

import datetime
import threading
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from pyrage import x25519

from asp.accounts.models import Account, AccountState, Link, RecoveryCode, Session, TOTPDevice
from asp.accounts.services import account_disable, link_issue, recovery_codes_make, role_create
from asp.accounts.services.factors import device_store
from asp.audit import sealer, verifier
from asp.audit.actor import Actor
from asp.audit.models import Entry
from asp.blobs import store
from asp.blobs.models import Blob, BlobState, StorageAccount
from asp.blobs.sealed import object_name, sealed_object
from asp.blobs.services import blob_write
from asp.jobs.models import Job, JobState
from asp.messages.models import Message, MessageState
from asp.outbox.models import InMessage, OutMessage
from infra.backup.drill import save_now
from infra.backup.settings import Settings, process_environment
from infra.datadir import DataDir
from office.library import services as library
from office.library.models import Node
from office.offers.models import RoleOffer
from provisioning import services
from provisioning.errors import RestoreImpossible, WorkUnderWay, WrongState
from tenants import package, registry
from tenants.context import bureau_context, current_site, host_context
from tenants.keys import uuid7
from tenants.models import Bureau, BureauState
from tenants.site import BureauRef
from tests.support.people import TESTER, people

CONSOLE = Actor.system("console")


def row_of(ref: BureauRef) -> Bureau:
    with host_context():
        return Bureau.objects.get(pk=ref.id)


def export(ref: BureauRef, folder: Path) -> datetime.datetime:
    """What a copy restored aside would give for this moment."""
    with closing(psycopg2.connect(settings.ASP.database_owner_url)) as aside:
        package.export_schema(aside, ref.schema, folder)
    return timezone.now()


def exchange(ref: BureauRef, folder: Path, at: datetime.datetime) -> services.Restored:
    with host_context():
        services.bureau_restore_begin(actor=CONSOLE, bureau=row_of(ref), at=at)
        return services.bureau_restore_finish(actor=CONSOLE, bureau=row_of(ref), folder=folder, at=at)


def folders(ref: BureauRef) -> set[str]:
    with bureau_context(ref):
        return set(Node.objects.filter(cabinet__isnull=False).values_list("name", flat=True))


@pytest.fixture
def office(fresh_bureau):
    """A bureau with people, a folder and a file."""
    cast = people(fresh_bureau)
    with bureau_context(fresh_bureau):
        head = Actor.of_account(cast.head)
        cabinet = library.cabinet_open_personal(actor=head, account=cast.head)
        top = library.folder_get_for(account=cast.head, node_id=cabinet.pk)
        library.folder_create(actor=head, parent=top, name="之前")
        blob = blob_write(actor=head, data=b"before", filename="a.txt", media_type="text/plain")
        library.file_store(actor=head, place=top, name="之前.txt", blob=blob)
    return fresh_bureau, cast, top, blob


def test_its_rows_are_those_of_then(office, tmp_path):
    ref, cast, top, blob = office
    at = export(ref, tmp_path / "p")
    with bureau_context(ref):
        head = Actor.of_account(cast.head)
        library.folder_create(actor=head, parent=top, name="之后")
        later = blob_write(actor=head, data=b"after", filename="b.txt", media_type="text/plain")
        library.file_store(actor=head, place=top, name="之后.txt", blob=later)
    exchange(ref, tmp_path / "p", at)
    names = folders(ref)
    assert {"之前", "之前.txt"} <= names
    assert not {"之后", "之后.txt"} & names
    with bureau_context(ref):
        assert sealed_object(Blob.objects.get(pk=blob.pk)).read(0, 6) == b"before"
        # The later content has a row that says so, or its object would be taken for rubbish of somebody's.
        assert Blob.objects.get(pk=later.pk).state == BlobState.RELEASED
        assert StorageAccount.objects.get().used == len(b"before")
    assert row_of(ref).state in (BureauState.ACTIVE, BureauState.SETTING_UP)


def test_every_other_bureau_stays_as_it_is(office, make_bureau, tmp_path):
    ref, *_ = office
    other = make_bureau()
    cast = people(other)
    at = export(ref, tmp_path / "p")
    with bureau_context(other):
        top = library.cabinet_open_personal(actor=Actor.of_account(cast.head), account=cast.head)
        parent = library.folder_get_for(account=cast.head, node_id=top.pk)
        library.folder_create(actor=Actor.of_account(cast.head), parent=parent, name="他局之后")
    exchange(ref, tmp_path / "p", at)
    assert "他局之后" in folders(other)


def test_the_audit_log_goes_on_and_stays_whole(office, tmp_path):
    ref, cast, top, _blob = office
    at = export(ref, tmp_path / "p")
    with bureau_context(ref):
        library.folder_create(actor=Actor.of_account(cast.head), parent=top, name="之后")
        sealer.seal(full=True)
        before = list(Entry.objects.order_by("id").values_list("id", flat=True))
    exchange(ref, tmp_path / "p", at)
    with bureau_context(ref):
        sealer.seal(full=True)
        entries = list(Entry.objects.order_by("id"))
        assert [each.id for each in entries[: len(before)]] == before, "what happened is not undone"
        assert [each.action for each in entries[-2:]] == [
            "provisioning.bureau_restore_begun",
            "provisioning.bureau_restored",
        ]
        assert entries[-1].params["at"] == at.isoformat()
        assert verifier.verify().ok
    with host_context():
        assert Entry.objects.filter(action="provisioning.bureau_restored", target_id=ref.id).count() == 1


def test_nothing_that_has_left_leaves_again(office, tmp_path):
    ref, *_ = office
    gone, still = uuid7(), uuid7()
    with bureau_context(ref):
        for key in (gone, still):
            OutMessage.objects.create(id=key, to="host", type="bureau.figures.v1", body={})
        mail = Message.objects.create(address="a@example.org", template="x", language="en")
        job = Job.objects.create(name="x.y", actor_kind="system")
    at = export(ref, tmp_path / "p")
    received = uuid7()
    with bureau_context(ref):
        OutMessage.objects.filter(id=gone).delete()  # the relay took it over
        Message.objects.filter(pk=mail.pk).update(state=MessageState.SENT, sent_at=timezone.now())
        Job.objects.filter(pk=job.pk).update(state=JobState.DONE)
        InMessage.objects.create(id=received, sender="host", seq=1, type="x.y.v1")
    done = exchange(ref, tmp_path / "p", at)
    assert done.figures["messages_dropped"] == 1
    with bureau_context(ref):
        assert list(OutMessage.objects.values_list("id", flat=True)) == [still]
        assert Message.objects.get(pk=mail.pk).state == MessageState.SENT
        assert Job.objects.get(pk=job.pk).state == JobState.CANCELLED
        assert InMessage.objects.filter(id=received).exists(), "it must not have its effect once more"


def test_what_the_host_offers_is_as_now_and_what_was_made_of_it_as_then(office, tmp_path):
    ref, *_ = office

    def offer(key, version: int, **more) -> None:
        text = {"name": f"角色{version}", "codes": [], "published_at": timezone.now(), "revision": version}
        RoleOffer.objects.update_or_create(pk=key, defaults={"version": version, **text, **more})

    taken, new = uuid7(), uuid7()
    with bureau_context(ref):
        role = role_create(actor=CONSOLE, name="采用的角色")
        offer(taken, 1, role=role, taken_version=1, base={"codes": []})
    at = export(ref, tmp_path / "p")
    with bureau_context(ref):
        offer(taken, 2, taken_version=2)
        offer(new, 1, declined_version=1)
    exchange(ref, tmp_path / "p", at)
    with bureau_context(ref):
        assert RoleOffer.objects.values_list("version", "taken_version", "role").get(pk=taken) == (
            2,
            1,
            role.pk,
        )
        assert RoleOffer.objects.values_list("version", "declined_version").get(pk=new) == (1, 0)


def test_sessions_and_links_are_void(office, tmp_path):
    from django.test import Client

    from asp.accounts.testing import sign_in

    ref, cast, *_ = office
    with bureau_context(ref):
        sign_in(Client(), cast.head)
        link = link_issue(actor=TESTER, account=cast.clerk, purpose="reset", channel="slip")
        assert Session.objects.exists()
    at = export(ref, tmp_path / "p")
    exchange(ref, tmp_path / "p", at)
    with bureau_context(ref):
        assert not Session.objects.exists()
        assert not Link.objects.get(pk=link.pk).is_live


def test_what_proves_who_somebody_is_stays_as_it_is_now(office, tmp_path):
    ref, cast, *_ = office
    with bureau_context(ref):
        device_store(cast.head, "11" * 20, None)
        recovery_codes_make(actor=Actor.of_account(cast.head), account=cast.head)
    at = export(ref, tmp_path / "p")
    with bureau_context(ref):
        head = Account.objects.get(pk=cast.head.pk)
        head.set_password("Changed-because-known-2026")
        head.password_changed_at = timezone.now()
        head.save()
        TOTPDevice.objects.filter(user=head).update(key=TOTPDevice(key="22" * 20).key)
        RecoveryCode.objects.filter(account=head).update(used_at=timezone.now())
        account_disable(actor=Actor.of_account(cast.security), account=Account.objects.get(pk=cast.clerk.pk))
        codes = set(RecoveryCode.objects.values_list("pk", flat=True))
    exchange(ref, tmp_path / "p", at)
    with bureau_context(ref):
        head = Account.objects.get(pk=cast.head.pk)
        assert head.check_password("Changed-because-known-2026")
        assert TOTPDevice.objects.get(user=head).key == "22" * 20
        assert set(RecoveryCode.objects.values_list("pk", flat=True)) == codes
        assert not RecoveryCode.objects.filter(account=head, used_at=None).exists()
        assert Account.objects.get(pk=cast.clerk.pk).state == AccountState.DISABLED
        assert Account.objects.administrators().exclude(state=AccountState.DISABLED).count() == 3


def test_another_version_or_a_changed_file_is_refused_and_changes_nothing(office, tmp_path):
    ref, cast, top, _blob = office
    at = export(ref, tmp_path / "p")
    with bureau_context(ref):
        library.folder_create(actor=Actor.of_account(cast.head), parent=top, name="之后")
    manifest = package.Manifest.read(tmp_path / "p")
    package.Manifest([*manifest.migrations, ["library", "9999_later"]], manifest.tables).write(tmp_path / "p")
    with pytest.raises(RestoreImpossible):
        exchange(ref, tmp_path / "p", at)
    manifest.write(tmp_path / "p")
    file = tmp_path / "p" / "library_node"
    file.write_bytes(file.read_bytes().replace("之前".encode(), "之中".encode()))
    with pytest.raises(RestoreImpossible):
        exchange(ref, tmp_path / "p", at)
    assert "之后" in folders(ref)
    assert row_of(ref).state == BureauState.MAINTENANCE, "it stays shut until somebody decides"
    with host_context():
        services.bureau_restore_end(actor=CONSOLE, bureau=row_of(ref))
    assert row_of(ref).state != BureauState.MAINTENANCE


def test_it_waits_for_work_under_way_and_for_nobody_elses_locks(office, tmp_path, monkeypatch):
    ref, *_ = office
    at = export(ref, tmp_path / "p")
    with bureau_context(ref):
        job = Job.objects.create(name="x.y", actor_kind="system", state=JobState.RUNNING)
    with pytest.raises(WorkUnderWay):
        exchange(ref, tmp_path / "p", at)
    with bureau_context(ref):
        Job.objects.filter(pk=job.pk).update(state=JobState.DONE)
    monkeypatch.setattr(package, "LOCK_SECONDS", 1)
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with bureau_context(ref), transaction.atomic():
            Node.objects.count()
            held.set()
            done.wait(20)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert held.wait(10)
        with pytest.raises(RestoreImpossible):
            exchange(ref, tmp_path / "p", at)
    finally:
        done.set()
        holder.join()
    exchange(ref, tmp_path / "p", at)


def test_an_open_office_is_not_exchanged(office, tmp_path):
    ref, *_ = office
    at = export(ref, tmp_path / "p")
    with host_context(), pytest.raises(WrongState):
        services.bureau_restore_finish(actor=CONSOLE, bureau=row_of(ref), folder=tmp_path / "p", at=at)


def test_every_bureau_table_is_exchanged_or_declared_to_stay(fresh_bureau, tmp_path):
    """A name in `restore_keeps` that no table has would keep nothing."""
    export(fresh_bureau, tmp_path / "p")
    names = set(package.Manifest.read(tmp_path / "p").tables)
    for function in registry.functions():
        assert set(function.restore_keeps) <= names, function.code


@pytest.mark.faults
@pytest.mark.timeout(240)
def test_the_command_restores_from_a_backup(office, make_bureau, tmp_path, monkeypatch):
    """The whole way: base, journal, a copy aside, an erased object from the mirror, the exchange."""
    ref, cast, top, blob = office
    other = make_bureau()
    others = people(other)
    identity = x25519.Identity.generate()
    file = tmp_path / "identity"
    file.write_text(f"{identity}\n")
    monkeypatch.setenv("BACKUP_RECIPIENT", str(identity.to_public()))
    monkeypatch.setenv("BACKUP_DIR", str(tmp_path / "backup"))
    monkeypatch.setenv("S3_BUCKET", settings.ASP.s3_bucket)
    monkeypatch.setattr("provisioning.management.commands.restore_bureau.SECONDS_TO_LIVE", 0)
    data = DataDir(settings.ASP.data_dir)
    try:
        save_now(Settings.of(process_environment(data.path)))
        with connection.cursor() as cursor, host_context():
            cursor.execute("SELECT clock_timestamp()")
            at = cursor.fetchone()[0]
        with bureau_context(ref):
            library.folder_create(actor=Actor.of_account(cast.head), parent=top, name="之后")
            store.delete(object_name(current_site(), blob.pk))
        with bureau_context(other):
            cabinet = library.cabinet_open_personal(actor=Actor.of_account(others.head), account=others.head)
            parent = library.folder_get_for(account=others.head, node_id=cabinet.pk)
            library.folder_create(actor=Actor.of_account(others.head), parent=parent, name="他局之后")
        call_command("restore_bureau", ref.slug, at=at, identity=file, scratch=tmp_path)
        assert "之前" in folders(ref)
        assert "之后" not in folders(ref)
        assert "他局之后" in folders(other)
        with bureau_context(ref):
            assert sealed_object(Blob.objects.get(pk=blob.pk)).read(0, 6) == b"before"
        assert not list(tmp_path.glob("restore-*")), "the copy aside is unencrypted: it must not stay"
    finally:
        with closing(psycopg2.connect(settings.ASP.database_owner_url)) as owner:
            owner.autocommit = True
            owner.cursor().execute(
                "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
                " WHERE slot_name = 'tongban_backup'"
            )
