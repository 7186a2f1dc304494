"""The sentences of this app's audited acts."""

from django.utils.translation import gettext_lazy as _

from asp.audit import actions
from tenants import registry

SENTENCES = {
    "accounts.account_created": _("Created the account of {name} ({login})"),
    "accounts.account_updated": _("Changed the account of {name}"),
    "accounts.account_disabled": _("Disabled the account of {name}"),
    "accounts.account_enabled": _("Enabled the account of {name} again"),
    "accounts.account_unlocked": _("Unlocked the account of {name} after failed sign-ins"),
    "accounts.activation_mailed": _("Sent an activation link to {name} by mail"),
    "accounts.activation_printed": _("Made an activation slip for {name}"),
    "accounts.activation_offered": _("Left an activation link for {name} to be fetched in the hall"),
    "accounts.reset_mailed": _("Sent a link for a new password to {name} by mail"),
    "accounts.reset_printed": _("Made a slip for a new password for {name}"),
    "accounts.reset_offered": _("Left a link for a new password for {name} to be fetched in the hall"),
    "accounts.activated": _("{name} activated the account"),
    "accounts.password_reset": _("{name} set a new password by link"),
    "accounts.password_changed": _("{name} changed the password"),
    "accounts.signed_in": _("{name} signed in"),
    "accounts.signed_in_by_recovery": _("{name} signed in with a recovery code; {left} are left"),
    "accounts.signed_out": _("{name} signed out"),
    "accounts.sign_in_failed": _("A sign-in as {name} failed"),
    "accounts.locked_out": _("The account of {name} was locked for 30 minutes after failed sign-ins"),
    "accounts.factor_enrolled": _("{name} set up an authenticator app"),
    "accounts.factor_removed": _("{name} removed the authenticator app"),
    "accounts.factor_reset": _("Reset the second factor of {name}"),
    "accounts.recovery_codes_made": _("{name} made new recovery codes"),
    "accounts.session_ended": _("Ended a session of {name}"),
    "accounts.sessions_ended": _("Ended {count} sessions of {name}"),
    "accounts.profile_updated": _("{name} changed the profile"),
    "accounts.role_created": _("Created the role {role}"),
    "accounts.role_updated": _("Changed the role {role}: added {added}; removed {removed}"),
    "accounts.role_deleted": _("Removed the role {role}"),
    "accounts.role_granted": _("Gave the role {role} to {subject}"),
    "accounts.role_revoked": _("Took the role {role} from {subject}"),
}


def permission_text(code: str) -> str:
    """What a permission is called; one that is gone keeps its code."""
    labels = {permission.code: permission.label for _function, permission in registry.permissions()}
    return str(labels.get(code, code))


WORDS = {"accounts.role_updated": {"added": permission_text, "removed": permission_text}}
REFUSED = {"accounts.sign_in_failed", "accounts.locked_out"}
for _code, _text in SENTENCES.items():
    actions.register(_code, _text, words=WORDS.get(_code), outcome="refused" if _code in REFUSED else "done")
