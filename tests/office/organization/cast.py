"""People and helpers of these tests."""

import io
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook

from asp.accounts.models import Account, AccountState
from asp.accounts.services import account_create
from asp.audit.actor import Actor
from tenants.site import BureauRef

ACTOR = Actor.system("console")
HEADINGS = ["姓名", "英文名", "账号", "手机号", "邮箱", "部门", "职务", "工号", "办公电话", "排序号"]


def active(account: Account) -> Account:
    """The account as it is after activation."""
    account.state = AccountState.ACTIVE
    account.save()
    return account


def administrator(duty: str) -> Account:
    """One of the three, active."""
    names = {"system": "许安", "security": "何静", "audit": "邓一凡"}
    return active(
        account_create(actor=ACTOR, kind="administrator", login=f"{duty}.admin", name=names[duty], duty=duty)
    )


@dataclass
class Office:
    """A bureau with its three administrators; the context is that of the bureau."""

    bureau: BureauRef
    system: Account
    security: Account
    audit: Account

    @property
    def actor(self) -> Actor:
        """The system administrator."""
        return Actor.of_account(self.system)


def new_office(bureau: BureauRef) -> Office:
    """The bureau with its administrators; to be called in the bureau's context."""
    return Office(bureau, administrator("system"), administrator("security"), administrator("audit"))


def sheet_bytes(*rows: list[Any], headings: list[Any] | None = None, title: str | None = None) -> bytes:
    """An .xlsx with these rows below the headings."""
    book = Workbook()
    sheet = book.worksheets[0]
    if title:
        sheet.append([title])
        sheet.merge_cells("A1:J1")
    sheet.append(headings if headings is not None else HEADINGS)
    for row in rows:
        sheet.append(list(row))
    return saved(book)


def saved(book: Workbook) -> bytes:
    """The bytes of a workbook."""
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def person_row(
    name: str, *, login: str = "", phone: Any = "", department: str = "办公室", post: str = ""
) -> list[Any]:
    """One row of the spreadsheet."""
    return [name, "", login, phone, "", department, post, "", "", ""]
