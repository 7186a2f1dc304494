"""Fills the site that the browser tests look at, through the services that people use.

Runs beside the site in a process of its own (`manage.py shell -c`), so that the tests themselves need no
database. What the tests have to know is left in `world.json`: sessions, passwords, keys of what was made.
"""

import contextlib
import io
import json
import secrets
import time
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone, translation

from asp.accounts.links import link_url
from asp.accounts.models import Account
from asp.accounts.services import (
    account_create,
    activation_complete,
    link_issue,
    role_create,
    role_grant,
    second_factor_reset,
)
from asp.accounts.services.factors import device_store
from asp.accounts.subjects import Subject
from asp.accounts.testing import sign_in
from asp.assurance.runner import Result, run_all
from asp.assurance.services import run_store
from asp.audit.actor import Actor
from asp.audit.models import Entry
from asp.blobs import store
from asp.blobs.services import blob_write
from asp.jobs.models import Job
from asp.jobs.runner import run_job
from asp.ui.moments import today
from asp.workdays import calendar_for_site
from asp.workdays.models import DeadlineChange
from asp.workdays.services import local_day_add
from office.library import services as library
from office.library.models import Level, Node, Version
from office.library.permissions import MANAGE_UNIT, USE
from office.library.selectors.tree import cabinets_ready
from office.organization import services as organization
from office.organization.models import Department, Member, Post
from office.workflow.permissions import DESIGN, OVERSEE
from provisioning import codes
from provisioning import services as provisioning
from provisioning.demo import bodies
from provisioning.demo.county import BODIES, PENDING, TO_CORRECT
from provisioning.demo.secret import Secrets
from provisioning.models import Application, Opening
from tenants.context import bureau_context, host_context
from tenants.isolation.registry import broken, find
from tenants.keys import uuid7
from tenants.models import Bureau
from tenants.observe import recent
from tests.browser import furnish_documents, furnish_drawings, furnish_host, furnish_processes
from tests.browser.furnish_host import TESTER, office_of
from tests.browser.sheets import staff_sheet

EMPTY = replace(
    PENDING,
    slug="dag",
    name="云溪县档案馆",
    name_en="Yunxi County Archives",
    organisation="MB000109",
    administrators=("柳如烟", "高远", "常思齐"),
)
# Opened, but its administrators have not activated their accounts.
STARTING = replace(
    PENDING,
    slug="jtj",
    name="云溪县交通运输局",
    name_en="Yunxi County Transport Bureau",
    organisation="MB000110",
    contact="路遥",
    administrators=("车千秋", "舟行", "桥本固"),
)
MANY_FOLDERS = 130
MANY_PEOPLE = 240


def main() -> None:
    """Make everything and write `world.json`."""
    world: dict[str, Any] = {"people": {}, "ids": {}, "links": {}, "codes": {}}
    store.ensure_bucket()
    with contextlib.redirect_stdout(io.StringIO()), translation.override("zh-hans"):
        call_command("demo", without_processes=True)
        _host(world)
        furnish_host.versions()
        furnish_host.messages(world)
        furnish_host.templates(world)
        _hall(world)
        _starting(world)
        _troubles(world)
        _failures()
        furnish_host.backups()
        with bureau_context(office_of("fgj")):
            _office(world)
        with bureau_context(office_of("czj")):
            _full_staff(world)
        with bureau_context(office_of("zrzy")):
            _cast(world)
    path = settings.ASP.data_dir / "world.json"
    path.write_text(json.dumps(world, ensure_ascii=False, indent=1))


def _failures() -> None:
    """What the health page shows when it is not empty."""
    for what, times in (("job-failed", 60), ("sign-in-failed", 120)):
        for _ in range(times):
            recent.count(what)


def _person(world: dict[str, Any], key: str, site: str, account: Account, *, verified: bool = True) -> None:
    """Sign `account` in; without choices of its own, its browser decides on language and theme."""
    Account.objects.filter(pk=account.pk).update(language="", theme="")
    jar = SimpleNamespace(cookies={})
    sign_in(jar, account, verified=verified)
    session = jar.cookies[settings.SESSION_COOKIE_NAME]
    world["people"][key] = {"site": site, "session": session, "login": account.login, "name": account.name}


