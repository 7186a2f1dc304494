"""What the workflow refuses, in words for people. The engine's own faults are in `bpmn.engine.faults`."""

from django.utils.translation import gettext_lazy as _

from asp.ui.errors import Conflict, NotAllowed, UserFacingError


class NotStartable(Conflict):
    """The process was stopped, or has no published version."""

    code = "workflow.not_startable"
    message = _("“{name}” cannot be started at the moment: it was stopped, or nothing of it is published.")


class NotYours(NotAllowed):
    """Somebody else has this in hand."""

    code = "workflow.not_yours"
    message = _("This does not wait for you (any more).")


class AlreadyDone(Conflict):
    """The step was done, taken back or handed over in the meantime."""

    code = "workflow.already_done"
    message = _(
        "This step was already done, or taken back, in the meantime. Nothing of yours was sent twice."
    )


class NotRunning(Conflict):
    """The instance has ended or is suspended."""

    code = "workflow.not_running"
    message = _("“{title}” is not in progress: nothing can be done with it now.")


class NotSuspended(Conflict):
    """Only what is suspended can be resumed."""

    code = "workflow.not_suspended"
    message = _("“{title}” is not suspended.")


class UnknownOutcome(UserFacingError):
    """The step has no such button."""

    code = "workflow.unknown_outcome"
    message = _("Choose how you decide.")


class ActionDenied(NotAllowed):
    """The step does not allow this act."""

    code = "workflow.action_denied"
    message = _("This step does not allow that.")


class PeopleMissing(UserFacingError):
    """The next step needs people who are chosen now."""

    code = "workflow.people_missing"
    message = _("Choose who does “{step}”.")


class PeopleUnfit(UserFacingError):
    """Somebody who was chosen does not work here (any more)."""

    code = "workflow.people_unfit"
    message = _("Somebody whom you chose does not work here any more. Choose again.")


class OpinionMissing(UserFacingError):
    """This act needs a reason."""

    code = "workflow.opinion_missing"
    message = _("Say why.")


class NotWithdrawable(Conflict):
    """Somebody has already read it, or it has gone on."""

    code = "workflow.not_withdrawable"
    message = _("It cannot be withdrawn any more: somebody has already read it, or it has gone on.")


class ValuesChanged(Conflict):
    """Somebody else saved the form meanwhile."""

    code = "workflow.values_changed"
    message = _(
        "Somebody has changed the form in the meantime. What you typed is still here; look at theirs, then send again."
    )


class DraftChanged(Conflict):
    """Somebody else saved the draft of the process meanwhile."""

    code = "workflow.draft_changed"
    message = _("{name} has changed this draft in the meantime. Look at it again, then decide.")


class NotPublishable(UserFacingError):
    """The gate has found faults."""

    status = 422
    code = "workflow.not_publishable"
    message = _("This cannot be published yet: {count} faults are named below.")


class CodeTaken(Conflict):
    """Another process has this code."""

    code = "workflow.code_taken"
    message = _("Another process has the code “{name}”.")


class UrgedAlready(UserFacingError):
    """Urging again and again helps nobody."""

    status = 429
    code = "workflow.urged_already"
    message = _("This was urged a short while ago. Wait a little before you urge again.")


class AbsenceInvalid(UserFacingError):
    """An absence that ends before it begins, has passed, or whose deputy is oneself."""

    code = "workflow.absence_invalid"
    message = _("Choose a colleague who stands in, and a time that lies ahead.")


class AbsenceOverlaps(Conflict):
    """There is one in the same time."""

    code = "workflow.absence_overlaps"
    message = _("There is an absence in this time already. End it first.")


class VersionSame(Conflict):
    """It runs on that version."""

    code = "workflow.version_same"
    message = _("It is on this version already.")
