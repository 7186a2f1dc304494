"""Which servers a stack needs: embedded ones, or those that the environment names."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from .datadir import DataDir
from .ports import Ports
from .process import Spec
from .servers.postgres import LOGIN, OWNER, Postgres
from .servers.seaweed import Seaweed
from .servers.valkey import Valkey
from .supervisor import Supervisor
from .tools import ROOT


def given(name: str, environment: Mapping[str, str] | None = None) -> bool:
    """Whether the environment sets `name`, itself or as a file."""
    source = os.environ if environment is None else environment
    return bool(source.get(name) or source.get(f"{name}_FILE"))


class Stack:
    """The servers of one data folder: decides what is embedded, starts it, and makes the environment."""

    def __init__(self, data: DataDir, supervisor: Supervisor, *, fast: bool = False) -> None:
        self.data = data
        self.supervisor = supervisor
        self._fast = fast
        self.ports = Ports(data)
        self.postgres = None if given("DATABASE_URL") else Postgres(data, self.ports, fast=fast)
        self.valkey = None if given("REDIS_URL") else Valkey(data, self.ports, fast=fast)
        self.seaweed = None if given("S3_ENDPOINT_URL") else Seaweed(data, self.ports)
        self.catcher = self.embedded and not given("SMTP_URL")

    @property
    def embedded(self) -> bool:
        """Whether any server of this stack is embedded."""
        return any((self.postgres, self.valkey, self.seaweed))

    @property
    def backs_up(self) -> bool:
        """Whether backups are taken: by default of an embedded database that is to last, and wherever somebody
        is named who can open them."""
        if wish := os.environ.get("BACKUP"):
            return wish != "0"
        return given("BACKUP_RECIPIENT") or (self.postgres is not None and not self._fast)

    def start_servers(self) -> None:
        """Start the embedded servers together and make database and login."""
        specs: list[Spec] = []
        if self.valkey:
            specs.append(self.valkey.spec())
        if self.seaweed:
            specs.append(self.seaweed.spec())
        if self.postgres:
            self.postgres.prepare()
            specs.append(self.postgres.spec())
        if self.catcher:
            specs.append(self._catcher_spec())
        self.supervisor.start(specs)
        if self.postgres:
            self.postgres.ensure_database()

    def _catcher_spec(self) -> Spec:
        argv = [sys.executable, "-m", "infra.catcher", "--folder", str(self.data.path / "mail")]
        argv += ["--smtp-port", str(self.ports.get("catcher-smtp"))]
        argv += ["--http-port", str(self.ports.get("catcher-http"))]
        return Spec(
            name="catcher",
            argv=argv,
            folder=ROOT,
            grace=5,
            log=self.data.path / "logs" / "catcher.log",
        )

    def environment(self) -> dict[str, str]:
        """Every variable of the project's environment that this stack decides.

        What the caller has set already stays as it is.
        """
        values: dict[str, str] = {"DATA_DIR": str(self.data.path), "EMBEDDED": "1" if self.embedded else "0"}
        if self.postgres:
            values["DATABASE_URL"] = self.postgres.url(LOGIN)
            values["DATABASE_OWNER_URL"] = self.postgres.url(OWNER)
        if self.valkey:
            values["REDIS_URL"] = self.valkey.url()
        if self.seaweed:
            values |= self.seaweed.environment()
        if self.catcher:
            values["SMTP_URL"] = f"smtp://127.0.0.1:{self.ports.get('catcher-smtp')}"
            values["CATCHER_URL"] = f"http://127.0.0.1:{self.ports.get('catcher-http')}/"
        for name, default in (("BASE_DOMAIN", "localhost"), ("PORT", "8000"), ("SCHEME", "http")):
            values[name] = os.environ.get(name) or default
        values["DEMO"] = os.environ.get("DEMO") or ("1" if self.embedded else "0")
        for name in ("SECRET_KEY", "MASTER_KEY"):
            # With real servers they have to be given: a key made here would be lost with this machine.
            if self.embedded and not given(name):
                values[name] = self.data.secret(name.lower().replace("_", "-"))
        values["BACKUP"] = "1" if self.backs_up else "0"
        if self.backs_up and not given("BACKUP_RECIPIENT"):
            from .backup.keys import recipient_ensure

            values["BACKUP_RECIPIENT"] = recipient_ensure(self.data)
        paths = [str(ROOT), str(ROOT / "platform"), os.environ.get("PYTHONPATH", "")]
        values["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
        return values
