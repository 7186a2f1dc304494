"""The permission codes of this site, grouped by function, in the reader's language."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from asp.accounts.services.roles import assignable_codes, for_duties
from tenants import registry


@dataclass(frozen=True, slots=True)
class PermissionGroup:
    """One function and the codes that a role can have of it."""

    title: str
    codes: tuple[tuple[str, str], ...]

    def only(self, held: Collection[str]) -> "PermissionGroup":
        """The same group with the codes in `held`."""
        return replace(self, codes=tuple(each for each in self.codes if each[0] in held))


def permission_groups() -> list[PermissionGroup]:
    """Functions with assignable codes, in their own order."""
    allowed = assignable_codes()
    groups = [
        PermissionGroup(
            str(function.title),
            tuple((each.code, str(each.label)) for each in function.permissions if each.code in allowed),
        )
        for function in registry.functions()
    ]
    return [each for each in groups if each.codes]


def office_permission_groups() -> list[PermissionGroup]:
    """What a role of some office could have, whatever functions that office has switched on; for the host."""
    groups = [
        PermissionGroup(
            str(function.title),
            tuple((each.code, str(each.label)) for each in function.permissions if not for_duties(each)),
        )
        for function in registry.functions()
        if "bureau" in function.sites
    ]
    return [each for each in groups if each.codes]


def permission_choices() -> list[tuple[str, str]]:
    """All assignable codes with their labels."""
    return [each for group in permission_groups() for each in group.codes]
