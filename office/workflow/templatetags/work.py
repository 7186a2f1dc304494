"""The template library `work`: words of the pages of work."""

from django import template

from office.workflow.models import Absence
from office.workflow.selectors.absences import span_text

register = template.Library()


@register.filter
def absence_span(absence: Absence) -> str:
    """From when to when somebody is away."""
    return span_text(absence)
