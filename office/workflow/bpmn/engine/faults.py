"""What may go wrong while a process runs. The state is spoiled then: throw it away, keep what is stored."""

from django.utils.translation import gettext_lazy as _

from asp.ui.errors import UserFacingError


class EngineFault(UserFacingError):
    """The process cannot go on from here; `params["element"]` is the id of the element."""

    status = 409
    code = "workflow.cannot_go_on"
    message = _("The process cannot go on at “{element}”.")


class NoWay(EngineFault):
    """No condition of a gateway holds and it has no default."""

    code = "workflow.no_way"
    message = _("No condition holds at “{element}”: nothing says how the process goes on.")


class TimeUnreadable(EngineFault):
    """A timer's variable holds no time, or a waiting time needs a calendar that is not there."""

    code = "workflow.time_unreadable"
    message = _("The time that “{element}” waits for is not filled in, or is not a time.")


class Runaway(EngineFault):
    """The engine was stopped: it went round and round, or the history has become too long."""

    code = "workflow.runaway"
    message = _("The process was stopped at “{element}”: it repeats itself too often.")


class StateTooLarge(EngineFault):
    """The state would become larger than what is stored."""

    code = "workflow.state_too_large"
    message = _("The history of this process has become too large to go on.")


class NotWaiting(UserFacingError):
    """Somebody else was faster: the process does not wait for this (any more)."""

    status = 409
    code = "workflow.not_waiting"
    message = _("The process does not wait for this any more.")


class NotReturnable(UserFacingError):
    """That step does not lie on the way to this one."""

    status = 409
    code = "workflow.not_returnable"
    message = _("It cannot go back to that step from here.")


class NotMigratable(UserFacingError):
    """The other version lacks a step at which the process waits."""

    status = 409
    code = "workflow.not_migratable"
    message = _("The other version has no step “{element}”, where this process waits now.")


class BadVariable(UserFacingError):
    """A value that is no scalar and no short list of scalars."""

    code = "workflow.bad_variable"
    message = _("The value of “{element}” cannot be kept by a process.")


class WrongVersion(UserFacingError):
    """State and specification do not belong together."""

    status = 500
    code = "workflow.wrong_version"
    message = _("The state belongs to another version of the process.")
