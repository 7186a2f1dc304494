"""What this app offers to the sites."""

from django.utils.translation import gettext_lazy as _

from tenants.registry import Function

function = Function(code="outbox", title=_("Messages between sites"), sites=("bureau", "host"), order=20)
