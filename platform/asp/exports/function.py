"""Exports in an office: a list that other pages show, and the way to the file."""

from django.utils.translation import gettext_lazy as _

from tenants.registry import Function

function = Function(
    code="exports",
    title=_("Exports"),
    urls="asp.exports.urls",
    path="exports/",
    order=35,
)
