"""What is decided by the environment: where to, for whom, when, how much is kept."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from urllib.parse import unquote, urlsplit

from infra.backup.trouble import BackupError

RECIPIENT = "backup-recipient"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """`url` is a login with the REPLICATION right, `reader` one that may read every table (for comparing);
    `store` are the S3_… variables."""

    target: Path
    recipient: str
    url: str
    reader: str
    data: Path
    store: Mapping[str, str]
    secrets: Mapping[str, str]
    at: time = time(2, 30)
    mirror_minutes: int = 60
    keep: int = 7
    journal_seconds: int = 30
    max_rate: str = ""
    slot: str = "tongban_backup"

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Settings:
        """Read the environment. Raises BackupError if nobody is named who could open a backup."""
        data = Path(environment.get("DATA_DIR") or ".data").resolve()
        recipient = _text(environment, "BACKUP_RECIPIENT")
        if not recipient:
            raise BackupError("not_set_up")
        hour, _, minute = (environment.get("BACKUP_AT") or "02:30").partition(":")
        kept_secret = environment.get("BACKUP_SECRETS") != "0"
        return cls(
            target=target_of(environment),
            recipient=recipient,
            url=_text(environment, "BACKUP_URL")
            or _text(environment, "DATABASE_OWNER_URL")
            or _text(environment, "DATABASE_URL"),
            reader=_text(environment, "DATABASE_OWNER_URL") or _text(environment, "DATABASE_URL"),
            data=data,
            store={
                name: _text(environment, name)
                for name in (
                    "S3_ENDPOINT_URL",
                    "S3_REGION",
                    "S3_BUCKET",
                    "S3_ACCESS_KEY_ID",
                    "S3_SECRET_ACCESS_KEY",
                )
            },
            secrets={name: _text(environment, name) for name in ("SECRET_KEY", "MASTER_KEY") if kept_secret},
            at=time(int(hour), int(minute or 0)),
            mirror_minutes=_number(environment, "BACKUP_MIRROR_MINUTES", 60),
            keep=_number(environment, "BACKUP_KEEP", 7),
            journal_seconds=_number(environment, "BACKUP_JOURNAL_SECONDS", 30),
            max_rate=environment.get("BACKUP_MAX_RATE", ""),
        )

    def connection(self) -> dict[str, str]:
        """The login as libpq's own variables: a command line can be read by everybody on the machine."""
        return libpq(self.url)


def target_of(environment: Mapping[str, str]) -> Path:
    """The folder that holds the backups."""
    data = Path(environment.get("DATA_DIR") or ".data").resolve()
    return Path(environment.get("BACKUP_DIR") or data / "backup").resolve()


def libpq(url: str) -> dict[str, str]:
    """An address as PG… variables."""
    parts = urlsplit(url)
    return {
        "PGHOST": parts.hostname or "127.0.0.1",
        "PGPORT": str(parts.port or 5432),
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
        "PGDATABASE": unquote(parts.path.lstrip("/")),
        "PGCONNECT_TIMEOUT": "10",
        "PGAPPNAME": "tongban backup",
    }


def _text(environment: Mapping[str, str], name: str) -> str:
    if environment.get(name):
        return environment[name]
    file = environment.get(f"{name}_FILE")
    return Path(file).read_text(encoding="utf-8").strip() if file else ""


def _number(environment: Mapping[str, str], name: str, default: int) -> int:
    value = environment.get(name, "")
    return int(value) if value.isdecimal() and int(value) > 0 else default


def process_environment(data: Path) -> dict[str, str]:
    """This process's environment, with what the embedded stack of `data` has left there for its neighbours."""
    values = dict(os.environ)
    beside = data / "environment.json"
    if "DATABASE_URL" not in values and os.access(beside, os.R_OK):
        values = {**json.loads(beside.read_text(encoding="utf-8")), **values}
    values["DATA_DIR"] = str(data)
    recipient = data / "secrets" / RECIPIENT
    if not values.get("BACKUP_RECIPIENT") and not values.get("BACKUP_RECIPIENT_FILE") and recipient.exists():
        values["BACKUP_RECIPIENT"] = recipient.read_text(encoding="utf-8").strip()
    return values
