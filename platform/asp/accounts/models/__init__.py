"""Tables of the accounts app; they exist in the public schema and in every bureau's."""

from asp.accounts.models.account import Account, AccountKind, AccountState, Duty, PasswordHistory
from asp.accounts.models.factors import RecoveryCode, TOTPDevice
from asp.accounts.models.link import Link, LinkChannel, LinkPurpose
from asp.accounts.models.role import Role, RoleGrant, RolePermission, SubjectMembership
from asp.accounts.models.session import Session

__all__ = [
    "Account",
    "AccountKind",
    "AccountState",
    "Duty",
    "Link",
    "LinkChannel",
    "LinkPurpose",
    "PasswordHistory",
    "RecoveryCode",
    "Role",
    "RoleGrant",
    "RolePermission",
    "Session",
    "SubjectMembership",
    "TOTPDevice",
]
