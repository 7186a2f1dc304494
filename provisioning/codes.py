"""Secrets of an application: the draft's, which the browser keeps, and the tracking code (查询码) on paper.

The tracking code is derived from the draft's secret, so the browser that wrote the application can show
it again, while the database holds only keyed hashes of both: nobody at the host can read a code, and
so nobody there can fetch an administrator's activation with it.
"""

import hashlib
import hmac
import secrets
import unicodedata

from asp.accounts.encryption import derived_key

# Crockford's base 32: no I, L, O, U; what people misread is read as what was meant.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 12
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})
_SEPARATORS = str.maketrans("", "", " -–—·\t\r\n\u3000")


def new_draft_secret() -> str:
    """Return a fresh secret for a draft (192 bits)."""
    return secrets.token_urlsafe(24)


def draft_hash(secret: str) -> str:
    """What the database holds of a draft's secret."""
    return hashlib.sha256(f"provisioning draft {secret}".encode()).hexdigest()


def tracking_code(secret: str) -> str:
    """Return the tracking code that belongs to a draft's secret: 60 bits, written `XXXX-XXXX-XXXX`."""
    digest = hmac.digest(derived_key("provisioning.tracking_code"), secret.encode(), "sha256")
    number = int.from_bytes(digest[:8], "big") >> 4
    plain = "".join(ALPHABET[(number >> (5 * place)) & 31] for place in reversed(range(CODE_LENGTH)))
    return "-".join(plain[start : start + 4] for start in range(0, CODE_LENGTH, 4))


def normalise(text: str) -> str:
    """Return a typed tracking code as twelve characters; an empty string if it cannot be one."""
    code = unicodedata.normalize("NFKC", text[:64]).upper().translate(_SEPARATORS).translate(_MISREAD)
    return code if len(code) == CODE_LENGTH and set(code) <= set(ALPHABET) else ""


def tracking_hash(code: str) -> str:
    """What the database holds of a tracking code, in whatever way it is written."""
    key = derived_key("provisioning.tracking_index")
    return hmac.digest(key, normalise(code).encode(), "sha256").hex()
