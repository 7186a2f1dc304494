"""What applying, deciding and opening tell people."""

from django.utils.translation import gettext_lazy as _

from asp.ui.errors import Conflict, Gone, TooMany, UserFacingError


class DraftGone(Gone):
    """The browser's draft does not exist (any more)."""

    code = "provisioning.draft_gone"
    message = _("This draft is no longer kept here. Begin a new application, or track the one you sent.")


class NotEditable(Conflict):
    """The application is with the administrators; it cannot be changed now."""

    code = "provisioning.not_editable"
    message = _(
        "The application has been sent in and cannot be changed now. Track it to see where it stands."
    )


class WrongCode(UserFacingError):
    """Tracking code and phone do not belong together; which of them is wrong is not said."""

    code = "provisioning.wrong_code"
    message = _("No application was found for this tracking code and phone number. Check both.")


class TooManyGuesses(TooMany):
    """Too many tries from one place, or for one code."""

    code = "provisioning.too_many_guesses"
    message = _("Too many tries. Wait a quarter of an hour, then try again.")


class AlreadyDecided(Conflict):
    """Another administrator was faster, or the button was pressed twice."""

    code = "provisioning.already_decided"
    message = _("{name} has decided this application meanwhile: {state}. Nothing was done a second time.")


class ChangedMeanwhile(Conflict):
    """The applicant has sent the application in again since the page was opened."""

    code = "provisioning.changed_meanwhile"
    message = _("The application has changed since you opened this page. Look at it again, then decide.")


class AddressTaken(Conflict):
    """Another bureau has the address."""

    code = "provisioning.address_taken"
    message = _("The address “{slug}” belongs to another bureau by now. Choose another one.")


class AddressInvalid(UserFacingError):
    """The approved address does not stand the rules."""

    code = "provisioning.address_invalid"
    message = _("“{slug}” cannot be an address: {reason}")


class CodeInvalid(UserFacingError):
    """The credit code does not stand the rules."""

    code = "provisioning.code_invalid"
    message = _("The unified social credit code “{code}” does not add up.")


class FunctionUnknown(UserFacingError):
    """A function was granted that this version of the software does not have."""

    code = "provisioning.function_unknown"
    message = _("There is no function “{function}” in this version.")


class AdministratorsIncomplete(UserFacingError):
    """The three administrators are not three."""

    code = "provisioning.administrators_incomplete"
    message = _("An office needs three administrators with different account names and phone numbers.")


class LetterMissing(UserFacingError):
    """The authorisation letter was not uploaded, or was uploaded too long ago."""

    code = "provisioning.letter_missing"
    message = _("The authorisation letter is missing. Upload it as PDF, JPEG or PNG.")


class NotApproved(Conflict):
    """Only an approved application can be opened."""

    code = "provisioning.not_approved"
    message = _("This application is not approved: {state}.")


class SelfCheckFailed(UserFacingError):
    """The office was written, but does not answer as it must; it was taken back."""

    status = 500
    code = "provisioning.self_check_failed"
    message = _("The new office did not pass its self-check ({part}); it was taken back.")


class OpeningStopped(Conflict):
    """Somebody stopped the opening."""

    code = "provisioning.opening_stopped"
    message = _("The opening was stopped by an administrator; nothing of it was left.")


class OfficeNotOpen(Conflict):
    """There is no office yet to activate an account in."""

    code = "provisioning.office_not_open"
    message = _("The office is not open yet. You can fetch your activation as soon as it is.")


class WrongState(Conflict):
    """The bureau is in another state by now."""

    code = "provisioning.wrong_state"
    message = _("This bureau is “{state}” now; that does not go with what you wanted to do.")


class AlreadyActive(Conflict):
    """The account has been activated; there is nothing to fetch."""

    code = "provisioning.already_active"
    message = _("This account has been activated. Sign in at the office's address.")


class QuotaInvalid(UserFacingError):
    """A number does not make sense."""

    code = "provisioning.quota_invalid"
    message = _("The storage must be at least 1 GB and at most {limit} GB.")


class NoReceivers(UserFacingError):
    """Nobody was chosen to be told."""

    code = "provisioning.no_receivers"
    message = _("Choose at least one bureau.")


class AnnouncementWithdrawn(Conflict):
    """It was taken back before."""

    code = "provisioning.announcement_withdrawn"
    message = _("This announcement has been withdrawn already.")


class UpgradeFailed(UserFacingError):
    """An upgrade of offices ended, and some are still outdated."""

    code = "provisioning.upgrade_failed"
    message = _("{done} offices were upgraded, {failed} were not. The page “Upgrades” says why.")


class UpgradeUnderWay(Conflict):
    """One upgrade at a time."""

    code = "provisioning.upgrade_under_way"
    message = _("Another upgrade is under way. Try again when it has ended.")


class NothingToUpgrade(Conflict):
    """Somebody was faster, or the page was old."""

    code = "provisioning.nothing_to_upgrade"
    message = _("Every office is of the current version already.")


class TemplateNotOffered(Conflict):
    """It was never published, or is withdrawn."""

    code = "provisioning.template_not_offered"
    message = _("This template is not offered to anybody now.")


class TemplatePublished(Conflict):
    """What bureaus may have taken over stays on record."""

    code = "provisioning.template_published"
    message = _("This template was published; it can be withdrawn, not removed.")


class TemplateUnchanged(Conflict):
    """Nothing is new since the version before, and nobody new was chosen."""

    code = "provisioning.template_unchanged"
    message = _("Nothing has changed since the last version. Change the draft, or choose more bureaus.")


class TemplateNameTaken(UserFacingError):
    """Two templates of one name could not be told apart."""

    code = "provisioning.template_name_taken"
    message = _("There is already a template called {name}.")


class TemplateCodeUnknown(UserFacingError):
    """A permission that no function of an office declares."""

    code = "provisioning.template_code_unknown"
    message = _("One of the permissions does not exist.")


class WorkUnderWay(Conflict):
    """Background work of the office has not come to its end."""

    code = "provisioning.work_under_way"
    message = _("{count} tasks of this office are still running. Try again when they have ended.")


class RestoreImpossible(Conflict):
    """What was restored aside does not fit into the office as it is."""

    code = "provisioning.restore_impossible"
    message = _("The office cannot be put back to that moment: {reason}.")
