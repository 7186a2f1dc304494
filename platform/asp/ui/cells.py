"""Text for the cells of spreadsheets."""

import re
from typing import Any

# Control characters that XML 1.0 cannot hold (§2.2), so no cell can.
ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
# What spreadsheets take for the beginning of a formula (OWASP, CSV injection).
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def safe(text: Any) -> str:
    """Text that no spreadsheet takes for a formula, and without characters that XML cannot hold."""
    plain = ILLEGAL.sub("\ufffd", str(text))
    return f"'{plain}" if plain.startswith(FORMULA_SIGNS) else plain
