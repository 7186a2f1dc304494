"""Writing into an office's log."""

from django.db import transaction

from asp.audit import actions
from asp.audit.actor import Actor
from asp.audit.models import Entry
from asp.audit.services import record
from tenants.context import bureau_context
from tenants.site import BureauRef

ACTION = "tests.thing_done"
actions.register(ACTION, "Did {thing} to {target}")


def write(bureau: BureauRef, count: int = 1, **params: object) -> list[Entry]:
    """Let somebody do `count` things, each in a transaction of its own."""
    found = []
    with bureau_context(bureau):
        for number in range(count):
            with transaction.atomic():
                values = {"thing": f"thing {number}", **params}
                found.append(
                    record(actor=Actor.system("worker"), action=ACTION, target_name="文件", params=values)
                )
    return found
