"""The object format: what was written once must be readable for ever, and nothing else may open."""

import hashlib
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from asp.blobs.frames import (
    FRAME_SIZE,
    SEALED_FRAME_SIZE,
    TAG_SIZE,
    BrokenObjectError,
    FrameCipher,
    frame_count,
    sealed_size,
)

KEY = bytes(range(32))
ID = UUID("01234567-89ab-7cde-8f01-23456789abcd")
CIPHER = FrameCipher(key=KEY, object_id=ID)
TEXT = "云溪县人民政府".encode()


def content(size: int) -> bytes:
    """Bytes that differ everywhere."""
    return hashlib.shake_256(b"content").digest(size)


def opened(sealed: bytes | bytearray, size: int, cipher: FrameCipher = CIPHER) -> bytes:
    assert len(sealed) == sealed_size(size)
    return b"".join(cipher.open(first=0, sealed=sealed, frames=frame_count(size)))


@pytest.mark.parametrize(
    ("size", "frames"), [(0, 1), (1, 1), (FRAME_SIZE, 1), (FRAME_SIZE + 1, 2), (3 * FRAME_SIZE, 3)]
)
def test_it_counts_frames(size: int, frames: int) -> None:
    assert frame_count(size) == frames
    assert sealed_size(size) == size + frames * TAG_SIZE


@pytest.mark.parametrize(
    "size", [0, 1, 15, FRAME_SIZE - 1, FRAME_SIZE, FRAME_SIZE + 1, 5 * FRAME_SIZE, 5 * FRAME_SIZE + 7]
)
def test_it_gives_back_what_was_sealed(size: int) -> None:
    sealed = CIPHER.seal(first=0, data=content(size), last=True)
    assert opened(sealed, size) == content(size)


def test_it_follows_the_format_to_the_bit() -> None:
    """Sealed by hand as the module's docstring says, without the module."""
    plain = content(FRAME_SIZE + 100)
    by_hand = b""
    for counter, last in ((0, 0), (1, 1)):
        frame = plain[counter * FRAME_SIZE : (counter + 1) * FRAME_SIZE]
        aad = ID.bytes + counter.to_bytes(8, "big") + bytes([last])
        by_hand += AESGCM(KEY).encrypt(counter.to_bytes(12, "big"), frame, aad)
    assert CIPHER.seal(first=0, data=plain, last=True) == by_hand


def test_it_still_opens_what_version_1_wrote() -> None:
    # If one of these changes, every stored file has become unreadable.
    assert CIPHER.seal(first=0, data=b"", last=True).hex() == "af6bc8346ec788ae0e7b58753190ca5a"
    assert (
        CIPHER.seal(first=0, data=TEXT, last=True).hex()
        == "ea0624380f866633b74c138ffe9c007f46fcb3e9b46511a57cee97a71949682eeba0806446"
    )
    long = CIPHER.seal(first=0, data=content(2 * FRAME_SIZE + 1), last=True)
    assert (
        hashlib.sha256(long).hexdigest() == "d89fa329f94132e0d3343a4310a3f8c784c75dfc64453e835f4ea3374eb833c9"
    )


def test_parts_make_the_same_object_as_the_whole() -> None:
    plain = content(5 * FRAME_SIZE + 9)
    parts = CIPHER.seal(first=0, data=plain[: 2 * FRAME_SIZE], last=False)
    parts += CIPHER.seal(first=2, data=plain[2 * FRAME_SIZE : 4 * FRAME_SIZE], last=False)
    parts += CIPHER.seal(first=4, data=plain[4 * FRAME_SIZE :], last=True)
    assert parts == CIPHER.seal(first=0, data=plain, last=True)


def test_any_frame_opens_alone() -> None:
    plain, frames = content(4 * FRAME_SIZE + 5), 5
    sealed = CIPHER.seal(first=0, data=plain, last=True)
    for counter in range(frames):
        piece = sealed[counter * SEALED_FRAME_SIZE : (counter + 1) * SEALED_FRAME_SIZE]
        expected = plain[counter * FRAME_SIZE : (counter + 1) * FRAME_SIZE]
        assert CIPHER.open_frame(counter=counter, sealed=piece, frames=frames) == expected


@pytest.mark.parametrize("data", [b"", b"x", bytes(FRAME_SIZE + 1)])
def test_only_the_end_may_be_incomplete(data: bytes) -> None:
    with pytest.raises(ValueError, match="last frame"):
        CIPHER.seal(first=0, data=data, last=False)


@pytest.mark.parametrize("position", [0, 100, FRAME_SIZE, SEALED_FRAME_SIZE, 2 * SEALED_FRAME_SIZE + 3])
def test_a_changed_bit_is_found(position: int) -> None:
    size = 2 * FRAME_SIZE + 50
    sealed = CIPHER.seal(first=0, data=content(size), last=True)
    sealed[position] ^= 1
    with pytest.raises(BrokenObjectError):
        opened(sealed, size)


def test_a_cut_at_a_frame_is_found_even_if_the_row_is_cut_too() -> None:
    """Whoever shortens the object and the size in the row still has no last frame."""
    sealed = CIPHER.seal(first=0, data=content(3 * FRAME_SIZE), last=True)
    with pytest.raises(BrokenObjectError):
        opened(sealed[: 2 * SEALED_FRAME_SIZE], 2 * FRAME_SIZE)


def test_a_cut_within_a_frame_is_found() -> None:
    sealed = CIPHER.seal(first=0, data=content(100), last=True)
    with pytest.raises(BrokenObjectError):
        opened(sealed[:-20], 80)
    with pytest.raises(BrokenObjectError):
        CIPHER.open_frame(counter=0, sealed=sealed[:5], frames=1)


def test_something_appended_is_found() -> None:
    sealed = CIPHER.seal(first=0, data=content(FRAME_SIZE), last=True)
    more = CIPHER.seal(first=1, data=b"more", last=True)
    with pytest.raises(BrokenObjectError):
        opened(sealed + more, FRAME_SIZE + 4)


def test_exchanged_frames_are_found() -> None:
    size = 3 * FRAME_SIZE
    sealed = CIPHER.seal(first=0, data=content(size), last=True)
    first, second, third = (sealed[i * SEALED_FRAME_SIZE : (i + 1) * SEALED_FRAME_SIZE] for i in range(3))
    with pytest.raises(BrokenObjectError):
        opened(second + first + third, size)


def test_frames_of_another_object_do_not_open_even_under_the_same_key() -> None:
    other = FrameCipher(key=KEY, object_id=UUID("01234567-89ab-7cde-8f01-23456789abce"))
    sealed = CIPHER.seal(first=0, data=content(10), last=True)
    with pytest.raises(BrokenObjectError):
        opened(sealed, 10, other)


def test_another_key_does_not_open() -> None:
    sealed = CIPHER.seal(first=0, data=content(10), last=True)
    with pytest.raises(BrokenObjectError):
        opened(sealed, 10, FrameCipher(key=bytes(32), object_id=ID))


def test_nothing_is_there_beyond_the_end() -> None:
    sealed = CIPHER.seal(first=0, data=content(10), last=True)
    with pytest.raises(BrokenObjectError):
        CIPHER.open_frame(counter=1, sealed=sealed, frames=1)


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        FrameCipher(key=b"short", object_id=ID)
