"""What the health page says of messages between sites."""

import pytest

from asp.outbox.health_checks import judged
from asp.outbox.relay.selectors import RelayFigures


@pytest.mark.parametrize(
    ("figures", "age", "status"),
    [
        ((0, 0, 0, 0.0), 1.0, "ok"),
        ((0, 7, 0, 0.0), 1.0, "ok"),
        ((0, 0, 0, 0.0), None, "wrong"),
        ((0, 0, 0, 0.0), 31.0, "wrong"),
        ((3, 0, 0, 61.0), 1.0, "warning"),
        ((3, 0, 0, 601.0), 1.0, "wrong"),
        ((0, 0, 2, 0.0), 1.0, "warning"),
    ],
    ids=str,
)
def test_it_says_how_it_stands(figures, age, status):
    result = judged(RelayFigures(*figures), age)
    assert result.status == status
    assert (status == "ok") == (not result.advice)
