"""The role templates that the fictional county's host offers to its bureaus."""

from asp.accounts.models import Account
from asp.audit.actor import Actor
from office.library.permissions import MANAGE_DEPARTMENT, MANAGE_UNIT, USE
from provisioning.models import RoleTemplate
from provisioning.services.role_templates import Draft, template_create, template_publish
from tenants.context import host_context

TEMPLATES = (
    Draft(
        name="公文收发员",
        name_en="Registry clerk",
        description="收发、登记文件，维护单位资料库。",
        codes=(USE, MANAGE_UNIT),
    ),
    Draft(
        name="部门负责人",
        name_en="Head of department",
        description="管理本部门文件柜。",
        codes=(USE, MANAGE_DEPARTMENT),
    ),
)


def offer(security: Account) -> None:
    """Publish them to all bureaus, also those opened later, unless that was done before."""
    actor = Actor.of_account(security)
    with host_context():
        for draft in TEMPLATES:
            found = RoleTemplate.objects.filter(name=draft.name).first()
            if found is None:
                found = template_create(actor=actor, draft=draft)
            if not found.version:
                template_publish(actor=actor, template=found, bureaus=None)
