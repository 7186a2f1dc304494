"""Passwords and second factors of the demonstration, random for each installation.

Everything is derived from one random file, so that a demonstration that was interrupted goes on with
the same passwords instead of accounts that nobody can enter.
"""

import base64
import hmac
import os
import secrets
from pathlib import Path

_LETTERS = "abcdefghjkmnpqrstuvwxyz"
_CAPITALS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_DIGITS = "23456789"
FILE = "demo-secret"


class Secrets:
    """The demonstration's secrets in a data folder."""

    def __init__(self, folder: Path) -> None:
        self._key = _read_or_make(folder / FILE)

    def password(self, site: str, login: str) -> str:
        """A password of 16 characters: three classes, nothing that is misread; about 70 bits."""
        digest = self._digest(f"password {site} {login}")
        text = "".join(_pick(digest[place], alphabet) for place, alphabet in enumerate(_pattern()))
        return "-".join(text[start : start + 4] for start in range(0, 16, 4))

    def totp_seed(self, site: str, login: str) -> str:
        """A TOTP seed of 20 bytes, hexadecimal."""
        return self._digest(f"totp {site} {login}")[:20].hex()

    def draft(self, slug: str) -> str:
        """The secret of an application's draft."""
        return base64.urlsafe_b64encode(self._digest(f"draft {slug}")[:24]).decode()

    def _digest(self, purpose: str) -> bytes:
        return hmac.digest(self._key, purpose.encode(), "sha256")


def base32(seed_hex: str) -> str:
    """A seed as authenticator apps read it."""
    return base64.b32encode(bytes.fromhex(seed_hex)).decode().rstrip("=")


def _pattern() -> list[str]:
    return [_CAPITALS, _LETTERS, _LETTERS, _DIGITS] * 4


def _pick(byte: int, alphabet: str) -> str:
    return alphabet[byte % len(alphabet)]


def _read_or_make(path: Path) -> bytes:
    """Return the random key; two processes at once end with the same one."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = path.read_bytes()
        if len(key) != 32:
            raise RuntimeError(f"{path} is damaged; delete it and the demonstration's data") from None
        return key
    with os.fdopen(descriptor, "wb") as file:
        key = secrets.token_bytes(32)
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    return key
