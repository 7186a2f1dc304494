"""A fixed cast for one bureau: three administrators, a head of office, a clerk, and somebody without rights."""

from dataclasses import dataclass

from asp.accounts.models import Account, AccountState
from asp.accounts.services import account_create
from asp.audit.actor import Actor
from office.organization.models import Department, Post
from office.organization.services import Place, department_create, member_create, post_create
from tenants.context import bureau_context
from tenants.site import BureauRef

TESTER = Actor.system("tests")


@dataclass(frozen=True)
class Cast:
    """Who works in a bureau. `mark` stands in every name, so that a leak is seen in any answer."""

    bureau: BureauRef
    mark: str
    system: Account
    security: Account
    audit: Account
    head: Account
    clerk: Account
    outsider: Account
    office: Department
    section: Department
    post: Post

    @property
    def administrators(self) -> tuple[Account, Account, Account]:
        return self.system, self.security, self.audit

    @property
    def staff(self) -> tuple[Account, Account, Account]:
        return self.head, self.clerk, self.outsider


def activate(account: Account) -> Account:
    """Make an account active without the pages; sessions are made by `asp.accounts.testing`."""
    account.state = AccountState.ACTIVE
    account.activated_at = account.created_at
    account.save(update_fields=["state", "activated_at"])
    return account


def people(bureau: BureauRef, *, mark: str = "") -> Cast:
    """Fill `bureau` with the cast; once for a bureau."""
    with bureau_context(bureau):
        administrators = {
            duty: activate(
                account_create(
                    actor=TESTER,
                    kind="administrator",
                    duty=duty,
                    login=f"{duty}.admin",
                    name=f"{mark}管理员{duty}",
                )
            )
            for duty in ("system", "security", "audit")
        }
        office = department_create(actor=TESTER, name=f"{mark}办公室")
        section = department_create(actor=TESTER, name=f"{mark}文秘科", parent=office)
        post = post_create(actor=TESTER, name=f"{mark}主办", rank=50)
        staff = {
            login: activate(
                member_create(
                    actor=TESTER, name=f"{mark}{name}", login=login, places=[Place(where.pk, post.pk)]
                ).account
            )
            for login, name, where in (
                ("head", "甲主任", office),
                ("clerk", "乙科员", section),
                ("outsider", "丙旁人", section),
            )
        }
        return Cast(bureau, mark, **administrators, **staff, office=office, section=section, post=post)
