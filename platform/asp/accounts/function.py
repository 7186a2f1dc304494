"""What the accounts app offers to office and host console."""

from django.utils.translation import gettext_lazy as _

from tenants.registry import Function, NavItem, SchemaCost

function = Function(
    code="accounts",
    title=_("Accounts and permissions"),
    urls={"bureau": "asp.accounts.urls_bureau", "host": "asp.accounts.urls_host"},
    path="accounts/",
    sites=("bureau", "host"),
    navigation=(
        NavItem(
            "accounts.people", _("Accounts"), "users", "accounts:account-list", duties=("security",), order=30
        ),
        NavItem(
            "accounts.roles",
            _("Roles"),
            "shield",
            "accounts:role-list",
            duties=("security",),
            order=31,
            sites=("bureau",),
        ),
    ),
    seed="asp.accounts.seed.seed",
    upgraded="asp.accounts.seed.upgraded",
    restored="asp.accounts.restoring.restored",
    # Failed sign-ins and lock-outs are those of now.
    restore_keeps=(
        "axes_accessattempt",
        "axes_accessattemptexpiration",
        "axes_accessfailurelog",
        "axes_accesslog",
    ),
    cost=SchemaCost(tables=10, indexes=25),
    order=10,
)
