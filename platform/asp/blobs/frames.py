"""The object format: 64 KiB frames of plaintext, each sealed with AES-256-GCM (version 1).

    object = frame 0 · frame 1 · … · frame n-1       every frame full but the last; at least one
    frame  = AES-256-GCM(key of the object, nonce, plaintext, AAD) = ciphertext · 16-byte tag
    nonce  = counter, 12 bytes, big-endian
    AAD    = object id (16 bytes) · counter (8 bytes, big-endian) · 1 for the last frame, else 0

The nonce is a counter, so one key may seal only one sequence of bytes: whoever writes has to make sure
that a counter never sees other bytes (`asp.blobs.receiving` commits an intent first). The AAD makes a
cut tail, exchanged frames and frames of another object fail to open. Nothing here knows S3 or Django.
"""

from collections.abc import Iterator
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FORMAT_VERSION = 1
ALGORITHM = "A256GCM"
KEY_SIZE = 32
FRAME_SIZE = 64 * 1024
TAG_SIZE = 16
SEALED_FRAME_SIZE = FRAME_SIZE + TAG_SIZE

Bytes = bytes | bytearray | memoryview


class BrokenObjectError(Exception):
    """The stored bytes are not those that were written: changed, cut, reordered or of another object."""


def frame_count(size: int) -> int:
    """Return how many frames `size` bytes of plaintext make; an empty object has one empty frame."""
    return max(1, -(-size // FRAME_SIZE))


def sealed_size(size: int) -> int:
    """Return the stored size of `size` bytes of plaintext."""
    return size + TAG_SIZE * frame_count(size)


class FrameCipher:
    """Seals and opens the frames of one object."""

    def __init__(self, *, key: bytes, object_id: UUID) -> None:
        if len(key) != KEY_SIZE:
            raise ValueError("the key of an object has 32 bytes")
        self._gcm = AESGCM(key)
        self._id = object_id.bytes

    def seal(self, *, first: int, data: Bytes, last: bool) -> bytearray:
        """Seal `data` as the frames from counter `first` on; `last` says that the object ends with it.

        Only the end of the object may be an incomplete frame: raises ValueError otherwise.
        """
        view = memoryview(data)
        if not last and (not view or len(view) % FRAME_SIZE):
            raise ValueError("only the last frame of an object may be incomplete")
        count = frame_count(len(view))
        sealed = bytearray()
        for index in range(count):
            frame = view[index * FRAME_SIZE : (index + 1) * FRAME_SIZE]
            counter = first + index
            is_last = last and index == count - 1
            sealed += self._gcm.encrypt(_nonce(counter), frame, self._aad(counter, is_last))
        return sealed

    def open(self, *, first: int, sealed: Bytes, frames: int) -> Iterator[bytes]:
        """Yield the plaintext of each frame in `sealed`, which starts with counter `first`.

        `frames` is the number of frames of the whole object. Raises BrokenObjectError.
        """
        view = memoryview(sealed)
        counter = first
        for start in range(0, len(view), SEALED_FRAME_SIZE):
            yield self.open_frame(
                counter=counter, sealed=view[start : start + SEALED_FRAME_SIZE], frames=frames
            )
            counter += 1

    def open_frame(self, *, counter: int, sealed: Bytes, frames: int) -> bytes:
        """Return the plaintext of one frame. Raises BrokenObjectError."""
        is_last = counter == frames - 1
        if counter >= frames or len(sealed) < TAG_SIZE:
            raise BrokenObjectError(f"frame {counter} of {frames} is not there")
        if not is_last and len(sealed) != SEALED_FRAME_SIZE:
            raise BrokenObjectError(f"frame {counter} of {frames} is cut")
        try:
            return self._gcm.decrypt(_nonce(counter), sealed, self._aad(counter, is_last))
        except InvalidTag as error:
            raise BrokenObjectError(f"frame {counter} of {frames} does not open") from error

    def _aad(self, counter: int, is_last: bool) -> bytes:
        return self._id + counter.to_bytes(8, "big") + (b"\x01" if is_last else b"\x00")


def _nonce(counter: int) -> bytes:
    return counter.to_bytes(12, "big")
