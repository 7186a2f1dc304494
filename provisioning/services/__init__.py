"""Every write of provisioning; views, the job and the demonstration come in by this door."""

from provisioning.services.activation import Fetched, activation_fetch, bureau_refresh, bureaus_refresh
from provisioning.services.bureaus import (
    bureau_functions_set,
    bureau_quota_set,
    bureau_rename,
    bureau_resume,
    bureau_slug_set,
    bureau_suspend,
)
from provisioning.services.decisions import (
    address_change,
    application_approve,
    application_correct,
    application_reject,
)
from provisioning.services.drafts import (
    draft_begin,
    draft_discard,
    draft_save,
    drafts_expire,
    letter_attach,
)
from provisioning.services.fleet import fleet_upgrade_start, fleet_upgraded
from provisioning.services.openings import opening_start, opening_stop
from provisioning.services.restoring import (
    Restored,
    bureau_restore_begin,
    bureau_restore_end,
    bureau_restore_finish,
)
from provisioning.services.submissions import Person, Submission, application_submit
from provisioning.services.tracking import Tracked, application_track

__all__ = [
    "Fetched",
    "Person",
    "Restored",
    "Submission",
    "Tracked",
    "activation_fetch",
    "address_change",
    "application_approve",
    "application_correct",
    "application_reject",
    "application_submit",
    "application_track",
    "bureau_functions_set",
    "bureau_quota_set",
    "bureau_refresh",
    "bureau_rename",
    "bureau_restore_begin",
    "bureau_restore_end",
    "bureau_restore_finish",
    "bureau_resume",
    "bureau_slug_set",
    "bureau_suspend",
    "bureaus_refresh",
    "draft_begin",
    "draft_discard",
    "draft_save",
    "drafts_expire",
    "fleet_upgrade_start",
    "fleet_upgraded",
    "letter_attach",
    "opening_start",
    "opening_stop",
]
