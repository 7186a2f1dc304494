"""Text for the cells of spreadsheets."""

from typing import Any

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

# What spreadsheets take for the beginning of a formula (OWASP, CSV injection).
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def safe(text: Any) -> str:
    """Text that no spreadsheet takes for a formula, and without characters that XML cannot hold."""
    plain = ILLEGAL_CHARACTERS_RE.sub("\ufffd", str(text))
    return f"'{plain}" if plain.startswith(FORMULA_SIGNS) else plain
