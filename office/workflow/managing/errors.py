"""What people who make processes are told."""

from django.utils.translation import gettext_lazy as _

from asp.ui.errors import Conflict, UserFacingError


class DraftUnreadable(UserFacingError):
    """The drawing cannot be kept: it is no BPMN, or too large. `reason` is the gate's own sentence."""

    status = 422
    code = "workflow.draft_unreadable"
    message = _("This drawing cannot be taken over. {reason}")


class DraftNoList(UserFacingError):
    """What was drawn cannot be shown as a list of steps."""

    status = 409
    code = "workflow.draft_no_list"
    message = _("This drawing is more than a list of steps: it differs first at “{name}”. Use the designer.")


class AlreadyAdopted(Conflict):
    """A process was made of this template before."""

    code = "workflow.already_adopted"
    message = _("A process has been made of this template already.")


class NothingNew(Conflict):
    """The template has nothing that was not looked at."""

    code = "workflow.nothing_new"
    message = _("There is nothing new in this template, or somebody has looked at it in the meantime.")


class MergeImpossible(UserFacingError):
    """Some of the parts that were chosen need others that were not."""

    status = 422
    code = "workflow.merge_impossible"
    message = _("These parts do not fit together without the others. Take over more of them. {reason}")


class NothingToPublish(Conflict):
    """The draft is what is published."""

    code = "workflow.nothing_to_publish"
    message = _("Nothing has changed since version {number}.")


class KindKept(Conflict):
    """What is published or drawn goes by the kind that the process has."""

    code = "workflow.kind_kept"
    message = _("This stays as it is. {reason}")


class AlreadyStopped(Conflict):
    """Stopped processes are resumed, others stopped."""

    code = "workflow.process_state"
    message = _("Somebody has stopped or resumed this process in the meantime.")
