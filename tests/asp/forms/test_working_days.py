"""A period counts its working days by the calendar of the site."""

import datetime

import pytest

from asp.forms.counting import counting
from tenants.context import bureau_context


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        ((2026, 2, 13), (2026, 2, 24), 3),  # Spring Festival: 13th, 14th (worked) and 24th
        ((2026, 2, 14), (2026, 2, 14), 1),
        ((2026, 10, 1), (2026, 10, 7), 0),
    ],
)
def test_both_ends_belong_to_it(bureau_a, first, last, days):
    with bureau_context(bureau_a):
        assert counting("working").count(datetime.date(*first), datetime.date(*last)) == days
