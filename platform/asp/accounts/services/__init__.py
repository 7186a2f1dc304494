"""Every write of the accounts app. Other apps import from here and nowhere below."""

from asp.accounts.links import link_url
from asp.accounts.services.accounts import (
    NewAccount,
    account_create,
    account_create_many,
    account_disable,
    account_enable,
    account_unlock,
    account_update,
    profile_update,
)
from asp.accounts.services.factors import (
    FactorUsed,
    recovery_codes_make,
    second_factor_reset,
    second_factor_verify,
    totp_enrol,
    totp_remove,
)
from asp.accounts.services.links import (
    ActivationSecrets,
    activation_complete,
    first_links_issue,
    link_issue,
    reset_complete,
)
from asp.accounts.services.passwords import password_change
from asp.accounts.services.roles import (
    builtin_roles_sync,
    role_create,
    role_delete,
    role_grant,
    role_revoke,
    role_update,
)
from asp.accounts.services.sessions import session_end, sessions_end

__all__ = [
    "ActivationSecrets",
    "FactorUsed",
    "NewAccount",
    "account_create",
    "account_create_many",
    "account_disable",
    "account_enable",
    "account_unlock",
    "account_update",
    "activation_complete",
    "builtin_roles_sync",
    "first_links_issue",
    "link_issue",
    "link_url",
    "password_change",
    "profile_update",
    "recovery_codes_make",
    "reset_complete",
    "role_create",
    "role_delete",
    "role_grant",
    "role_revoke",
    "role_update",
    "second_factor_reset",
    "second_factor_verify",
    "session_end",
    "sessions_end",
    "totp_enrol",
    "totp_remove",
]