def _host(world: dict[str, Any]) -> None:
    lines = json.loads((settings.ASP.data_dir / "demo-accounts.json").read_text())
    with host_context():
        for account in Account.objects.administrators():
            _person(world, f"host-{account.duty}", "host", account)
        system = Account.objects.administrators().get(duty="system")
        _person(world, "host-pending", "host", system, verified=False)
        line = next(line for line in lines if line["site"] == "host" and line["duty"] == "system")
        world["people"]["host-system"] |= {"password": line["password"], "totp": line["totp_secret"]}
        bureau = Bureau.objects.get(slug="fgj")
        opening = Opening.objects.filter(application__bureau=bureau).latest("id")
        waiting = Application.objects.get(slug=PENDING.slug)
        world["ids"] |= {
            "bureau": str(bureau.pk),
            "opening": str(opening.pk),
            "waiting": str(waiting.pk),
            "decided": str(opening.application_id),
            "host-job": str(opening.job_id),
            "correction": str(Application.objects.get(slug=TO_CORRECT.slug).pk),
        }
    demo = Secrets(settings.ASP.data_dir)
    empty = bodies.open_office(demo, EMPTY, number=9, administrator=system)
    with bureau_context(empty.ref):
        for account in Account.objects.administrators():
            _person(world, f"empty-{account.duty}", EMPTY.slug, account)
        # A member of staff who belongs to no department yet, so that the tree is empty as well.
        clerk = account_create(actor=TESTER, kind="staff", login="ningjing", name="宁静")
        link = link_issue(actor=TESTER, account=clerk, channel="slip")
        activation_complete(link=link, password=demo.password(EMPTY.slug, clerk.login))
        _person(world, "empty-clerk", EMPTY.slug, Account.objects.get(pk=clerk.pk))
        maker = account_create(actor=TESTER, kind="staff", login="shouchang", name="守常")
        link = link_issue(actor=TESTER, account=maker, channel="slip")
        activation_complete(link=link, password=demo.password(EMPTY.slug, maker.login))
        role = role_create(actor=TESTER, name="流程管理", name_en="Processes", codes=[DESIGN, OVERSEE])
        role_grant(actor=TESTER, role=role, subject=Subject.person(maker))
        _person(world, "empty-designer", EMPTY.slug, Account.objects.get(pk=maker.pk))


def _hall(world: dict[str, Any]) -> None:
    demo = Secrets(settings.ASP.data_dir)
    for key, body in (("correction", TO_CORRECT), ("waiting", PENDING), ("opened", BODIES[0])):
        secret = demo.draft(body.slug)
        world["codes"][key] = {"draft": secret, "code": codes.tracking_code(secret)}
    world["codes"]["correction"]["phone"] = f"1380000{len(BODIES) + 2:02d}00"
    world["codes"]["opened"]["phone"] = "13800000101"


def _starting(world: dict[str, Any]) -> None:
    """An office that waits for its administrators."""
    with host_context():
        system = Actor.of_account(Account.objects.administrators().get(duty="system"))
        application = bodies.apply(Secrets(settings.ASP.data_dir), STARTING, number=10)
        opening = provisioning.application_approve(
            actor=system,
            application=application,
            revision=application.revision,
            slug=STARTING.slug,
            quota_gb=STARTING.quota_gb,
            functions=STARTING.functions,
        )
        _run(opening.job_id)
    with bureau_context(office_of(STARTING.slug)):
        account = Account.objects.administrators().get(duty="system")
        link = link_issue(actor=TESTER, account=account, channel="slip")
        world["links"]["administrator"] = link_url(link)
    secret = Secrets(settings.ASP.data_dir).draft(STARTING.slug)
    security = {"draft": secret, "code": codes.tracking_code(secret), "phone": "13800001002"}
    world["codes"]["activation"] = security


def _troubles(world: dict[str, Any]) -> None:
    """A suspended office, and people who have to do something before they may go on."""
    with bureau_context(office_of("sthj")):
        forced = Account.objects.get(name="姜太青")
        _person(world, "forced", "sthj", forced)
        Account.objects.filter(pk=forced.pk).update(must_change_password=True)
        security = Account.objects.administrators().get(duty="security")
        second_factor_reset(actor=TESTER, account=security)
        _person(world, "unenrolled", "sthj", Account.objects.get(pk=security.pk), verified=False)
    with host_context():
        provisioning.bureau_suspend(
            actor=Actor.of_account(Account.objects.administrators().get(duty="system")),
            bureau=Bureau.objects.get(slug="slj"),
            reason="机构改革，暂停使用。",
        )


