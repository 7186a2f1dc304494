"""Processes in the bureau that the browser tests look at: drawn, under way in every state, ended, simulated."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import time_machine
from django.utils import timezone

from asp.accounts.models import Account
from asp.audit.actor import Actor
from asp.jobs.runner import run_job
from asp.workdays import calendar_for_site
from asp.workdays.arithmetic.hours import SHANGHAI
from office.workflow import services as workflow
from office.workflow.desk.versions import START
from office.workflow.insight.scope import ONE_DAY
from office.workflow.models import Instance, ItemKind, ItemState, Process, Step, WorkItem
from office.workflow.services.insight import simulation_start
from provisioning.demo.secret import Secrets
from tenants.keys import uuid7
from tests.browser.furnish_drawings import engineering_centre, old_template, people, person

Json = dict[str, Any]
ADOPTED = ("general_approval", "leave", "purchase", "seal_use", "open_flow")
WITH_FAULTS = "vehicle_use"  # nobody sends out cars here
REQUESTS = (
    ("关于购置档案密集架的请示", "档案室现有密集架已满，拟新增三列，费用从公用经费列支。"),
    ("关于召开全县工业稳增长调度会的请示", "拟于本月下旬召开，请各乡镇、有关部门分管负责同志参加。"),
    (
        "关于组织开展2026年省级以上工业园区循环化改造示范试点和中央预算内投资项目储备工作情况的请示（送审稿）",
        "按市发展改革委通知要求，已会同有关部门梳理项目清单。",
    ),
    ("关于印发《云溪县2026年节能工作要点》的请示", "征求意见期间共收到意见12条，采纳10条。"),
    ("关于柳溪工业园用电保障落实情况的报告", "变电站增容工程已完成招标。"),
    ("关于派员参加全省项目谋划培训的请示", "培训三天，拟派两名同志参加。"),
    ("关于清川环保二期技改项目备案意见的请示", "经审核，项目符合产业政策。"),
    ("关于调整重点项目包联领导的请示", "因人事变动，拟作相应调整。"),
)


@dataclass
class Bureau:
    """Short ways to let people do things at a time of the last weeks."""

    world: Json
    now: datetime.datetime

    @contextmanager
    def at(self, workdays: int, hour: int = 10, minute: int = 0) -> Iterator[None]:
        """So many working days ago."""
        day = calendar_for_site().back(self.now.astimezone(SHANGHAI).date(), workdays)
        moment = datetime.datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)
        with time_machine.travel(moment, tick=False):
            yield

    def start(self, code: str, by: str, title: str, **more: Any) -> Instance:
        account = person(by)
        return workflow.start(
            actor=Actor.of_account(account), process=code, starter=account, title=title, **more
        )

    def item(self, instance: Instance, name: str, kind: str = "") -> WorkItem:
        found = WorkItem.objects.filter(instance=instance, account__name=name, state=ItemState.OPEN)
        return (found.filter(kind=kind) if kind else found).select_related("account").get()

    def do(self, instance: Instance, name: str, outcome: str = "", opinion: str = "", **more: Any) -> None:
        item = self.item(instance, name)
        workflow.item_read(item=item, account=item.account)
        workflow.complete(
            actor=Actor.of_account(item.account),
            item=item,
            account=item.account,
            outcome=outcome,
            opinion=opinion,
            **more,
        )


def due(instance: Instance, hours: float) -> None:
    """Say when what is open is due, and that it is seen to be so a day before."""
    at = timezone.now() + datetime.timedelta(hours=hours)
    times = {"due_at": at, "yellow_at": at - datetime.timedelta(hours=24)}
    Step.objects.filter(instance=instance, state="open").update(**times)
    WorkItem.objects.filter(instance=instance, state=ItemState.OPEN).update(**times)


def fill(world: Json, demo: Secrets) -> Account:
    """Fill the bureau of the story, in its context; return who makes its processes and sees them all."""
    bureau = Bureau(world, timezone.now())
    designer = people(demo)
    actor = Actor.of_account(designer)
    for code in ADOPTED:
        workflow.template_adopt(actor=actor, code=code)
    centre = engineering_centre(actor)
    faulty = workflow.template_adopt(actor=actor, code=WITH_FAULTS)
    old = old_template(actor)
    _history(bureau)
    _centres(bureau)
    _waiting(bureau)
    _mine(bureau)
    _absences(bureau)
    job = simulation_start(
        actor=actor,
        process=centre,
        first=bureau.now.date() - 60 * ONE_DAY,
        last=bureau.now.date() + ONE_DAY,
    )
    run_job(job.pk)
    general = Process.objects.get(code="general_approval")
    world["ids"] |= {
        "process": str(general.pk),
        "centre": str(centre.pk),
        "faulty": str(faulty.pk),
        "old-template": str(old.pk),
        "open-flow": str(Process.objects.get(code="open_flow").pk),
        "purchase": str(Process.objects.get(code="purchase").pk),
        "2": "2",
    }
    return designer


def _request(bureau: Bureau, number: int, by: str = "陈一鸣", **more: Any) -> Instance:
    title, content = REQUESTS[number % len(REQUESTS)]
    values = {"subject": title, "content": content, "needs_countersign": False, "needs_principal": False}
    return bureau.start("general_approval", by, title, values={**values, **more})


def _history(bureau: Bureau) -> None:
    """What was done in the last two months: some quickly, some late, some refused."""
    for number in range(8):
        ago = 40 - number * 4
        with bureau.at(ago, 9, 20):
            one = _request(bureau, number, needs_principal=number % 3 == 0)
        with bureau.at(ago - 1 - number % 3, 15):
            bureau.do(one, "陈若水", "agree", "拟同意，请周局长审定。")
        with bureau.at(ago - 3 - number % 4, 11):
            bureau.do(
                one,
                "周启明",
                "disagree" if number == 5 else "agree",
                "同意。" if number != 5 else "经费未落实，缓办。",
            )
        if number == 5:
            continue
        if number % 3 == 0:
            with bureau.at(max(ago - 5 - number % 3, 1), 16):
                bureau.do(one, "林晓岚", "agree", "同意。")
        with bureau.at(max(ago - 7 - number % 3, 1), 17):
            bureau.do(one, "陈若水", opinion="已办理。")
        bureau.world["ids"]["done"] = str(one.pk)


def _centre(bureau: Bureau, by: str, company: str, amount: str) -> Instance:
    values = {
        "company": company,
        "contact": "严谨",
        "founded": "2019-06-18",
        "field": "高盐废水零排放与资源化利用关键技术。",
        "amount": amount,
        "area": "860",
    }
    return bureau.start("engineering_centre", by, f"{company}：县级工程研究中心认定", values=values)


def _centres(bureau: Bureau) -> None:
    """One after the first step, one that was sent back, one that nobody was found for, one suspended."""
    with bureau.at(12):
        first = _centre(bureau, "苏慕言", "云溪清川环保科技有限公司", "128000.00")
    with bureau.at(11):
        bureau.do(first, "何静", "agree", "材料齐全，予以受理。")
    with bureau.at(9):
        bureau.do(first, "陈若水", "agree", "符合申报条件。")
    with bureau.at(6):
        bureau.do(first, "韩松年", "agree", "专利权属清晰。")
    with bureau.at(6):
        second = _centre(bureau, "苏慕言", "云溪县智农装备有限公司", "560000.00")
    with bureau.at(5):
        bureau.do(second, "何静", "agree", "予以受理。")
    item = bureau.item(second, "陈若水")
    workflow.send_back(
        actor=Actor.of_account(item.account),
        item=item,
        account=item.account,
        node=START,
        opinion="缺少近两年研发费用专项审计报告，请补充。",
    )
    with bureau.at(4):
        third = _centre(bureau, "江月白", "云溪县光合新材料有限公司", "88000.00")
        bureau.do(third, "何静", "agree", "予以受理。")
    due(third, 5)
    with bureau.at(3):
        fourth = _centre(bureau, "江月白", "云溪县百草生物科技有限公司", "230000.00")
    workflow.suspend(
        actor=Actor.of_account(person("方既白")), instance=fourth, reason="等候企业名称变更登记。"
    )
    clerk = person("陈若水")
    workflow.follow(account=clerk, instance=fourth)
    workflow.follow(account=clerk, instance=first)
    bureau.world["ids"] |= {
        "stranded": str(first.pk),
        "sent-back": str(second.pk),
        "centre-item": str(third.pk),
        "suspended": str(fourth.pk),
    }


def _waiting(bureau: Bureau) -> None:
    """What lies before the clerk: late, due soon, later, without a deadline; urged, handed over, asked to sign."""
    clerk = person("陈若水")
    for number, hours in ((0, -30), (1, 6), (2, 30), (3, 80), (5, 100)):
        with bureau.at(2, 9 + number):
            one = _request(bureau, number)
        due(one, hours)
        bureau.world["ids"][f"waiting-{number}"] = str(one.pk)
        bureau.world["ids"][f"item-{number}"] = str(bureau.item(one, "陈若水").pk)
        if number == 0:
            starter = person("陈一鸣")
            workflow.urge(
                actor=Actor.of_account(starter),
                instance=one,
                account=starter,
                words="供应商报价月底到期，请尽快。",
            )
    with bureau.at(1, 14):
        bureau.start(
            "open_flow",
            "林晓岚",
            "市级督查反馈问题整改分工",
            values={"subject": "市级督查反馈问题整改分工", "content": "请产业科牵头提出分工意见。"},
            chosen={"handle": [clerk.pk]},
        )
    with bureau.at(1, 15):
        passed = _request(bureau, 4, by="苏慕言")
        item = bureau.item(passed, "宋听雨")
        workflow.hand_over(
            actor=Actor.of_account(item.account),
            item=item,
            account=item.account,
            to=clerk,
            opinion="涉及产业园区，请若水同志办理。",
        )
        asked = _request(bureau, 6, by="何静")
        bureau.do(asked, "方既白", "agree")
        item = bureau.item(asked, "周启明")
        workflow.add_signers(
            actor=Actor.of_account(item.account),
            item=item,
            account=item.account,
            people=[clerk, person("韩松年")],
            opinion="请产业科、价格科提出意见。",
        )
    signed = _request(
        bureau, 7, by="何静", needs_countersign=True, countersigners=[str(clerk.pk), str(person("韩松年").pk)]
    )
    bureau.do(signed, "方既白", "agree", "请会签。")
    bureau.do(signed, "韩松年", "agree", "无不同意见。")
    workflow.todo_add(
        source="library",
        about=uuid7(),
        account=clerk,
        title="整理本部门文件柜中已满三年的项目资料",
        url="/library/",
        step_name="归档",
        step_name_en="Archive",
        from_name="何静",
    )
    workflow.todo_add(
        source="library",
        about=uuid7(),
        account=clerk,
        title="关于做好2026年度固定资产投资统计工作的通知",
        url="/library/",
        from_name="林晓岚",
        kind=ItemKind.READ,
    )
    bureau.world["ids"] |= {"to-sign": str(signed.pk), "sign-item": str(bureau.item(signed, "陈若水").pk)}


def _mine(bureau: Bureau) -> None:
    """What the clerk has started: done, called off, under way; and what others hold for the clerk."""
    titles = (
        "关于报送三季度工业投资完成情况的函",
        "关于调整重点项目包联领导的请示",
        "关于商请提供企业研发费用数据的函",
    )
    leader = person("周启明")
    with bureau.at(9):
        done, gone, _own = (
            bureau.start(
                "open_flow",
                "陈若水",
                title,
                values={"subject": title, "content": "请审阅。"},
                chosen={"handle": [leader.pk]},
            )
            for title in titles
        )
    with bureau.at(7):
        bureau.do(done, "周启明", "end", "同意，按时报送。")
    workflow.cancel(
        actor=Actor.of_account(person("方既白")), instance=gone, reason="县里已统一调整，不再单独请示。"
    )
    with bureau.at(2):
        mine = _centre(bureau, "陈若水", "云溪县山禾种业有限公司", "96000.00")
    due(mine, 20)
    with bureau.at(1):
        away = _request(bureau, 2)
        item = bureau.item(away, "陈若水")
        workflow.hand_over(
            actor=Actor.of_account(item.account),
            item=item,
            account=item.account,
            to=person("陈一鸣"),
            opinion="请先核对项目清单。",
        )


def _absences(bureau: Bureau) -> None:
    """The clerk stands in for a colleague, and will be away."""
    clerk, colleague = person("陈若水"), person("宋听雨")
    workflow.absence_set(
        actor=Actor.of_account(colleague),
        account=colleague,
        deputy=clerk,
        begins=bureau.now,
        ends=bureau.now + 5 * ONE_DAY,
        note="赴市里参加项目评审。",
    )
    _request(bureau, 0, by="苏慕言")
    workflow.absence_set(
        actor=Actor.of_account(clerk),
        account=clerk,
        deputy=person("陈一鸣"),
        begins=bureau.now + 7 * ONE_DAY,
        ends=bureau.now + 10 * ONE_DAY,
        moves=True,
        note="年休假",
    )
