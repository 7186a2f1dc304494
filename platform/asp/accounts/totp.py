"""Parameters and spellings of TOTP seeds."""

import base64
import binascii

STEP = 30
TOLERANCE = 1
SEED_BYTES = 20


def seed_base32(seed_hex: str) -> str:
    """A seed as authenticator apps and people write it."""
    return base64.b32encode(bytes.fromhex(seed_hex)).decode().rstrip("=")


def seed_from_base32(text: str) -> str:
    """The stored (hexadecimal) form of a seed in base32; raises ValueError if it is none."""
    text = text.replace(" ", "").upper()
    try:
        return base64.b32decode(text + "=" * (-len(text) % 8)).hex()
    except binascii.Error as error:
        raise ValueError("not base32") from error
