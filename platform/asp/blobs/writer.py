"""Sealing content that the system itself makes, part by part, with one part in memory."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from asp.blobs import store
from asp.blobs.frames import FRAME_SIZE, FrameCipher

PART_SIZE = 80 * FRAME_SIZE  # 5 MiB of plaintext: sealed, just above what S3 asks of a part
MOST_PARTS = 1000
HEAD_SIZE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Written:
    """What was stored, and its first bytes for telling its kind."""

    size: int
    sha256: str
    head: bytes
    whole: bytes | None  # the content itself where it fitted into one part


def part_size_for(length: int) -> int:
    """Return the part size for `length` bytes: 5 MiB, more only above 5 GB, so that ledgers stay short."""
    frames = -(-length // (MOST_PARTS * FRAME_SIZE))
    return max(PART_SIZE, frames * FRAME_SIZE)


def write_object(*, name: str, object_id: UUID, key: bytes, data: bytes | Iterable[bytes]) -> Written:
    """Seal `data` under a fresh key and store it as a new object.

    On any error nothing is left under `name`. Raises ObjectExistsError, StoreUnavailable, and whatever
    the iterable raises.
    """
    cipher = FrameCipher(key=key, object_id=object_id)
    digest = hashlib.sha256()
    chunks: Iterable[bytes] = [data] if isinstance(data, bytes) else data
    parts = _parts(chunks)
    part, last = next(parts)
    digest.update(part)
    head, size = bytes(part[:HEAD_SIZE]), len(part)
    if last:
        store.put_new(name, cipher.seal(first=0, data=part, last=True))
        return Written(size, digest.hexdigest(), head, bytes(part))
    multipart = store.multipart_begin(name)
    tags: list[str] = []
    try:
        counter = 0
        while True:
            sealed = cipher.seal(first=counter, data=part, last=last)
            tags.append(store.multipart_put(name, multipart, len(tags) + 1, sealed))
            if last:
                break
            counter += len(part) // FRAME_SIZE
            part, last = next(parts)
            digest.update(part)
            size += len(part)
        store.multipart_complete(name, multipart, tags)
    except BaseException:
        _give_up(name, multipart)
        raise
    return Written(size, digest.hexdigest(), head, None)


def _parts(chunks: Iterable[bytes]) -> Iterator[tuple[bytearray, bool]]:
    """Yield (part, is it the last). A full part waits until it is known whether anything follows."""
    buffer = bytearray()
    for chunk in chunks:
        view = memoryview(chunk)
        while view:
            if len(buffer) == PART_SIZE:
                yield buffer, False
                buffer = bytearray()
            taken = view[: PART_SIZE - len(buffer)]
            buffer += taken
            view = view[len(taken) :]
    yield buffer, True


def _give_up(name: str, multipart: str) -> None:
    try:
        store.multipart_abort(name, multipart)
    except store.StoreUnavailable:
        return  # the sweep of unfinished uploads finds it later
