"""What this app offers to the sites: the part that finds people and departments for a form's fields."""

from django.utils.translation import gettext_lazy as _

from tenants.registry import Function, SchemaCost

function = Function(
    code="forms",
    title=_("Forms"),
    urls={"bureau": "asp.forms.urls"},
    path="forms/",
    sites=("bureau",),
    cost=SchemaCost(),
    order=25,
)
