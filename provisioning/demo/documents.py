"""Document numbers in the fictional offices: codes, a register with some numbers, one void, some reserved."""

import datetime

from asp.accounts.models import Account, Duty
from asp.accounts.services import role_create, role_grant
from asp.accounts.subjects import Subject
from asp.audit.actor import Actor
from asp.ui.moments import today
from office.documents import permissions
from office.documents import services as documents
from office.documents.kinds import Kind

SENT = (
    (Kind.NOTICE, "关于做好汛期安全生产工作的通知", "各科室、直属各单位"),
    (Kind.NOTICE, "关于开展机关作风检查的通知", "各科室、直属各单位"),
    (Kind.CIRCULAR, "关于第一季度重点工作完成情况的通报", "各科室、直属各单位"),
    (Kind.NOTICE, "关于印发《公务用车管理办法》的通知", "各科室、直属各单位"),
    (Kind.OPINION, "关于进一步优化办事流程的意见", "各科室、直属各单位"),
    (Kind.REPORT, "关于上半年工作情况的报告", "云溪县人民政府"),
    (Kind.NOTICE, "关于组织公文写作培训的通知", "各科室"),
)


def set_up(leader: Account, head: Account, *, code: str) -> None:
    """The head of the office numbers documents and keeps the register under `code` (such as 云财)."""
    security = Actor.of_account(Account.objects.administrators().get(duty=Duty.SECURITY))
    role = role_create(
        actor=security,
        name="文号管理员",
        name_en="Keeper of document numbers",
        codes=[permissions.REGISTER, permissions.MANAGE],
    )
    role_grant(actor=security, role=role, subject=Subject.person(head))
    actor = Actor.of_account(head)
    sent = documents.code_create(actor=actor, code=f"{code}发", style="yearly", use="发文", sort=10)
    documents.code_create(actor=actor, code=f"{code}函", style="yearly", use="函", sort=20)
    documents.code_create(
        actor=actor, code=f"{code}办公会纪要", style="issues", use="局长办公会议纪要", sort=30
    )
    first = today() - datetime.timedelta(days=min(today().timetuple().tm_yday - 1, 60))
    numbers = [
        documents.number_take(
            actor=actor,
            account=head,
            code=sent,
            entry=documents.Entry(
                title=title,
                kind=kind,
                signed_on=first + datetime.timedelta(days=place * 3),
                addressee=addressee,
                signer=leader.name,
                department="办公室",
            ),
        )
        for place, (kind, title, addressee) in enumerate(SENT)
        if first + datetime.timedelta(days=place * 3) <= today()
    ]
    if len(numbers) > 2:
        documents.number_void(actor=actor, account=head, number=numbers[2], reason="内容有误，撤回重发")
    documents.numbers_reserve(
        actor=actor,
        account=head,
        code=sent,
        title="年度工作总结",
        until=min(today() + datetime.timedelta(days=30), today().replace(month=12, day=31)),
    )
