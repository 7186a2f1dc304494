"""What this app offers to the sites."""

from django.utils.translation import gettext_lazy as _

from tenants.registry import Function

function = Function(code="notify", title=_("Notifications"), sites=("bureau", "host"), order=30)
