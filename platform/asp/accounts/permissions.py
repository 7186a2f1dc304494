"""Which permission codes an account has: by its roles (staff) or by its duty (administrators)."""

from typing import TYPE_CHECKING

from asp.accounts.models import AccountKind, RolePermission
from asp.accounts.subjects import grants_of
from tenants import registry
from tenants.context import current_context

if TYPE_CHECKING:
    from asp.accounts.models import Account


def codes_of(account: "Account") -> frozenset[str]:
    """The codes of `account` on the current site. One query for staff, none for administrators."""
    if account.kind == AccountKind.ADMINISTRATOR:
        return duty_codes(account.duty)
    if account.kind != AccountKind.STAFF:
        return frozenset()
    granted = RolePermission.objects.filter(role_id__in=grants_of(account).order_by().values("role_id"))
    return frozenset(granted.values_list("code", flat=True)) & codes_here()


def duty_codes(duty: str) -> frozenset[str]:
    """The fixed codes of a duty: permissions that name it (`system`, `security`, `audit`) as a role.

    A duty is no role: nobody can add a business code to it.
    """
    return frozenset(each.code for _function, each in registry.permissions() if duty in each.roles)


def codes_here() -> frozenset[str]:
    """The codes that mean something on this site: those of functions that its bureau has switched on."""
    site = current_context().site
    functions = registry.functions() if site is None else registry.functions_for(site)
    return frozenset(each.code for function in functions for each in function.permissions)
