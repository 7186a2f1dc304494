"""What the audit log says about the organization."""

from django.utils.translation import gettext_lazy as _

from asp.audit import actions

TEXTS = {
    "organization.department_created": _("Created department {target}"),
    "organization.department_renamed": _("Changed department {old} to {new}"),
    "organization.department_moved": _("Moved department {target} from “{old}” to “{new}”"),
    "organization.department_reordered": _("Changed the place of department {target} among its neighbours"),
    "organization.department_dissolved": _("Dissolved department {target}"),
    "organization.department_head_set": _("Made {head} the head of department {target}"),
    "organization.department_head_cleared": _("Department {target} has no head any more; it was {head}"),
    "organization.post_created": _("Created post {target} with rank {rank}"),
    "organization.post_changed": _("Changed post {target}, rank {rank}"),
    "organization.post_removed": _("Removed post {target}"),
    "organization.member_placed": _("Set the places of {target}: {places}"),
    "organization.member_changed": _("Changed staff data of {target}: {fields}"),
    "organization.slips_printed": _("Printed activation slips for {count} people"),
    "organization.staff_exported": _("Exported the staff list ({count} people)"),
    "organization.import_uploaded": _("Uploaded staff file {target}"),
    "organization.import_confirmed": _("Confirmed the import of {target}"),
    "organization.import_discarded": _("Discarded the import of {target}"),
    "organization.import_finished": _(
        "Imported {target}: {new} people new, {changed} changed, {unchanged} as before, {wrong} refused"
    ),
    "organization.member_created_by_import": _(
        "Created account {login} for {target} from {filename}, row {row}"
    ),
    "organization.member_changed_by_import": _("Changed {target} from {filename}, row {row}: {fields}"),
}


def register() -> None:
    """Make the sentences known; called when Django is ready."""
    for code, text in TEXTS.items():
        actions.register(code, text)
