"""What this app offers to the sites."""

from django.utils.translation import gettext_lazy as _

from tenants.registry import Function

function = Function(
    code="live",
    title=_("Live updates"),
    urls={"bureau": "asp.live.urls", "host": "asp.live.urls"},
    path="live/",
    sites=("bureau", "host"),
    order=20,
)
