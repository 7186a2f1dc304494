"""Every write of the organization: its public door for other apps."""

from office.organization.heads import (
    department_head,
    head_above,
    head_of,
    heads_of,
    leader_above,
    main_department_of,
    main_departments_of,
    seniority,
)
from office.organization.selectors import main_place_of
from office.organization.services.departments import (
    department_create,
    department_dissolve,
    department_move,
    department_shift,
    department_update,
)
from office.organization.services.imports import import_begin, import_confirm, import_discard, import_options
from office.organization.services.invitations import Invited, Slip, invite_by_mail, slips_issue
from office.organization.services.members import (
    Place,
    member_create,
    member_update,
    members_disable,
    members_enable,
    staff_exported,
)
from office.organization.services.posts import post_create, post_remove, post_update

__all__ = [
    "Invited",
    "Place",
    "Slip",
    "department_create",
    "department_dissolve",
    "department_head",
    "department_move",
    "department_shift",
    "department_update",
    "head_above",
    "head_of",
    "heads_of",
    "leader_above",
    "import_begin",
    "import_confirm",
    "import_discard",
    "import_options",
    "invite_by_mail",
    "main_department_of",
    "main_departments_of",
    "main_place_of",
    "member_create",
    "member_update",
    "members_disable",
    "members_enable",
    "post_create",
    "post_remove",
    "post_update",
    "seniority",
    "slips_issue",
    "staff_exported",
]
