"""The desk (办理台): one transaction over one or many instances. Services open it, act on cases, and flush it.

    desk = Desk(actor=actor)
    case = desk.case(instance_id)          # locked; its open steps and items are read
    case.finish(item, account=…, outcome=…)
    desk.flush()                           # rows, events, jobs and tellings, in bulk

Everything in here is private to `office.workflow.services`.
"""

from office.workflow.desk.case import Case
from office.workflow.desk.desk import Desk

__all__ = ["Case", "Desk"]
