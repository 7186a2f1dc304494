"""What the isolation self-test adds to an office."""

from django.utils.translation import gettext_lazy as _

from tenants.registry import Function, NavItem, Privilege, SchemaCost

function = Function(
    code="assurance",
    title=_("Isolation self-test"),
    urls="asp.assurance.urls",
    path="self-test/",
    sites=("bureau",),
    navigation=(
        NavItem(
            "assurance",
            _("Isolation self-test"),
            "shield-check",
            "assurance:home",
            duties=("audit",),
            order=91,
        ),
    ),
    jobs=("asp.assurance.tasks",),
    # A result that could be changed would be worth nothing.
    privileges=(Privilege("assurance_run", ("SELECT", "INSERT")),),
    restore_keeps=("assurance_run",),
    cost=SchemaCost(tables=1, indexes=1),
    order=30,
)
