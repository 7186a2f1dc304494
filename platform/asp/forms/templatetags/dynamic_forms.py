"""The template library `dynamic_forms`: a bound form to fill in, to read, on paper, and what is wrong with it."""

from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from asp.forms import rendering
from asp.forms.binding import Bound

register = template.Library()


@register.inclusion_tag("forms/_fill.html")
def form_fill(bound: Bound, ask_url: str = "") -> dict[str, Any]:
    """The fields of a form, to stand in a `<form method="post">` of the caller's.

    `ask_url` is an address that answers with `live_answer`, by which conditions and calculations follow at once.
    """
    return rendering.filling(bound, ask_url=ask_url)


@register.inclusion_tag("forms/_read.html")
def form_read(bound: Bound) -> dict[str, Any]:
    """The form with its values as text."""
    return rendering.reading(bound)


@register.inclusion_tag("forms/_print.html")
def form_print(bound: Bound) -> dict[str, Any]:
    """The form on paper, for a page that extends `ui/print.html`."""
    return rendering.printing(bound)


@register.simple_tag
def form_problems(bound: Bound) -> SafeString | str:
    """The note at the top of a form that has errors, with a link to each field."""
    found = rendering.problems(bound)
    return render_to_string("ui/_form_errors.html", {"errors": found, "count": len(found)}) if found else ""