def _office(world: dict[str, Any]) -> None:
    """The bureau of the story: what a bureau looks like after some weeks."""
    for account in Account.objects.administrators():
        _person(world, account.duty, "fgj", account)
    clerk, leader = Account.objects.get(name="陈若水"), Account.objects.get(name="林晓岚")
    _person(world, "clerk", "fgj", clerk)
    device_store(leader, secrets.token_hex(20), None)
    _person(world, "leader", "fgj", _fresh(leader))
    system = Actor.of_account(Account.objects.administrators().get(duty="system"))
    security = Actor.of_account(Account.objects.administrators().get(duty="security"))

    section = Department.objects.get(name="产业发展科")
    member = Member.objects.get(account=clerk)
    invited = Account.objects.get(name="白露")
    organization.members_disable(actor=system, members=[Member.objects.get(account__name="仇英杰")])
    role = role_create(
        actor=security,
        name="资料管理员",
        name_en="Library manager",
        description="维护单位资料库和本部门文件柜。",
        codes={USE, MANAGE_UNIT},
    )
    role_grant(actor=security, role=role, subject=Subject("department", section.pk))
    role_grant(actor=security, role=role, subject=Subject.person(leader))

    world["links"]["activation"] = link_url(
        link_issue(actor=system, account=invited, purpose="activation", channel="slip")
    )
    found = _uploaded(system, staff_sheet(PREVIEW))
    world["ids"] |= {
        "department": str(section.pk),
        "post": str(Post.objects.get(name="科长").pk),
        "member": str(member.pk),
        "invited": str(Member.objects.get(account=invited).pk),
        "account": str(clerk.pk),
        "role": str(role.pk),
        "import": str(found.pk),
        "job": str(found.job_id),
        "entry": str(Entry.objects.latest("id").pk),
    }
    world["ids"]["self-test"] = str(_self_tests())
    _files(world, clerk, leader)
    designer = furnish_processes.fill(world, Secrets(settings.ASP.data_dir))
    _person(world, "designer", "fgj", designer)
    _person(world, "keeper", "fgj", furnish_documents.fill(world))
    _own_days(system)


def _cast(world: dict[str, Any]) -> None:
    """Who plays in the story of a process, in a bureau that has none yet."""
    demo = Secrets(settings.ASP.data_dir)
    role = role_create(actor=TESTER, name="流程管理", name_en="Processes", codes=[DESIGN])
    for name in ("贾岛平", "余音", "丁香结", "阎立", "魏然", "薛涛声", "蔡文心"):
        account = furnish_drawings.activated(Account.objects.get(name=name), demo)
        _person(world, f"story-{name}", "zrzy", account)
    role_grant(actor=TESTER, role=role, subject=Subject.person(Account.objects.get(name="贾岛平")))


def _own_days(system: Actor) -> None:
    """Days of the bureau's own, and deadlines that followed."""
    calendar = calendar_for_site()
    for number, works, reason in ((28, False, "县庆日"), (31, False, "全县消防演练")):
        local_day_add(actor=system, day=calendar.nth_after(today(), number), works=works, reason=reason)
    job = Job.objects.filter(name="workdays.recompute").latest("id")
    _run(job.pk)
    due = calendar.due(today(), 28)
    why = {"code": "local_off", "params": {"day": due.day.isoformat(), "reason": "县庆日"}}
    for _number in range(3):
        DeadlineChange.objects.create(
            kind="library.file",
            object_id=uuid7(),
            old_due=due.at,
            new_due=calendar.due(due.day, 1).at,
            provisional=True,
            reasons=[why],
        )


def _self_tests() -> Any:
    """One that found something, then one as it is."""
    audit = Actor.of_account(Account.objects.administrators().get(duty="audit"))
    results, leak = run_all(), find("role.structure")
    assert leak is not None
    found = Result(leak, broken("{seen} of {tried} attempts went through.", seen=1, tried=7))
    bad = [found if each.probe == leak else each for each in results]
    runs = [
        run_store(actor=audit, run_id=uuid7(), started_at=timezone.now(), results=each)
        for each in (bad, results)
    ]
    return runs[0].pk


PREVIEW = (
    ("顾清和", "Gu Qinghe", "", "13800018801", "办公室", "科员"),
    ("沈星河", "", "shenxinghe", "", "产业发展科", "科员"),
    ("陈若水", "Chen Ruoshui", "", "13800010104", "产业发展科", "副科长"),
    ("许未", "", "", "1380001", "办公室", "科员"),
    ("许未", "", "", "13800018802", "规划科", "科员"),
    ("", "", "wuming", "13800018803", "办公室", ""),
)


def _uploaded(actor: Actor, content: bytes) -> Any:
    blob = blob_write(actor=actor, data=content, filename="人员.xlsx")
    found = organization.import_begin(actor=actor, blob=blob, filename="2026年3月人员名册.xlsx")
    _run(found.job_id)
    found.refresh_from_db()
    return found


