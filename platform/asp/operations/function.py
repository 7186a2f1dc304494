"""What this app offers to the sites."""

from django.utils.translation import gettext_lazy as _

from tenants.registry import Function

function = Function(code="operations", title=_("Operations"), sites=("host",), order=90)
