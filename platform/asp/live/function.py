"""What this app offers to the sites."""

from django.utils.translation import gettext_lazy as _

from tenants.registry import Function

function = Function(code="live", title=_("Live updates"), sites=("bureau", "host", "hall"), order=20)
