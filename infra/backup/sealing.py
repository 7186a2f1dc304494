"""Files that are encrypted on their way to the disk, and there whole or not at all.

A file is written under a hidden name, brought to the disk, then linked to its own name, which fails if that is
there already: nothing is ever overwritten, and whoever sees the name sees all of it.
"""

from __future__ import annotations

import hashlib
import io
import os
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

import pyrage
from pyrage import x25519

from infra.backup.trouble import BackupError, of_os

HIDDEN = ".part-"
CHUNK = 1 << 20
LEVEL = 1


class Readable(Protocol):
    """What `seal` reads from; an empty answer is the end."""

    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True)
class Part:
    """One file of a backup: bytes and SHA-256 of what lies on the disk, and bytes before."""

    name: str
    bytes: int
    sha256: str
    plain_bytes: int

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "bytes": self.bytes, "sha256": self.sha256, "plain": self.plain_bytes}


class _Compressed:
    """A stream, compressed while it is read."""

    def __init__(self, source: Readable, told: Callable[[int], None]) -> None:
        self._source = source
        self._told = told
        self._compressor = zlib.compressobj(LEVEL, zlib.DEFLATED, 31)  # gzip's own frame
        self._ready = bytearray()
        self._ended = False
        self.plain_bytes = 0

    def read(self, size: int = -1, /) -> bytes:
        while not self._ended and len(self._ready) < max(size, 1):
            chunk = self._source.read(CHUNK)
            self.plain_bytes += len(chunk)
            if chunk:
                self._ready += self._compressor.compress(chunk)
                self._told(self.plain_bytes)
            else:
                self._ready += self._compressor.flush()
                self._ended = True
        size = len(self._ready) if size < 0 else size
        given = bytes(self._ready[:size])
        del self._ready[:size]
        return given


class _Counted:
    """A file that counts and hashes what is written. Keeps the error that the encryption would swallow."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()
        self.bytes = 0
        self.error: OSError | None = None

    def write(self, data: bytes) -> int:
        try:
            self._stream.write(data)
        except OSError as error:
            self.error = error
            raise
        self._digest.update(data)
        self.bytes += len(data)
        return len(data)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except OSError as error:
            self.error = error
            raise

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


def seal(
    path: Path, source: Readable, recipient: x25519.Recipient, *, told: Callable[[int], None] | None = None
) -> Part:
    """Compress and encrypt `source` into the new file `path`, which the caller's folder keeps hidden.

    `told` hears how many bytes were read. Raises BackupError if the disk does not take it.
    """
    reader = _Compressed(source, told or (lambda count: None))
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb", buffering=CHUNK) as stream:
            writer = _Counted(stream)
            try:
                pyrage.encrypt_io(reader, writer, [recipient])  # type: ignore[arg-type]
            except pyrage.EncryptError as error:
                raise (writer.error or OSError(str(error))) from error
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise of_os(error, path.parent) from error
    return Part(path.name, writer.bytes, writer.sha256, reader.plain_bytes)


def place(hidden: Path, path: Path) -> bool:
    """Give a finished file its name; return False if that is taken. Raises BackupError."""
    try:
        try:
            os.link(hidden, path)
        except FileExistsError:
            return False
        finally:
            hidden.unlink(missing_ok=True)
        folder_sync(path.parent)
    except OSError as error:
        raise of_os(error, path.parent) from error
    return True


def folder_sync(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def unseal(path: Path, identity: x25519.Identity) -> bytes:
    """The content of a small sealed file. Raises BackupError."""
    try:
        return zlib.decompress(pyrage.decrypt(path.read_bytes(), [identity]), 31)
    except FileNotFoundError as error:
        raise BackupError("part_missing", path=path) from error
    except (pyrage.DecryptError, zlib.error) as error:
        raise _damaged(path, error) from error


@contextmanager
def opened(path: Path, identity: x25519.Identity) -> Iterator[IO[bytes]]:
    """The content of a large sealed file as a stream; it is decrypted while it is read. Raises BackupError."""
    incoming, outgoing = os.pipe()
    problem: list[BaseException] = []

    def decrypt() -> None:
        with os.fdopen(outgoing, "wb") as sink, path.open("rb") as source:
            try:
                pyrage.decrypt_io(source, sink, [identity])  # type: ignore[arg-type]
            except (pyrage.DecryptError, OSError) as error:
                problem.append(error)

    if not path.exists():
        os.close(incoming)
        os.close(outgoing)
        raise BackupError("part_missing", path=path)
    thread = threading.Thread(target=decrypt, name="decrypt", daemon=True)
    thread.start()
    try:
        with os.fdopen(incoming, "rb") as stream:
            try:
                yield io.BufferedReader(_Plain(stream), CHUNK)  # type: ignore[arg-type]
            except (EOFError, zlib.error) as error:
                thread.join(10)
                raise _damaged(path, problem[0] if problem else error) from error
    finally:
        thread.join(10)
    if problem and not isinstance(problem[0], BrokenPipeError):
        raise _damaged(path, problem[0])


class _Plain(io.RawIOBase):
    """gzip, opened while it is read; an end that comes too early is an error."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self._opener = zlib.decompressobj(31)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._opener.eof:
            data = self._opener.unconsumed_tail or self._source.read(CHUNK // 4)
            # Without new data there may still be something that did not fit into the last buffer.
            found = self._opener.decompress(data, len(buffer))
            if not data and not found and not self._opener.eof:
                raise EOFError("the file was cut off")
            if found:
                buffer[: len(found)] = found
                return len(found)
        return 0


def _damaged(path: Path, error: BaseException) -> BackupError:
    if "matching keys" in str(error):
        return BackupError("identity_wrong", path=path)
    return BackupError("part_damaged", path=path)
