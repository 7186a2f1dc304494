"""A handle on one sealed object: everything that reading it takes, without database or context.

Views make one, let the database connection go, and stream from it.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from asp.blobs import keys, store
from asp.blobs.errors import BlobGone, StoreUnavailable
from asp.blobs.frames import (
    FRAME_SIZE,
    SEALED_FRAME_SIZE,
    BrokenObjectError,
    FrameCipher,
    frame_count,
    sealed_size,
)
from asp.blobs.models import Blob
from tenants.context import current_site
from tenants.site import Site

HOST_PREFIX = "host"
READ_AHEAD_FRAMES = 32  # 2 MiB: what a random read may cost at most
REOPENINGS = 2


def prefix_of(site: Site) -> str:
    """Return the folder of the site's objects: a bureau's opaque prefix, or the host's."""
    return site.bureau.storage_prefix if site.bureau else HOST_PREFIX


def object_name(site: Site, object_id: UUID) -> str:
    """Return the name of an object in the store."""
    prefix = prefix_of(site)
    if not prefix:
        raise RuntimeError("this bureau has no storage prefix")
    return f"{prefix}/{object_id}"


@dataclass(frozen=True, slots=True)
class SealedObject:
    """Name, id, key and plaintext size of an object."""

    name: str
    id: UUID
    size: int
    key: bytes = field(repr=False)

    @property
    def cipher(self) -> FrameCipher:
        return FrameCipher(key=self.key, object_id=self.id)

    @property
    def frames(self) -> int:
        return frame_count(self.size)

    @property
    def sealed_size(self) -> int:
        return sealed_size(self.size)

    def stream(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Yield the plaintext from `start` up to `end`, frame by frame.

        A break of the connection to the store is bridged by asking again from the next frame. Raises
        BrokenObjectError, ObjectMissingError, StoreUnavailable.
        """
        end = self.size if end is None else min(end, self.size)
        if start >= end and self.size:
            return
        cipher, counter = self.cipher, start // FRAME_SIZE
        stop = max(1, frame_count(end))
        chances = REOPENINGS
        while counter < stop:
            body = store.open_range(
                self.name, counter * SEALED_FRAME_SIZE, min(stop * SEALED_FRAME_SIZE, self.sealed_size)
            )
            try:
                while counter < stop:
                    sealed = _read_frame(body)
                    plain = cipher.open_frame(counter=counter, sealed=sealed, frames=self.frames)
                    base = counter * FRAME_SIZE
                    counter += 1
                    piece = plain[max(0, start - base) : end - base]
                    if piece:
                        yield piece
            except StoreUnavailable:
                if not chances:
                    raise
                chances -= 1
            finally:
                body.close()

    def read(self, start: int, end: int) -> bytes:
        """Return the plaintext from `start` up to `end`."""
        return b"".join(self.stream(start, end))


def sealed_object(blob: Blob) -> SealedObject:
    """Return the handle on a blob of the current site. Raises BlobGone if its key was erased."""
    site = current_site()
    if blob.wrapped_key is None:
        raise BlobGone
    key = keys.unwrap_blob_key(site=site, wrapped=bytes(blob.wrapped_key), object_id=blob.id)
    return SealedObject(name=object_name(site, blob.id), id=blob.id, size=blob.size, key=key)


class SealedReader(io.RawIOBase):
    """A seekable binary file on a sealed object; wrap it in `io.BufferedReader` (`blob_open` does).

    Reads ahead more and more while it is read in order, so that a ZIP's directory costs one frame and
    a whole file few requests.
    """

    def __init__(self, sealed: SealedObject) -> None:
        self._sealed = sealed
        self._position = 0
        self._window = b""
        self._window_start = 0
        self._ahead = 1

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._sealed.size}[whence]
        if base + offset < 0:
            raise ValueError("negative position")
        self._position = base + offset
        return self._position

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer).cast("B")
        if self._position >= self._sealed.size or not view:
            return 0
        inside = self._position - self._window_start
        if not 0 <= inside < len(self._window):
            self._fetch()
            inside = self._position - self._window_start
        piece = self._window[inside : inside + len(view)]
        view[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    def _fetch(self) -> None:
        in_order = self._window and self._position == self._window_start + len(self._window)
        self._ahead = min(READ_AHEAD_FRAMES, self._ahead * 2) if in_order else 1
        self._window_start = self._position // FRAME_SIZE * FRAME_SIZE
        self._window = self._sealed.read(self._window_start, self._window_start + self._ahead * FRAME_SIZE)
        if not self._window:
            raise BrokenObjectError("the object ends too early")


def _read_frame(body: Any) -> bytes:
    """Read one sealed frame; the last of an object may be shorter."""
    pieces, missing = [], SEALED_FRAME_SIZE
    with store.translated():
        while missing:
            piece = body.read(missing)
            if not piece:
                break
            pieces.append(piece)
            missing -= len(piece)
    return b"".join(pieces)
