"""The number beside “To-do” in the rail and in the phone's tab bar; it follows what happens elsewhere."""

from typing import cast

from django.http import HttpRequest

from asp.accounts.models import Account
from asp.ui.context import Mark, url_or_empty
from office.workflow.live import TODO_LIST
from office.workflow.selectors.access import works_here
from office.workflow.selectors.todo import waiting_for

NAV = "workflow"


def mark_of(request: HttpRequest) -> Mark | None:
    """How much waits for the reader; None for those who have no to-do list. One statement, or none after the list."""
    part = url_or_empty("workflow:count")
    if not part or not request.user.is_authenticated:
        return None
    account = cast(Account, request.user)
    if not works_here(account):
        return None
    known = account.__dict__.get("_workflow_waiting")
    if known is None:
        known = account.__dict__["_workflow_waiting"] = waiting_for(account)
    count, late = known
    return Mark(part, TODO_LIST, count, late > 0)
