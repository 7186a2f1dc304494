"""What working days add to host and offices."""

from django.utils.translation import gettext_lazy as _

from tenants.registry import Function, NavItem, Privilege, SchemaCost

READ = ("SELECT",)

function = Function(
    code="workdays",
    title=_("Working days"),
    urls={"bureau": "asp.workdays.urls", "host": "asp.workdays.urls_host"},
    path="workdays/",
    sites=("bureau", "host"),
    navigation=(
        NavItem(
            "workdays",
            _("Working days"),
            "calendar",
            "workdays:year",
            duties=("system",),
            order=65,
            sites=("host",),
        ),
        NavItem("workdays", _("Working days"), "calendar", "workdays:year", order=75, sites=("bureau",)),
    ),
    seed="asp.workdays.seed.seed",
    jobs=("asp.workdays.tasks",),
    # Bureaus count with the country's calendar; only the host writes it.
    shared=(
        Privilege("workdays_national_year", READ),
        Privilege("workdays_national_day", READ),
        Privilege("workdays_national_change", READ),
    ),
    # A log of what moved that could be changed would be worth nothing.
    privileges=(Privilege("workdays_deadlinechange", ("SELECT", "INSERT")),),
    cost=SchemaCost(tables=3, indexes=4),
    order=25,
)
