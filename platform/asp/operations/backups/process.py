"""The backup process: `infra.backup` takes the backups, this tells the console and hears its wishes."""

import logging
import signal
from types import FrameType
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from asp.operations.backups import services
from infra.backup.service import Service
from infra.backup.settings import Settings, process_environment
from infra.backup.trouble import BackupError
from infra.datadir import DataDir
from tenants import version
from tenants.context import host_context
from tenants.observe import alive

log = logging.getLogger(__name__)

REPORT = "backup-report.json"


def run() -> None:
    """Take backups until SIGTERM. Raises BackupError if nobody is named who could open them."""
    service = Service(read_settings(), publish=_publish, facts=_facts, wishes=_wishes)

    def stop(_signum: int, _frame: FrameType | None) -> None:
        service.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    alive.start()
    service.run()


def read_settings() -> Settings:
    """The backups' settings, with what this process knows of servers and keys. Raises BackupError."""
    asp = settings.ASP
    known: dict[str, str] = {
        "DATA_DIR": str(asp.data_dir),
        "S3_ENDPOINT_URL": asp.s3_endpoint_url,
        "S3_REGION": asp.s3_region,
        "S3_BUCKET": asp.s3_bucket,
        "S3_ACCESS_KEY_ID": asp.s3_access_key_id,
        "S3_SECRET_ACCESS_KEY": asp.s3_secret_access_key,
        "DATABASE_URL": asp.database_url,
    }
    if asp.database_owner_url:
        known["DATABASE_OWNER_URL"] = asp.database_owner_url
    return Settings.of({**known, **process_environment(asp.data_dir)})


def _facts() -> dict[str, Any]:
    return {"version": version.code_version()}


def _publish(report: dict[str, Any]) -> None:
    data = DataDir(settings.ASP.data_dir)
    try:
        data.write_json(REPORT, report)
    except OSError as error:
        log.warning("the report cannot be written: %s", error)
    try:
        connection.close_if_unusable_or_obsolete()
        with host_context():
            services.report_keep(report=report)
    except (DatabaseError, InterfaceError) as error:
        log.warning("the console is not told: %s", type(error).__name__)
        connection.close()


def _wishes() -> list[tuple[str, str]]:
    try:
        with host_context():
            return [(kind, "console") for kind in services.requests_take()]
    except (DatabaseError, InterfaceError):
        connection.close()
        return []


__all__ = ["BackupError", "read_settings", "run"]
