"""Embedded S3: SeaweedFS as `weed mini`, everything in one process.

Its master, volume and filer ports answer on 127.0.0.1 without credentials, so this server is for
development, demonstration and single machines whose local users are trusted. The content is encrypted
before it arrives here.
"""

from __future__ import annotations

import os
from pathlib import Path

from infra import s3
from infra.datadir import DataDir
from infra.ports import Ports
from infra.process import Spec
from infra.tools import program

BUCKET = "tongban"
REGION = "us-east-1"
SENTINEL = "infra/sentinel"
PORTS = ("master", "volume", "filer", "admin")


class Seaweed:
    """The object store of one data folder."""

    def __init__(self, data: DataDir, ports: Ports) -> None:
        self._data = data
        self._ports = ports

    @property
    def port(self) -> int:
        return self._ports.get("s3")

    def environment(self) -> dict[str, str]:
        return {
            "S3_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
            "S3_REGION": REGION,
            "S3_BUCKET": BUCKET,
            "S3_ACCESS_KEY_ID": self._data.secret("s3-access-key"),
            "S3_SECRET_ACCESS_KEY": self._data.secret("s3-secret-key"),
        }

    def spec(self) -> Spec:
        folder = self._data.sub("s3")
        argv = [program("weed"), "-logdir", str(self._data.sub("logs")), "-logtostderr=true", "mini"]
        argv += [
            "-dir",
            str(folder),
            "-ip",
            "127.0.0.1",
            "-ip.bind",
            "127.0.0.1",
            "-bucket",
            BUCKET,
            "-volume.preStopSeconds",
            "0",
        ]
        argv += ["-admin.ui=false", "-webdav=false", "-master.telemetry=false"]
        argv += ["-s3.port.iceberg", "0", "-s3.port.lance", "0"]
        for name in ("s3", *PORTS):
            argv += [f"-{name}.port", str(self._port(name))]
            argv += [f"-{name}.port.grpc", str(self._port(f"{name}-grpc"))]
        argv += ["-filer.localSocket", self._socket("filer"), "-s3.localSocket", self._socket("s3")]
        access_key = self._data.secret("s3-access-key")
        secret_key = self._data.secret("s3-secret-key")
        return Spec(
            name="s3",
            argv=argv,
            environment={"AWS_ACCESS_KEY_ID": access_key, "AWS_SECRET_ACCESS_KEY": secret_key},
            folder=folder,
            ready=self.ready,
            ready_within=90,
            log=self._data.path / "logs" / "s3.log",
        )

    def _port(self, name: str) -> int:
        return self.port if name == "s3" else self._ports.get(f"s3-{name}")

    def _socket(self, name: str) -> str:
        """Path of a local socket: in the data folder unless that is too long for a socket address."""
        path = self._data.path / "run" / f"weed-{name}.sock"
        if len(os.fsencode(path)) < 100:
            path.unlink(missing_ok=True)
            return str(path)
        return str(Path("/tmp") / f"tongban-weed-{name}-{os.getuid()}-{self.port}.sock")

    def ready(self) -> bool:
        """Whether an object can be written and read back; listing buckets works long before that."""
        client = s3.Client.of(self.environment(), timeout=1.5)
        content = os.urandom(8)
        return client.put(SENTINEL, content) and client.get(SENTINEL) == content
