"""Refusals that people can act upon."""

from django.utils.translation import gettext_lazy as _

from asp.ui.errors import Conflict, UserFacingError


class NameRefused(UserFacingError):
    code = "organization.name_refused"
    message = _("This name cannot be used. {reason}")


class NameTaken(Conflict):
    code = "organization.name_taken"
    message = _("There is already a department called {name} in the same place.")


class PostNameTaken(Conflict):
    code = "organization.post_name_taken"
    message = _("There is already a post called {name}.")


class WouldBeCycle(Conflict):
    code = "organization.cycle"
    message = _("{name} cannot be moved below itself: {target} lies within it, perhaps since a moment ago.")


class TooDeep(UserFacingError):
    code = "organization.too_deep"
    message = _("Departments can be at most {limit} levels deep.")


class Dissolved(Conflict):
    code = "organization.dissolved"
    message = _("{name} has been dissolved. Choose another department.")


class HeadUnfit(UserFacingError):
    code = "organization.head_unfit"
    message = _("{name} does not work in this department, above or below it. Choose somebody who does.")


class NotEmpty(Conflict):
    code = "organization.not_empty"
    message = _(
        "{name} cannot be dissolved yet: it has {people} people and {departments} departments below it. "
        "Move them elsewhere first."
    )


class PostInUse(Conflict):
    code = "organization.post_in_use"
    message = _("{name} cannot be removed: {people} people hold this post. Give them another one first.")


class NoAppointment(UserFacingError):
    code = "organization.no_appointment"
    message = _("Choose a main department for this person.")


class AppointmentTwice(UserFacingError):
    code = "organization.appointment_twice"
    message = _("The same department and post are given twice.")


class PlaceGone(Conflict):
    code = "organization.place_gone"
    message = _("One of the departments or posts is no longer there. Choose again.")


class OfficePhoneRefused(UserFacingError):
    code = "organization.office_phone_refused"
    message = _("This is not a telephone number. Use digits, blanks and + - ( ), at most 32 characters.")


class TooManySlips(UserFacingError):
    code = "organization.too_many_slips"
    message = _(
        "At most {limit} slips can be printed at once; {count} people were chosen. Print by department."
    )


class NobodyToInvite(UserFacingError):
    code = "organization.nobody_to_invite"
    message = _("Nobody among those chosen still has to activate their account.")


class ImportRefused(UserFacingError):
    code = "organization.import_refused"
    message = _("This file cannot be imported.")


class NoMailRelay(UserFacingError):
    code = "organization.no_mail_relay"
    message = _("No mail relay is set up here. Print slips instead.")


class ImportStateError(Conflict):
    code = "organization.import_state"
    message = _("This import is in another state by now. Look at it again.")
