"""What may be sent again on purpose."""

from collections.abc import Callable
from typing import TypeVar

View = TypeVar("View", bound=Callable[..., object])


def repeats(view: View) -> View:
    """Mark a view whose every request has an effect of its own, also the same twice. Put it outermost."""
    view.repeats = True  # type: ignore[attr-defined]
    return view
