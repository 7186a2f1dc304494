"""What the workbench shows of the to-do list."""

from dataclasses import dataclass

from asp.accounts.models import Account
from office.workflow.permissions import USE
from office.workflow.selectors.access import works_here
from office.workflow.selectors.rows import Row, grouped
from office.workflow.selectors.todo import Counts, counts_for, first_rows

SHOWN = 15


@dataclass(frozen=True)
class Brief:
    """What is due soonest, under headings, and how much there is altogether."""

    groups: list[tuple[str, list[Row]]]
    counts: Counts
    may_start: bool

    @property
    def more(self) -> int:
        """How much is not shown."""
        return self.counts.open - sum(len(rows) for _heading, rows in self.groups)


def todo_brief(*, account: Account, limit: int = SHOWN) -> Brief | None:
    """The most urgent `limit` things that wait for `account`; None for those who have no processes here.

    At most four statements.
    """
    if not works_here(account):
        return None
    counts = counts_for(account)
    account.__dict__["_workflow_waiting"] = (counts.open, counts.late)
    rows = first_rows(account, limit) if counts.open else []
    return Brief(grouped(rows), counts, account.has_code(USE))