def _run(job_id: Any) -> None:
    """Do a job here; if the worker was faster, wait for it."""
    for _ in range(400):
        run_job(job_id)
        if not Job.objects.get(pk=job_id).is_open:
            return
        time.sleep(0.1)
    raise RuntimeError(f"job {job_id} did not end")


class Cabinets:
    """Short ways to put things into somebody's cabinets."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.actor = Actor.of_account(account)
        self.tops = {
            cabinet.kind: cabinet.pk for cabinet in cabinets_ready(actor=self.actor, account=_fresh(account))
        }

    def top(self, kind: str) -> Node:
        return Node.objects.select_related("cabinet").get(pk=self.tops[kind])

    def folder(self, parent: Node, name: str) -> Node:
        return library.folder_create(actor=self.actor, parent=parent, name=name)

    def file(self, place: Node, name: str, data: bytes = b"") -> Node:
        data = data or f"{name}\n".encode() * 300
        blob = blob_write(actor=self.actor, data=data, filename=name)
        return library.file_store(actor=self.actor, place=place, name=name, blob=blob)[0]


def _fresh(account: Account) -> Account:
    return Account.objects.get(pk=account.pk)


def _files(world: dict[str, Any], clerk: Account, leader: Account) -> None:
    mine, theirs = Cabinets(clerk), Cabinets(leader)
    personal = mine.top("personal")
    tender = mine.folder(personal, "2026年度重点项目申报")
    for name in ("会议照片", "学习笔记", "2025年归档"):
        mine.folder(personal, name)
    guide = mine.file(personal, "县级工程研究中心认定申报指南（征求意见稿）.docx")
    for number in (2, 3):
        mine.file(personal, guide.name, f"第 {number} 稿\n".encode() * 4000)
    for name, repeat in (
        (
            "关于组织开展2026年省级以上工业园区循环化改造示范试点和中央预算内投资项目储备工作情况的报告（送审稿）.pdf",
            90000,
        ),
        ("固定资产投资月报.xlsx", 30000),
        ("调研照片-清川环保.jpg", 200000),
        ("Project plan 2026 Q1.docx", 12000),
        ("说明.txt", 60),
    ):
        mine.file(personal, name, b"x" * repeat)
    old = mine.file(personal, "旧联系人.csv")
    drafts = mine.folder(personal, "废弃草稿")
    mine.file(drafts, "第一稿.docx")
    library.nodes_trash(actor=mine.actor, nodes=[old, drafts])

    section = mine.top("department")
    projects = mine.folder(section, "项目档案")
    for number in range(1, MANY_FOLDERS + 1):
        mine.folder(projects, f"{2015 + number % 11}年第{number:03d}号 重点建设项目全过程资料")
    office = Department.objects.get(name="办公室")
    library.access_grant(
        actor=mine.actor, node=tender, subject=Subject("department", office.pk), level=Level.EDIT
    )
    library.access_grant(actor=mine.actor, node=tender, subject=Subject.person(leader), level=Level.VIEW)
    mine.file(tender, "申报书.docx")
    shared = theirs.folder(theirs.top("personal"), "局务会议题")
    theirs.file(shared, "第5次局务会议题清单.docx")
    library.access_grant(actor=theirs.actor, node=shared, subject=Subject.person(clerk), level=Level.EDIT)
    alone = theirs.file(theirs.top("personal"), "全县经济形势分析.pdf")
    library.access_grant(actor=theirs.actor, node=alone, subject=Subject.person(clerk), level=Level.VIEW)
    for file in (guide, alone):
        version = Version.objects.filter(file=file).latest("number")
        library.file_read(actor=mine.actor, file=Node.objects.get(pk=file.pk), version=version)
    world["ids"] |= {
        "personal": str(personal.pk),
        "section": str(section.pk),
        "unit": str(mine.tops["unit"]),
        "projects": str(projects.pk),
        "guide": str(guide.pk),
        "tender": str(tender.pk),
        "empty-folder": str(Node.objects.get(name="会议照片").pk),
    }


def _full_staff(world: dict[str, Any]) -> None:
    """A bureau with many people, who came in from a spreadsheet."""
    account = Account.objects.administrators().get(duty="system")
    system = Actor.of_account(account)
    _person(world, "full-system", "czj", account)
    rows = [
        (f"测试员{number:03d}", "", "", f"1380002{number:04d}", "国库科" if number % 3 else "预算科", "科员")
        for number in range(MANY_PEOPLE)
    ]
    found = _uploaded(system, staff_sheet(rows))
    found = organization.import_confirm(actor=system, import_id=found.pk)
    _run(found.job_id)
    world["ids"]["full-import"] = str(found.pk)
