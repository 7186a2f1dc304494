"""What search offers to an office."""

from django.utils.translation import gettext_lazy as _

from tenants.registry import Function, SchemaCost

function = Function(
    code="search",
    title=_("Search"),
    urls="asp.search.urls",
    path="search/",
    sites=("bureau",),
    cost=SchemaCost(tables=1, indexes=3),
    order=20,
)
