"""Processes in the fictional offices: the central templates in use, and a few things under way."""

from collections.abc import Mapping

from asp.accounts.models import Account, Duty
from asp.accounts.services import role_create, role_grant
from asp.accounts.subjects import Subject
from asp.audit.actor import Actor
from asp.ui.moments import today
from asp.workdays import calendar_for_site
from office.workflow import permissions
from office.workflow import services as workflow
from office.workflow.bpmn.elements import Performer
from office.workflow.central import templates
from office.workflow.models import Instance, Process, WorkItem

LEADERS = ("leader", "principal")


def set_up(leader: Account, head: Account, clerk: Account) -> None:
    """Adopt every central template: the leader decides, the section's head does the rest. Then some requests."""
    security = Actor.of_account(Account.objects.administrators().get(duty=Duty.SECURITY))
    role = role_create(
        actor=security,
        name="流程管理员",
        name_en="Process manager",
        codes=[permissions.DESIGN, permissions.OVERSEE],
    )
    for each in (leader, head):
        role_grant(actor=security, role=role, subject=Subject.person(each))
    actor = Actor.of_account(head)
    for template in templates().values():
        people = {
            needed.key: [Performer("account", str((leader if needed.key in LEADERS else head).pk))]
            for needed in template.roles
        }
        workflow.template_adopt(actor=actor, code=template.code, people=people)
    _begin(leader, head, clerk)


def _begin(leader: Account, head: Account, clerk: Account) -> None:
    """One that waits for the head, one that waits for the leader, one that has come to its end."""
    calendar = calendar_for_site()
    leave = {
        "leave_kind": "annual",
        "leave": {
            "from": calendar.nth_after(today(), 10).isoformat(),
            "to": calendar.nth_after(today(), 11).isoformat(),
            "days": 2,
        },
        "reason": "回乡探亲",
        "deputy": str(head.pk),
    }
    _start("leave", clerk, leave, "年休假两天")
    asked = _start(
        "general_approval", clerk, _request("购置档案密集架", "现有档案柜已满，拟购置密集架两组。")
    )
    _do(asked, head, "agree", "拟同意，请领导审定。")
    done = _start("general_approval", clerk, _request("更换会议室投影设备", "现有设备已不能维修。"))
    _do(done, head, "agree", "拟同意。")
    _do(done, leader, "agree", "同意，按程序办理。")
    _start("general_approval", head, _request("组织业务培训", "拟于下月组织一次公文写作培训。"))


def _request(subject: str, content: str) -> Mapping[str, object]:
    return {"subject": subject, "content": content, "needs_countersign": False, "needs_principal": False}


def _start(code: str, by: Account, values: Mapping[str, object], title: str = "") -> Instance:
    process = Process.objects.get(origin=code)
    title = title or str(values["subject"])
    return workflow.start(
        actor=Actor.of_account(by),
        process=process,
        starter=by,
        values=values,
        title=f"{process.name}：{title}",
    )


def _do(instance: Instance, by: Account, outcome: str, opinion: str) -> None:
    item = WorkItem.objects.filter(instance=instance, account=by, state="open").first()
    if item is not None:
        workflow.complete(actor=Actor.of_account(by), item=item, account=by, outcome=outcome, opinion=opinion)
