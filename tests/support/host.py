"""The host's own administrators."""

from asp.accounts.models import Account
from asp.accounts.services import account_create
from tenants.context import host_context
from tests.support.people import TESTER, activate


def host_administrators() -> tuple[Account, Account, Account]:
    """The host's system, security and audit administrator, made the first time they are asked for."""
    with host_context():
        found = {each.duty: each for each in Account.objects.administrators().exclude(state="disabled")}
        for duty in ("system", "security", "audit"):
            if duty not in found:
                found[duty] = activate(
                    account_create(
                        actor=TESTER,
                        kind="administrator",
                        duty=duty,
                        login=f"host.{duty}",
                        name=f"主机管理员{duty}",
                    )
                )
            elif found[duty].state != "active":
                activate(found[duty])
        return found["system"], found["security"], found["audit"]
