"""`manage.py restore_bureau SLUG --at MOMENT`: put one bureau back to an earlier moment; the others go on."""

import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from psycopg2 import sql

from asp.audit.actor import Actor
from asp.blobs.frames import sealed_size
from asp.ui.errors import UserFacingError
from infra.backup import keys
from infra.backup.drill import await_journal
from infra.backup.mirror import Mirror, Store
from infra.backup.options import moment
from infra.backup.recover import Goal, aside
from infra.backup.restore import objects_put
from infra.backup.settings import Settings, libpq, process_environment
from infra.backup.target import Target
from infra.backup.trouble import BackupError
from infra.datadir import DataDir
from provisioning import services
from tenants import package
from tenants.context import host_context, owner_context
from tenants.models import Bureau, BureauState
from tenants.routing import SECONDS_TO_LIVE

ACTOR = Actor.system("console")
WHOLE = ("ready", "checking")


class Command(BaseCommand):
    help = "Put one bureau back to an earlier moment. Its audit log goes on; sessions and links become void."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--at", type=moment, help='"2026-11-28 07:40+00"; without a zone: Asia/Shanghai')
        parser.add_argument("--identity", type=Path, help="file with the age key that opens the backups")
        parser.add_argument("--scratch", type=Path, help="folder with room for a copy of the database")
        parser.add_argument("--give-up", action="store_true", help="only open an office that was left shut")

    def handle(self, *args: Any, **options: Any) -> None:
        """Restores aside first: the office is shut for the exchange alone."""
        with host_context():
            bureau = Bureau.objects.filter(slug=options["slug"]).first()
        if bureau is None:
            raise CommandError(f"There is no bureau with the address {options['slug']}.")
        try:
            if options["give_up"]:
                with host_context():
                    services.bureau_restore_end(actor=ACTOR, bureau=bureau)
                return
            if options["at"] is None or options["at"] > datetime.now(UTC):
                raise CommandError("Say with --at which moment, in the past.")
            self._restore(bureau, options["at"], options)
        except UserFacingError as error:
            raise CommandError(error.text) from error
        except BackupError as error:
            raise CommandError(str(error)) from error

    def _restore(self, bureau: Bureau, at: datetime, options: dict[str, Any]) -> None:
        data = DataDir(settings.ASP.data_dir)
        known = Settings.of(process_environment(data.path))
        identity = keys.identity_read(options["identity"] or keys.identity_path(data))
        target = Target(known.target)
        # Moments up to now: what is still only in the database has to be saved first.
        await_journal(known, target, _place())
        with tempfile.TemporaryDirectory(prefix="restore-", dir=options["scratch"] or data.path) as folder:
            self._say(f"Restoring the database of {at.isoformat()} aside …")
            package_folder = Path(folder) / "package"
            with aside(target, identity, Path(folder) / "data", Goal(at=at)) as recovery:
                reader = libpq(known.reader)
                connection = recovery.connect(user=reader["PGUSER"], database=reader["PGDATABASE"])
                try:
                    _must_be_there(connection, bureau)
                    wanted = _objects(connection, bureau)
                    connection.rollback()
                    package.export_schema(connection, bureau.schema_name, package_folder)
                finally:
                    connection.close()
            copied = _objects_return(known, wanted)
            if copied:
                self._say(f"{copied} objects came back from the mirror.")
            self._exchange(bureau, at, package_folder)

    def _exchange(self, bureau: Bureau, at: datetime, folder: Path) -> None:
        suspended = bureau.state == BureauState.SUSPENDED
        with host_context():
            services.bureau_restore_begin(actor=ACTOR, bureau=bureau, at=at)
        self._say("The office is shut.")
        begun = time.monotonic()
        with _opened_again(bureau, suspended=suspended):
            # Until every process knows that it is shut, and requests that were under way have ended.
            time.sleep(SECONDS_TO_LIVE + 1)
            with host_context():
                done = services.bureau_restore_finish(
                    actor=ACTOR, bureau=bureau, folder=folder, at=at, suspended=suspended
                )
        self._say(
            f"{sum(done.rows.values())} rows are back; the office was shut for {time.monotonic() - begun:.1f} s."
        )
        for name, count in done.figures.items():
            self._say(f"  {name.replace('_', ' ')}: {count}")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _place() -> str:
    from django.db import connection

    with owner_context(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_logical_emit_message(false, 'tongban', 'restore', true)")
        cursor.execute("SELECT pg_current_wal_flush_lsn()::text")
        row = cursor.fetchone()
    assert row is not None
    return str(row[0])


@contextmanager
def _opened_again(bureau: Bureau, *, suspended: bool) -> Iterator[None]:
    """If the exchange fails, the office opens as it was: nothing was changed."""
    try:
        yield
    except BaseException:
        with host_context():
            services.bureau_restore_end(actor=ACTOR, bureau=bureau, suspended=suspended)
        raise


def _must_be_there(connection: Any, bureau: Bureau) -> None:
    """The schema was in the pool, or another bureau's, before this one was opened."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM public.tenants_bureau WHERE id = %s AND schema_name = %s",
            [str(bureau.pk), bureau.schema_name],
        )
        if cursor.fetchone() is None:
            raise CommandError(f"{bureau.slug} was not open yet at that moment.")


def _objects(connection: Any, bureau: Bureau) -> list[tuple[str, int]]:
    """Name and stored size of every object that the bureau's rows of that moment need."""
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("SELECT id, size FROM {} WHERE state IN %s").format(
                sql.Identifier(bureau.schema_name, "blobs_blob")
            ),
            [WHOLE],
        )
        return [(f"{bureau.storage_prefix}/{blob}", sealed_size(size)) for blob, size in cursor.fetchall()]


def _objects_return(known: Settings, wanted: list[tuple[str, int]]) -> int:
    """Put back what the store has erased since. Raises BackupError for what the mirror has not, either."""
    store = Store(known.store)
    present = dict(store.objects())
    missing = [name for name, size in wanted if present.get(name) != size]
    return objects_put(Mirror(known.target), store, missing) if missing else 0
