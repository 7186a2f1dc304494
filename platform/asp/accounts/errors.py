"""Refusals of this app that people can understand."""

from django.utils.translation import gettext_lazy as _

from asp.ui.errors import Conflict, Gone, NotAllowed, UserFacingError


class LoginTaken(UserFacingError):
    """Another account has this name."""

    code = "accounts.login_taken"
    message = _("The account name {login} is taken. Choose another one.")


class LoginInvalid(UserFacingError):
    """The account name is not well formed."""

    code = "accounts.login_invalid"
    message = _(
        "An account name begins with a letter and has 2 to 32 letters (a–z), digits, dots, hyphens or underscores."
    )


class PhoneTaken(UserFacingError):
    """Another account has this number."""

    code = "accounts.phone_taken"
    message = _("The mobile number {phone} already belongs to another account.")


class PhoneInvalid(UserFacingError):
    """Not a mainland mobile number."""

    code = "accounts.phone_invalid"
    message = _("This is not a mobile number. Write eleven digits, such as 138 0013 8000.")


class DutyTaken(Conflict):
    """There is exactly one holder of each duty."""

    code = "accounts.duty_taken"
    message = _("This duty already has an administrator.")


class OwnAccount(NotAllowed):
    """Administrators cannot lift or impose measures on themselves."""

    code = "accounts.own_account"
    message = _("You cannot do this to your own account.")


class NotForAdministrators(NotAllowed):
    """What happens to the three administrators is not decided by one of them."""

    code = "accounts.not_for_administrators"
    message = _("The three administrators keep their duties. This cannot be done to one of them here.")


class WrongState(Conflict):
    """The account is in a state in which this makes no sense."""

    code = "accounts.wrong_state"
    message = _("The account is in another state by now. Look at it again.")


class NoAddress(UserFacingError):
    """There is no mail address to send to."""

    code = "accounts.no_address"
    message = _("This account has no mail address. Print a slip, or enter the address first.")


class NoRelay(UserFacingError):
    """Mail cannot leave this system."""

    code = "accounts.no_relay"
    message = _("No mail relay is set up here. Print a slip instead.")


class LinkOver(Gone):
    """The link was used, replaced, or is too old."""

    code = "accounts.link_over"
    message = _("This link has been used or has expired. Ask your administrator for a new one.")


class PasswordRefused(UserFacingError):
    """The password does not meet the policy."""

    code = "accounts.password_refused"
    message = _("The password does not meet the rules: {reasons}")


class CodeWrong(UserFacingError):
    """The six digits are not right now."""

    code = "accounts.code_wrong"
    message = _("The code is not right. Check that the phone's clock is right, and type the newest code.")


class FactorRequired(NotAllowed):
    """Administrators cannot do without a second factor."""

    code = "accounts.factor_required"
    message = _("Administrators need a second factor.")


class RoleBuiltIn(NotAllowed):
    """The software needs this role."""

    code = "accounts.role_built_in"
    message = _("This role comes with the system and cannot be removed.")


class RoleNameTaken(UserFacingError):
    """Another role has this name."""

    code = "accounts.role_name_taken"
    message = _("There is already a role called {name}.")


class UnknownPermission(UserFacingError):
    """A code that no function declares, or one that belongs to a duty."""

    code = "accounts.unknown_permission"
    message = _("One of the permissions does not exist here.")


class CannotHoldRoles(UserFacingError):
    """Only staff, posts, departments and everybody can have a role."""

    code = "accounts.cannot_hold_roles"
    message = _("Roles are for staff, posts and departments. Administrators have fixed duties instead.")
