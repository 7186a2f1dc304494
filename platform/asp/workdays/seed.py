"""The first row of an office: it follows the calendar as it is now."""

from asp.workdays.models import State
from asp.workdays.national.models import Change


def seed() -> None:
    """Note that a new office has no deadlines of before; run by the pool, or by the upgrade that brings this app."""
    last = Change.objects.order_by("-number").values_list("number", flat=True).first()
    State.objects.get_or_create(defaults={"applied": last or 0})
