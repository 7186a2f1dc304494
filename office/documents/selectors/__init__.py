"""What the register of document numbers shows. Whoever may open its pages sees all of it."""

from office.documents.selectors.codes import Line, code_get, code_list, codes_open, series_get
from office.documents.selectors.numbers import (
    Accounts,
    Wanted,
    accounts_of,
    history_of,
    number_get,
    numbers_of,
    years,
)

__all__ = [
    "Accounts",
    "Line",
    "Wanted",
    "accounts_of",
    "code_get",
    "code_list",
    "codes_open",
    "history_of",
    "number_get",
    "numbers_of",
    "series_get",
    "years",
]
