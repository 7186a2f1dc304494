"""What the host's offers add to an office: a part of the roles page, and a page for each."""

from django.utils.translation import gettext_lazy as _

from tenants.registry import Function, SchemaCost

function = Function(
    code="offers",
    title=_("Offers of the host"),
    urls="office.offers.urls",
    path="offers/",
    restored="office.offers.restoring.restored",
    consumers=("office.offers.consumers",),
    cost=SchemaCost(tables=1, indexes=1),
    order=75,
)
