"""Who does what in the processes of the browser tests' bureau, and the processes that it has drawn itself."""

import copy
from typing import Any

from asp.accounts.models import Account, Role
from asp.accounts.services import activation_complete, link_issue, role_create, role_grant
from asp.accounts.subjects import Subject
from asp.audit.actor import Actor
from office.organization.models import Department
from office.organization.services import department_update
from office.workflow import services as workflow
from office.workflow.models import Process
from office.workflow.permissions import DESIGN, OVERSEE
from provisioning.demo.secret import Secrets
from tests.browser.furnish_host import TESTER
from tests.support.engineering_centre import ENGINEERING_CENTRE

Json = dict[str, Any]
# Who does what in the approval of an engineering centre.
CENTRE = {
    "tech_window": "何静",
    "tech_officer": "陈若水",
    "patent_officer": "韩松年",
    "expert": "江月白",
    "tech_leader": "周启明",
}
EMPTY_ROLE = "信息化管理"


def person(name: str) -> Account:
    return Account.objects.get(name=name)


def activated(account: Account, demo: Secrets) -> Account:
    """Let somebody begin to work, unless they do already."""
    if account.state == "invited":
        link = link_issue(actor=TESTER, account=account, purpose="activation", channel="slip")
        activation_complete(link=link, password=demo.password("fgj", account.login))
    return Account.objects.get(pk=account.pk)


def people(demo: Secrets) -> Account:
    """Sections get heads, posts their people; one makes processes and sees all of them."""
    for name in ("周启明", "方既白", "宋听雨", "韩松年", "何静", "江月白", "苏慕言"):
        activated(person(name), demo)
    for department, head in (
        ("办公室", "方既白"), ("产业发展科", "陈若水"), ("投资与项目科", "宋听雨"), ("价格与收费管理科", "韩松年"),
    ):  # fmt: skip
        found = Department.objects.get(name=department)
        department_update(
            actor=TESTER, department=found, name=found.name, name_en=found.name_en, head=person(head).pk
        )
    for name, english, who, codes in (
        ("财务管理", "Finance", "韩松年", ()),
        ("纪检监督", "Discipline", "宋听雨", ()),
        ("人事管理", "Personnel", "何静", ()),
        ("印章管理", "Seal keeper", "何静", ()),
        (EMPTY_ROLE, "Information technology", "", ()),
        ("流程管理", "Processes", "方既白", (DESIGN, OVERSEE)),
    ):  # fmt: skip
        role = role_create(actor=TESTER, name=name, name_en=english, codes=codes)
        if who:
            role_grant(actor=TESTER, role=role, subject=Subject.person(person(who)))
    return person("方既白")


def engineering_centre(actor: Actor) -> Process:
    """A process of the bureau's own: two versions, and a draft that is ahead of them."""
    process = workflow.process_create(
        actor=actor,
        name="县级工程研究中心认定",
        name_en="Recognition of engineering research centres",
        description="受理、初审、并联审批、审定，二十个工作日内办结。",
        description_en="Accepted, examined, approved side by side, decided: within twenty working days.",
        category="产业发展",
        code="engineering_centre",
    )
    workflow.draft_form_save(actor=actor, process=process, form=FORM)
    steps = copy.deepcopy(ENGINEERING_CENTRE)
    for step in steps["steps"]:
        for each in step.get("parallel", [step]):
            each["performers"] = [_performer(one["ref"]) for one in each["performers"]]
    _save(actor, process, steps)
    workflow.version_publish(actor=actor, process=process, note="按2026年新的认定办法起草。")
    steps["steps"][1]["deadline"]["amount"] = 5
    steps["steps"][2]["parallel"][2]["skip"] = "amount < 200000"
    _save(actor, process, steps)
    workflow.version_publish(
        actor=actor, process=process, note="初审改为五个工作日；二十万元以下免专家评审。"
    )
    steps["steps"][3]["deadline"]["amount"] = 2
    steps["steps"][2]["parallel"][2]["skip"] = "amount < 500000"
    return _save(actor, process, steps)


def _performer(role: str) -> Json:
    if role in CENTRE:
        return {"kind": "account", "ref": str(person(CENTRE[role]).pk)}
    return {"kind": "role", "ref": str(Role.objects.get(name=EMPTY_ROLE).pk)}


def _save(actor: Actor, process: Process, steps: Json) -> Process:
    return workflow.draft_steps_save(actor=actor, process=process, steps=copy.deepcopy(steps))


FORM: Json = {
    "format": 1,
    "title": {"zh": "认定申报表", "en": "Application for recognition"},
    "sections": [
        {
            "name": "applicant", "title": {"zh": "申报单位", "en": "Applicant"},
            "fields": [
                {"name": "company", "kind": "text", "label": {"zh": "单位名称", "en": "Company"}, "required": True},
                {"name": "contact", "kind": "text", "label": {"zh": "联系人", "en": "Contact"}, "width": "half"},
                {"name": "founded", "kind": "date", "label": {"zh": "成立日期", "en": "Founded on"}, "width": "half"},
            ],
        },
        {
            "name": "centre", "title": {"zh": "研究中心", "en": "The centre"},
            "fields": [
                {"name": "field", "kind": "text", "label": {"zh": "研究方向", "en": "Field of research"}, "multiline": True, "required": True},
                {"name": "amount", "kind": "money", "label": {"zh": "研发投入", "en": "Spent on research"}, "required": True, "capital": True, "width": "half"},
                {"name": "area", "kind": "number", "label": {"zh": "场地面积", "en": "Floor space"}, "unit": {"zh": "平方米", "en": "m²"}, "width": "half"},
            ],
        },
    ],
}  # fmt: skip


def old_template(actor: Actor) -> Process:
    """As if the office had adopted an older text, and changed something in it since."""
    process = Process.objects.get(code="leave")
    base = copy.deepcopy(process.origin_text)
    assert base is not None
    base["texts"]["description"] = "请假审批。"
    base["steps"]["steps"][2]["deadline"]["amount"] = 3
    own = copy.deepcopy(base["steps"])
    own["steps"][1]["deadline"]["amount"] = 2
    base["steps"]["steps"][1]["deadline"]["amount"] = 3
    process = _save(actor, process, own)
    Process.objects.filter(pk=process.pk).update(origin_version=0, origin_text=base, description="请假审批。")
    return process
