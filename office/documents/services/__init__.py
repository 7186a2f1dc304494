"""The door of official documents. Keyword-only, one transaction each, an explicit actor; refusals are of `errors`."""

from office.documents.services.codes import (
    code_create,
    code_resume,
    code_stop,
    code_update,
    series_begin,
    series_close,
    series_reopen,
)
from office.documents.services.numbers import (
    Entry,
    number_correct,
    number_free,
    number_take,
    number_use,
    number_void,
    numbers_lapse,
    numbers_reserve,
)

__all__ = [
    "Entry",
    "code_create",
    "code_resume",
    "code_stop",
    "code_update",
    "number_correct",
    "number_free",
    "number_take",
    "number_use",
    "number_void",
    "numbers_lapse",
    "numbers_reserve",
    "series_begin",
    "series_close",
    "series_reopen",
]
