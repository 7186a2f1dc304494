"""An office in which one colleague numbers documents and another sets up what is numbered."""

import datetime
from dataclasses import dataclass
from typing import Any

from asp.accounts.models import Account
from asp.accounts.services import role_create, role_grant
from asp.accounts.subjects import PERSON, Subject
from asp.audit.actor import Actor
from asp.ui.moments import today
from office.documents import services
from office.documents.kinds import Kind
from office.documents.models import AgencyCode, Number
from office.documents.permissions import MANAGE, REGISTER
from office.documents.services import Entry
from tenants.context import bureau_context
from tests.support.bureaus import open_bureau
from tests.support.people import TESTER, Cast, people


@dataclass(frozen=True)
class Registry:
    """The bureau, who numbers (`clerk`) and manages (`head`), and a code."""

    cast: Cast
    code: AgencyCode

    @property
    def clerk(self) -> Account:
        return self.cast.clerk

    def entry(self, **more: Any) -> Entry:
        given: dict[str, Any] = {
            "title": "关于做好防汛工作的通知",
            "kind": Kind.NOTICE,
            "signed_on": today(),
            "addressee": "各科室",
            "signer": "甲主任",
        }
        return Entry(**{**given, **more})

    def take(self, code: AgencyCode | None = None, **more: Any) -> Number:
        return services.number_take(
            actor=Actor.of_account(self.clerk),
            account=self.clerk,
            code=code or self.code,
            entry=self.entry(**more),
        )

    def void(self, number: Number, reason: str = "重复登记") -> Number:
        return services.number_void(
            actor=Actor.of_account(self.clerk), account=self.clerk, number=number, reason=reason
        )

    def reserve(self, count: int = 1, until: datetime.date | None = None) -> list[Number]:
        return services.numbers_reserve(
            actor=Actor.of_account(self.clerk),
            account=self.clerk,
            code=self.code,
            title="年度总结",
            until=until or today(),
            count=count,
        )


def office() -> Cast:
    """A bureau with the cast: the clerk numbers, the head manages."""
    cast = people(open_bureau())
    with bureau_context(cast.bureau):
        for account, name, code in ((cast.clerk, "文号登记", REGISTER), (cast.head, "文号管理", MANAGE)):
            role = role_create(actor=TESTER, name=name, codes=[code])
            role_grant(actor=TESTER, role=role, subject=Subject(PERSON, account.pk))
    return cast


def register_in(cast: Cast) -> Registry:
    """A code of its own, with nothing numbered under it. Within the bureau's context."""
    number = AgencyCode.objects.count()
    code = "云政" + "".join("甲乙丙丁戊己庚辛壬癸"[int(digit)] for digit in str(number)) + "发"
    made = services.code_create(actor=Actor.of_account(cast.head), code=code, style="yearly")
    return Registry(cast, made)
