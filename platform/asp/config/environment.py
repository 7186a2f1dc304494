"""What the environment decides: one typed record, read once. Secrets may come from `<NAME>_FILE`."""

import base64
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from asp.workdays.arithmetic.hours import DEFAULT_HOURS, OfficeHours

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class Environment:
    """Settings of one process. `settings.ASP` is the instance in use."""

    database_url: str
    database_owner_url: str
    db_login: Literal["app", "owner"]
    redis_url: str
    s3_endpoint_url: str
    s3_region: str
    s3_bucket: str
    s3_access_key_id: str
    s3_secret_access_key: str
    secret_key: str
    master_key: bytes
    base_domain: str
    port: int
    scheme: Literal["http", "https"]
    smtp_url: str
    catcher_url: str
    mail_from: str
    demo: bool
    embedded: bool
    data_dir: Path
    county_name: str
    county_name_en: str
    pool_size: int
    schema_prefix: str
    log_format: Literal["json", "text"]
    metrics_port: int
    transfer_threads: int
    office_hours: str
    backup: bool

    @property
    def origin_port(self) -> str:
        """`:8000`, or nothing when the port is the scheme's own."""
        usual = {"http": 80, "https": 443}[self.scheme]
        return "" if self.port == usual else f":{self.port}"

    def origin(self, host: str) -> str:
        """Return scheme, host and port of a site, without a final slash."""
        return f"{self.scheme}://{host}{self.origin_port}"


class _Reader:
    """Looks names up in the environment, then in what the embedded stack left for its neighbours."""

    def __init__(self) -> None:
        self.data_dir = Path(os.environ.get("DATA_DIR", ROOT / ".data")).resolve()
        self._beside: dict[str, str] = {}
        beside = self.data_dir / "environment.json"
        if "DATABASE_URL" not in os.environ and os.access(beside, os.R_OK):
            self._beside = json.loads(beside.read_text())

    def text(self, name: str, default: str | None = None) -> str:
        if name in os.environ:
            return os.environ[name]
        if f"{name}_FILE" in os.environ:
            return Path(os.environ[f"{name}_FILE"]).read_text().strip()
        value = self._beside.get(name, default)
        if value is None:
            raise ImproperlyConfigured(f"{name} is not set, and no embedded stack is running beside")
        return value

    def flag(self, name: str, default: bool) -> bool:
        return self.text(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}

    def number(self, name: str, default: int) -> int:
        value = self.text(name, str(default))
        if not value.isdecimal():
            raise ImproperlyConfigured(f"{name} must be a number, not {value!r}")
        return int(value)


def read_environment() -> Environment:
    """Read the environment, or raise ImproperlyConfigured with the name that is missing or wrong."""
    read = _Reader()
    login = read.text("ASP_DB_LOGIN", "app")
    scheme = read.text("SCHEME", "http")
    if login not in {"app", "owner"} or scheme not in {"http", "https"}:
        raise ImproperlyConfigured("ASP_DB_LOGIN is app or owner, SCHEME is http or https")
    app_url = read.text("DATABASE_URL")
    # Only processes that need the owner's login are given it.
    owner_url = read.text("DATABASE_OWNER_URL") if login == "owner" else ""
    # A process under the supervisor has a name and writes for machines; a command, for whoever typed it.
    log_format = read.text("LOG_FORMAT", "json" if os.environ.get("PROCESS_NAME") else "text")
    if log_format not in {"json", "text"}:
        raise ImproperlyConfigured("LOG_FORMAT is json or text")
    master_key = base64.b64decode(read.text("MASTER_KEY"))
    if len(master_key) != 32:
        raise ImproperlyConfigured("MASTER_KEY must be 32 bytes in base64")
    return Environment(
        database_url=app_url,
        database_owner_url=owner_url,
        db_login=login,  # type: ignore[arg-type]
        redis_url=read.text("REDIS_URL"),
        s3_endpoint_url=read.text("S3_ENDPOINT_URL"),
        s3_region=read.text("S3_REGION", "us-east-1"),
        s3_bucket=read.text("S3_BUCKET", "tongban"),
        s3_access_key_id=read.text("S3_ACCESS_KEY_ID"),
        s3_secret_access_key=read.text("S3_SECRET_ACCESS_KEY"),
        secret_key=read.text("SECRET_KEY"),
        master_key=master_key,
        base_domain=read.text("BASE_DOMAIN", "localhost").lower(),
        port=read.number("PORT", 8000),
        scheme=scheme,  # type: ignore[arg-type]
        smtp_url=read.text("SMTP_URL", ""),
        catcher_url=read.text("CATCHER_URL", ""),
        mail_from=read.text("MAIL_FROM", f"tongban@{read.text('BASE_DOMAIN', 'localhost')}"),
        demo=read.flag("DEMO", True),
        embedded=read.flag("EMBEDDED", False),
        data_dir=read.data_dir,
        county_name=read.text("COUNTY_NAME", "云溪县"),
        county_name_en=read.text("COUNTY_NAME_EN", "Yunxi County"),
        pool_size=read.number("POOL_SIZE", 4),
        schema_prefix=read.text("SCHEMA_PREFIX", "b_"),
        log_format=log_format,  # type: ignore[arg-type]
        metrics_port=read.number("METRICS_PORT", 0),
        transfer_threads=read.number("TRANSFER_THREADS", 64),
        office_hours=_office_hours(read.text("OFFICE_HOURS", str(DEFAULT_HOURS))),
        backup=read.flag("BACKUP", False),
    )


def _office_hours(text: str) -> str:
    try:
        return str(OfficeHours.parse(text))
    except ValueError as error:
        raise ImproperlyConfigured(f"OFFICE_HOURS is like {DEFAULT_HOURS}: {error}") from error


def database_settings(environment: Environment) -> dict[str, object]:
    """Django's DATABASES entry for the login that this process uses."""
    url = environment.database_owner_url if environment.db_login == "owner" else environment.database_url
    parts = urlsplit(url)
    return {
        "ENGINE": "tenants.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or 5432),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5},
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }
