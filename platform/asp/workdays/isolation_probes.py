"""Probe of the country's calendar: offices count with it and cannot change it."""

from django.utils.translation import gettext_lazy as _

from tenants.isolation import attempts
from tenants.isolation.attempts import done, reading, writing
from tenants.isolation.registry import Finding, broken, held, not_tried, probe


@probe(
    "workdays.national",
    control="2.calendar",
    title=_("Changing the country's calendar"),
    explanation=_(
        "All offices read the working days of the country from the host's tables. We try to write into them: whoever "
        "could would move everybody's deadlines."
    ),
)
def national() -> Finding:
    tables = [each for each in attempts.public_tables() if each[1].startswith("workdays_national_")]
    if not tables or not all(done(reading(table)) for table in tables):
        return not_tried(_("The calendar could not be read, so nothing can be said of writing."))
    acts = [(table, action) for table in tables for action in ("INSERT", "UPDATE", "DELETE")]
    seen = sum(done(writing(table, action)) for table, action in acts)
    if seen:
        return broken(_("{seen} of {tried} attempts to write went through."), seen=seen, tried=len(acts))
    return held(_("{tried} attempts to write were refused."), tried=len(acts))
