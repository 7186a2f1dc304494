"""The mirror of the object store: objects are made once, encrypted by their bureau's key, and never changed, so
that copying what is new is enough.

`objects/data/<key>` is the object itself, `objects/ledger.jsonl` says what was copied when, with its SHA-256, and
what has vanished from the store since. An object that vanished stays until no backup is left that needs it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from infra.backup import sealing
from infra.backup.sealing import HIDDEN, digest_of
from infra.backup.trouble import BackupError, of_os

LEDGER = "ledger.jsonl"
DATA = "data"
CHUNK = 1 << 20
# The probe's own object, written anew at every start.
NOT_MIRRORED = "infra/"
FEW = 20
ROOM = 1000  # lines of the ledger that may be out of date before it is written anew


@dataclass
class Entry:
    """One object of the mirror. `gone_at` is when it was first missed in the store."""

    size: int
    sha256: str
    copied_at: str
    gone_at: str = ""


@dataclass
class Outcome:
    """What one run has done."""

    objects: int = 0
    bytes: int = 0
    copied: int = 0
    copied_bytes: int = 0
    gone: int = 0
    removed: int = 0
    differing: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {**self.__dict__, "differing": self.differing[:20]}


class Store:
    """The few S3 verbs that are needed here."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.bucket = environment["S3_BUCKET"] or "tongban"
        self._client = boto3.session.Session().client(
            "s3",
            endpoint_url=environment["S3_ENDPOINT_URL"] or None,
            region_name=environment["S3_REGION"] or "us-east-1",
            aws_access_key_id=environment["S3_ACCESS_KEY_ID"],
            aws_secret_access_key=environment["S3_SECRET_ACCESS_KEY"],
            config=Config(
                signature_version="s3v4",
                s3={"addressing_style": "path"},
                connect_timeout=5,
                read_timeout=30,
                retries={"total_max_attempts": 2, "mode": "standard"},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def objects(self) -> Iterator[tuple[str, int]]:
        """Name and size of everything. Raises BackupError."""
        try:
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket):
                for item in page.get("Contents", ()):
                    if not item["Key"].startswith(NOT_MIRRORED):
                        yield item["Key"], int(item["Size"])
        except (ClientError, BotoCoreError, HTTPClientError, OSError) as error:
            raise BackupError("store_away", reason=type(error).__name__) from error

    def chunks(self, key: str) -> Iterator[bytes]:
        """The content. Raises BackupError; KeyError if it is gone."""
        try:
            body = self._client.get_object(Bucket=self.bucket, Key=key)["Body"]
            yield from body.iter_chunks(CHUNK)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in ("NoSuchKey", "404"):
                raise KeyError(key) from error
            raise BackupError("store_away", reason=type(error).__name__) from error
        except (BotoCoreError, HTTPClientError, OSError) as error:
            raise BackupError("store_away", reason=type(error).__name__) from error

    def bucket_ensure(self) -> None:
        """Make the bucket unless it is there. Raises BackupError."""
        try:
            try:
                self._client.head_bucket(Bucket=self.bucket)
            except ClientError:
                self._client.create_bucket(Bucket=self.bucket)
        except (ClientError, BotoCoreError, HTTPClientError, OSError) as error:
            raise BackupError("store_away", reason=type(error).__name__) from error

    def put_new(self, key: str, path: Path) -> bool:
        """Store a file unless an object of that name is there; return whether it was stored. Raises BackupError."""
        try:
            with path.open("rb") as stream:
                self._client.put_object(Bucket=self.bucket, Key=key, Body=stream, IfNoneMatch="*")
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in ("PreconditionFailed", "412"):
                return False
            raise BackupError("store_away", reason=type(error).__name__) from error
        except (BotoCoreError, HTTPClientError) as error:
            raise BackupError("store_away", reason=type(error).__name__) from error
        return True


class Mirror:
    """The copy of one bucket in the target's folder."""

    def __init__(self, target: Path) -> None:
        self.folder = target / "objects"
        self.entries: dict[str, Entry] = {}
        self._lines = 0
        self._read()

    def path_of(self, key: str) -> Path:
        """Where the copy of an object lies."""
        return self.folder / DATA / quote(key, safe="/-_.~")

    def check(self, key: str) -> None:
        """Raises BackupError unless the copy is what was copied."""
        entry, path = self.entries.get(key), self.path_of(key)
        if entry is None or not path.exists():
            raise BackupError("object_missing", name=key)
        if path.stat().st_size != entry.size or digest_of(path) != entry.sha256:
            raise BackupError("object_damaged", name=key)

    def run(self, store: Store, *, stopped: Callable[[], bool] = lambda: False) -> Outcome:
        """Copy what is new, note what has vanished. Raises BackupError."""
        outcome = Outcome()
        present: set[str] = set()
        try:
            self._folders()
            for key, size in store.objects():
                present.add(key)
                entry = self.entries.get(key)
                if entry is None or entry.size != size or not self.path_of(key).exists():
                    if entry is not None and entry.size != size:
                        outcome.differing.append(key)
                        continue
                    if self._copy(store, key, size):
                        outcome.copied += 1
                        outcome.copied_bytes += size
                elif entry.gone_at:
                    self._note({"e": "back", "key": key})
                if stopped():
                    return outcome
            self._note_gone(present, outcome)
            if self._lines > 2 * len(self.entries) + ROOM:
                self._rewrite()
        except OSError as error:
            raise of_os(error, self.folder) from error
        living = [each for each in self.entries.values() if not each.gone_at]
        outcome.objects, outcome.bytes = len(living), sum(each.size for each in living)
        return outcome

    def forget(self, before: datetime) -> int:
        """Remove copies of what vanished before a moment; return how many. Raises BackupError."""
        old = [
            key
            for key, each in self.entries.items()
            if each.gone_at and datetime.fromisoformat(each.gone_at) < before
        ]
        try:
            for key in old:
                self.path_of(key).unlink(missing_ok=True)
                self._note({"e": "removed", "key": key})
        except OSError as error:
            raise of_os(error, self.folder) from error
        return len(old)

    # -- copying ----------------------------------------------------------------------------------------
    def _copy(self, store: Store, key: str, size: int) -> bool:
        path = self.path_of(key)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        hidden = path.parent / f"{HIDDEN}{path.name[-100:]}"
        hidden.unlink(missing_ok=True)
        digest, count = hashlib.sha256(), 0
        try:
            descriptor = os.open(hidden, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb", buffering=CHUNK) as stream:
                for chunk in store.chunks(key):
                    stream.write(chunk)
                    digest.update(chunk)
                    count += len(chunk)
                stream.flush()
                os.fsync(stream.fileno())
        except KeyError:
            hidden.unlink(missing_ok=True)
            return False  # deleted between the listing and now
        except (OSError, BackupError):
            hidden.unlink(missing_ok=True)
            raise
        if count != size:
            hidden.unlink(missing_ok=True)
            return False
        sha256 = digest.hexdigest()
        if not sealing.place(hidden, path) and digest_of(path) != sha256:
            # A copy without a line in the ledger: cut off by a crash, or not ours. The store's is the truth.
            path.unlink()
            return self._copy(store, key, size)
        self._note(
            {"e": "copied", "key": key, "size": size, "sha256": sha256, "at": datetime.now(UTC).isoformat()}
        )
        return True

    def _note_gone(self, present: set[str], outcome: Outcome) -> None:
        living = [key for key, each in self.entries.items() if not each.gone_at]
        missing = [key for key in living if key not in present]
        if len(missing) > FEW and len(missing) * 2 > len(living):
            # An empty or a wrong store is no reason to let go of what it held.
            raise BackupError("objects_vanished", count=len(missing), total=len(living))
        for key in missing:
            self._note({"e": "gone", "key": key, "at": datetime.now(UTC).isoformat()})
        outcome.gone = len(missing)

    # -- the ledger ---------------------------------------------------------------------------------------
    def _folders(self) -> None:
        (self.folder / DATA).mkdir(parents=True, exist_ok=True, mode=0o700)

    def _read(self) -> None:
        try:
            with (self.folder / LEDGER).open(encoding="utf-8") as stream:
                for line in stream:
                    try:
                        self._apply(json.loads(line))
                    except ValueError:
                        continue  # cut off by a crash: the object is looked at again
                    self._lines += 1
        except FileNotFoundError:
            return
        except OSError as error:
            raise of_os(error, self.folder) from error

    def _apply(self, line: dict[str, Any]) -> None:
        key = line["key"]
        if line["e"] == "copied":
            self.entries[key] = Entry(line["size"], line["sha256"], line["at"], line.get("gone_at", ""))
        elif line["e"] == "removed":
            self.entries.pop(key, None)
        elif key in self.entries:
            self.entries[key].gone_at = line.get("at", "") if line["e"] == "gone" else ""

    def _note(self, line: dict[str, Any]) -> None:
        path = self.folder / LEDGER
        with path.open("ab") as stream:
            text = json.dumps(line, ensure_ascii=False) + "\n"
            # After a line that was cut off, a new one begins on a line of its own.
            lead = "\n" if stream.tell() and not _ends_with_newline(path) else ""
            stream.write((lead + text).encode())
            stream.flush()
            os.fdatasync(stream.fileno())
        self._apply(line)
        self._lines += 1

    def _rewrite(self) -> None:
        hidden = self.folder / f"{HIDDEN}{LEDGER}"
        with hidden.open("w", encoding="utf-8") as stream:
            for key, each in self.entries.items():
                line = {
                    "e": "copied",
                    "key": key,
                    "size": each.size,
                    "sha256": each.sha256,
                    "at": each.copied_at,
                    "gone_at": each.gone_at,
                }
                stream.write(json.dumps(line, ensure_ascii=False) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(hidden, self.folder / LEDGER)
        self._lines = len(self.entries)


def _ends_with_newline(path: Path) -> bool:
    with path.open("rb") as stream:
        stream.seek(-1, os.SEEK_END)
        return stream.read(1) == b"\n"
