"""The key hierarchy: MASTER_KEY wraps a bureau's key, which wraps the key of each blob.

Host and hall have no row to keep a key in: theirs is derived from the master key (HKDF-SHA256).
A wrapped key is `version · id of the wrapping key (4 bytes) · nonce (12) · ciphertext · tag`; the id
tells a wrong MASTER_KEY from a damaged row.
"""

import hashlib
import os
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from asp.blobs.frames import KEY_SIZE
from tenants.site import Site

_VERSION = b"\x01"
_ID_SIZE = 4
_NONCE_SIZE = 12
_HEADER_SIZE = 1 + _ID_SIZE + _NONCE_SIZE
_BUREAU_LABEL = b"tongban bureau key v1"
_HOST_LABEL = b"tongban host key v1"
_BLOB_LABEL = b"tongban blob key v1"

# Unwrapping is cheap; the cache only spares the master key's use on every request.
_CACHE_ENTRIES = 512
_cache: OrderedDict[bytes, bytes] = OrderedDict()
_lock = Lock()


class WrongKeyError(Exception):
    """A wrapped key does not open: another MASTER_KEY, another bureau, or a damaged row."""


def new_key() -> bytes:
    """Return a fresh random key."""
    return os.urandom(KEY_SIZE)


def new_wrapped_bureau_key() -> bytes:
    """Return a fresh bureau key, wrapped by the master key: what `Bureau.wrapped_key` stores."""
    return _wrap(wrapping=settings.ASP.master_key, key=new_key(), label=_BUREAU_LABEL)


def site_key(site: Site) -> bytes:
    """Return the key of a bureau, or the host's for hall and host. Raises WrongKeyError."""
    master: bytes = settings.ASP.master_key
    if site.bureau is None:
        return _cached(b"host" + _key_id(master), lambda: _derive_host_key(master))
    wrapped = site.bureau.wrapped_key
    if not wrapped:
        raise WrongKeyError("a schema in the pool has no key yet and can hold no content")
    return _cached(
        b"bureau" + _key_id(master) + wrapped,
        lambda: _unwrap(wrapping=master, wrapped=wrapped, label=_BUREAU_LABEL),
    )


def wrap_blob_key(*, site: Site, key: bytes, object_id: UUID) -> bytes:
    """Wrap the key of one object for the row of that object; it opens for no other id."""
    return _wrap(wrapping=site_key(site), key=key, label=_BLOB_LABEL + object_id.bytes)


def unwrap_blob_key(*, site: Site, wrapped: bytes, object_id: UUID) -> bytes:
    """Return the key of one object. Raises WrongKeyError."""
    return _unwrap(wrapping=site_key(site), wrapped=wrapped, label=_BLOB_LABEL + object_id.bytes)


def _derive_host_key(master: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_SIZE, salt=None, info=_HOST_LABEL).derive(master)


def _key_id(key: bytes) -> bytes:
    """Four bytes that name a key and say nothing of it."""
    return hashlib.sha256(b"tongban key id" + key).digest()[:_ID_SIZE]


def _wrap(*, wrapping: bytes, key: bytes, label: bytes) -> bytes:
    header = _VERSION + _key_id(wrapping)
    nonce = os.urandom(_NONCE_SIZE)
    return header + nonce + AESGCM(wrapping).encrypt(nonce, key, header + label)


def _unwrap(*, wrapping: bytes, wrapped: bytes, label: bytes) -> bytes:
    wrapped = bytes(wrapped)
    header = wrapped[: 1 + _ID_SIZE]
    if header[:1] != _VERSION:
        raise WrongKeyError("the wrapped key is damaged, or of a later version")
    if header[1:] != _key_id(wrapping):
        raise WrongKeyError("the key was wrapped by another key; is MASTER_KEY the right one?")
    try:
        return AESGCM(wrapping).decrypt(
            wrapped[1 + _ID_SIZE : _HEADER_SIZE], wrapped[_HEADER_SIZE:], header + label
        )
    except InvalidTag as error:
        raise WrongKeyError("the wrapped key is damaged, or belongs to something else") from error


def _cached(name: bytes, make: Callable[[], bytes]) -> bytes:
    with _lock:
        key = _cache.get(name)
        if key is not None:
            _cache.move_to_end(name)
            return key
    key = make()
    with _lock:
        _cache[name] = key
        while len(_cache) > _CACHE_ENTRIES:
            _cache.popitem(last=False)
    return key
