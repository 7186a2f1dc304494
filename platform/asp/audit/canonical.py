"""Canonical JSON (RFC 8785) and the digests made of it."""

import hashlib
import json
import math
from typing import Any


def canonical(value: Any) -> bytes:
    """Return `value` (JSON types only) in its one canonical form as UTF-8.

    Integers beyond 2**53 are written in full, which the RFC leaves to the parties.
    Raises TypeError for other types and ValueError for NaN and infinity.
    """
    return _write(value).encode()


def digest(value: Any) -> str:
    """Return the SHA-256 of the canonical form, in hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()


def _write(value: Any) -> str:
    if value is None or value is True or value is False or isinstance(value, (str, int)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(_write(item) for item in value) + "]"
    if isinstance(value, dict):
        # The RFC sorts by UTF-16 code units, which differs from Python's order beyond the BMP.
        members = sorted(value.items(), key=lambda member: member[0].encode("utf-16-be"))
        return "{" + ",".join(f"{_key(name)}:{_write(item)}" for name, item in members) + "}"
    raise TypeError(f"not a JSON value: {type(value).__name__}")


def _key(name: object) -> str:
    if not isinstance(name, str):
        raise TypeError("names in JSON objects are strings")
    return json.dumps(name, ensure_ascii=False)


def _number(value: float) -> str:
    """Write a float as ECMAScript does (RFC 8785 §3.2.2.3)."""
    if not math.isfinite(value):
        raise ValueError("NaN and infinity are not JSON")
    if value == 0:
        return "0"
    mantissa, _, exponent = repr(value).partition("e")
    if not exponent and abs(value) >= 1e-6:
        return mantissa.removesuffix(".0")
    sign = "-" if value < 0 else ""
    digits, power = _digits(abs(value))
    if -6 < power <= 21:
        if power <= 0:
            return f"{sign}0.{'0' * -power}{digits}"
        if len(digits) <= power:
            return sign + digits + "0" * (power - len(digits))
        return f"{sign}{digits[:power]}.{digits[power:]}"
    tail = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{tail}e{'+' if power > 0 else '-'}{abs(power - 1)}"


def _digits(value: float) -> tuple[str, int]:
    """Return the shortest digits d and the power n with value = 0.d × 10**n."""
    mantissa, _, exponent = f"{value!r}".partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    digits = (whole + fraction).lstrip("0")
    leading = len(whole + fraction) - len(digits)
    power = len(whole) - leading + int(exponent or 0)
    return digits.rstrip("0") or "0", power
