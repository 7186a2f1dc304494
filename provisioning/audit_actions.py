"""Sentences of provisioning's audit entries."""

import datetime

from django.utils.translation import gettext_lazy as _

from asp.accounts.models import Duty
from asp.audit.actions import register
from asp.ui.moments import moment_text
from tenants import registry


def _function(code: str) -> str:
    """What a function is called; one that is gone keeps its code."""
    function = registry.by_code(code)
    return str(function.title) if function else code


def _moment(text: str) -> str:
    """A moment as people write it; it is stored as machines do."""
    return moment_text(datetime.datetime.fromisoformat(text))


def _duty(code: str) -> str:
    return str(dict(Duty.choices).get(code, code))


FUNCTIONS = {"functions": _function}
DUTY = {"duty": _duty}

register("provisioning.application_submitted", _("{name} applied for an office"))
register("provisioning.application_resubmitted", _("{name} sent the corrected application in"))
register("provisioning.correction_asked", _("Asked {name} to correct the application"))
register("provisioning.application_rejected", _("Rejected the application of {name}: {reason}"))
register(
    "provisioning.application_approved",
    _("Approved the application of {name}: address {slug}, {quota_gb} GB, functions {functions}"),
    words=FUNCTIONS,
)
register("provisioning.address_changed", _("Changed the approved address of {name} from {old} to {new}"))
register("provisioning.letter_opened", _("Opened the authorisation letter of {name}"))
register("provisioning.opening_started", _("Started opening no. {number} of the office of {name}"))
register("provisioning.opening_stopped", _("Stopped the opening of the office of {name}"))
register(
    "provisioning.opening_failed",
    _("The opening of the office of {name} failed at step {step} ({code})"),
    outcome="failed",
)
register(
    "provisioning.bureau_opened",
    _("Opened the office of {name}: address {slug}, {quota_gb} GB, functions {functions}"),
    words=FUNCTIONS,
)
register(
    "provisioning.office_opened",
    _("The office was opened: address {slug}, {quota_gb} GB, functions {functions}, approved by {by}"),
    words=FUNCTIONS,
)
register(
    "provisioning.activation_fetched",
    _("{person} ({duty}) of {name} fetched an activation in the hall"),
    words=DUTY,
)
register(
    "provisioning.activation_mailed",
    _("An activation was mailed to {person} ({duty}) of {name} again"),
    words=DUTY,
)
register(
    "provisioning.bureau_activated", _("All three administrators of {name} are active; the office is, too")
)
register("provisioning.quota_changed", _("Changed the storage of {name} from {old} GB to {new} GB"))
register(
    "provisioning.functions_changed",
    _("Changed the functions of {name}: on {on}, off {off}"),
    words={"on": _function, "off": _function},
)
register("provisioning.bureau_renamed", _("Renamed {old} to {new}"))
register("provisioning.bureau_moved", _("Changed the address of {name} from {old} to {new}"))
register("provisioning.bureau_suspended", _("Suspended the office of {name}: {reason}"))
register("provisioning.bureau_resumed", _("Resumed the office of {name}"))
register("provisioning.bureaus_exported", _("Exported the list of bureaus ({count})"))
register("provisioning.announcement_published", _("Published “{title}” to {receivers} bureaus"))
register("provisioning.announcement_withdrawn", _("Withdrew the announcement “{title}”"))
register("provisioning.fleet_upgrade_started", _("Started upgrading all offices that are not current"))
register(
    "provisioning.bureau_upgrade_started", _("Started upgrading the office of {name} from version {version}")
)
register(
    "provisioning.fleet_upgraded",
    _("Upgraded offices to version {version}: {done} are current, {failed} failed"),
)
register("provisioning.template_created", _("Drafted the role template {name}"))
register("provisioning.template_changed", _("Changed the draft of the role template {name}"))
register("provisioning.template_discarded", _("Removed the draft of the role template {name}"))
register(
    "provisioning.template_published",
    _("Published version {version} of the role template {name}; offered to {receivers} bureaus"),
)
register("provisioning.template_withdrawn", _("Withdrew the role template {name}"))
register(
    "provisioning.bureau_restore_begun",
    _("Shut the office of {name} to put it back to its state of {at}"),
    words={"at": _moment},
)
register(
    "provisioning.bureau_restore_given_up",
    _("Opened the office of {name} again without having put it back to an earlier state"),
)
register(
    "provisioning.bureau_restored",
    _(
        "Put the office of {name} back to its state of {at}: {rows} rows; sessions and links are void, "
        "{messages_dropped} messages that had left are not sent again"
    ),
    words={"at": _moment},
)
