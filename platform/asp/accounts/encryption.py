"""Keys derived from the master key, and a model field that is encrypted at rest (加密字段).

Used for TOTP seeds, private keys and identity numbers. The column holds
`version (1) | nonce (12) | AES-256-GCM ciphertext and tag`; the additional data is the column's
name, so that a ciphertext copied into another column does not open.
"""

import os
from functools import cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models

VERSION = b"\x01"
NONCE_SIZE = 12


class DecryptionError(Exception):
    """A stored value does not open with the master key: wrong key, or the row was changed."""


def derived_key(purpose: str) -> bytes:
    """Return 32 bytes for `purpose`, derived from MASTER_KEY by HKDF-SHA256 (RFC 5869)."""
    return _derive(settings.ASP.master_key, purpose)


@cache
def _derive(master: bytes, purpose: str) -> bytes:
    return HKDF(hashes.SHA256(), length=32, salt=None, info=f"tongban:{purpose}:v1".encode()).derive(master)


def encrypt(plain: str, *, place: str) -> bytes:
    """Encrypt `plain` for the column (or other place) called `place`."""
    nonce = os.urandom(NONCE_SIZE)
    sealed = AESGCM(derived_key("accounts.fields")).encrypt(nonce, plain.encode(), place.encode())
    return VERSION + nonce + sealed


def decrypt(stored: bytes, *, place: str) -> str:
    """Undo `encrypt`; raises DecryptionError if the key, the place or a byte is not the same."""
    if stored[:1] != VERSION:
        raise DecryptionError("unknown format")
    nonce, sealed = stored[1 : 1 + NONCE_SIZE], stored[1 + NONCE_SIZE :]
    try:
        return AESGCM(derived_key("accounts.fields")).decrypt(nonce, sealed, place.encode()).decode()
    except InvalidTag as error:
        raise DecryptionError("the value does not open") from error


class EncryptedField(models.Field):
    """Text that only the application can read. It cannot be searched; keep a blind index for that."""

    empty_strings_allowed = False

    def get_internal_type(self) -> str:
        return "BinaryField"

    @property
    def place(self) -> str:
        """The name that binds a ciphertext to its column."""
        return f"{self.model._meta.label_lower}.{self.attname}"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is None:
            return None
        return connection.Database.Binary(encrypt(str(value), place=self.place))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str | None:
        return None if value is None else decrypt(bytes(value), place=self.place)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise FieldError(f"{self.name} is encrypted and cannot be compared ({lookup_name})")
