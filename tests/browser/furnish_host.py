"""What the host console shows when it is not empty: messages, upgrades, role templates, backups."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.utils import timezone

from asp.accounts.models import Account
from asp.accounts.services import (
    role_update,
)
from asp.audit.actor import Actor
from asp.operations.backups.services import report_keep
from asp.outbox.probe import PROBE
from asp.outbox.relay.delivery import FAILED
from asp.outbox.relay.models import Envelope, Pair
from asp.outbox.relay.relay import BUSY_PAUSE, Relay
from asp.outbox.relay.services import route_check
from office.library.permissions import MANAGE_DEPARTMENT, MANAGE_UNIT, USE
from office.offers.services import offer_accept
from provisioning.demo.roles import TEMPLATES
from provisioning.figures import report_send
from provisioning.models import RoleTemplate
from provisioning.services.announcements import Text, announcement_publish
from provisioning.services.role_templates import Draft, template_change, template_create, template_publish
from tenants.context import bureau_context, host_context
from tenants.keys import uuid7
from tenants.models import Bureau, BureauState, BureauUpgrade, FleetUpgrade
from tenants.site import BureauRef
from tenants.version import code_version

TESTER = Actor.system("tests")
NOTICE = Text(
    title="周六夜间系统维护",
    text="11月28日（周六）22:00 至次日 0:00 系统维护，期间各办公系统暂停服务。\n请提前保存正在办理的内容。",
    title_en="System maintenance on Saturday night",
    text_en="On Saturday 28 November from 22:00 to midnight all offices are closed for maintenance.\nPlease save your work before.",
    important=True,
)


def office_of(slug: str) -> BureauRef:
    with host_context():
        return Bureau.objects.get(slug=slug).ref


def messages(world: dict[str, Any]) -> None:
    """A route that was tried, and a message that nobody could take."""
    with host_context():
        bureau = Bureau.objects.get(slug="fgj")
        route_check(actor=TESTER, bureau_id=bureau.pk, name=bureau.name)
        pair = Pair.objects.create(sender="b:0190f0d0-0000-7000-8000-000000000000", receiver="host")
        now = timezone.now()
        dead = Envelope.objects.create(
            id=uuid7(),
            pair=pair,
            seq=1,
            type=PROBE,
            body={},
            occurred_at=now,
            accepted_at=now,
            state="dead",
            attempts=17,
            error_code=FAILED,
            error_text="KeyError",
            ended_at=now,
        )
        world["ids"]["dead-message"] = str(dead.pk)
        made = announcement_publish(
            actor=Actor.of_account(Account.objects.administrators().get(duty="system")),
            text=NOTICE,
            bureaus=None,
        )
        announcement_publish(
            actor=Actor.of_account(Account.objects.administrators().get(duty="system")),
            text=replace(NOTICE, title="新增“站点消息”", title_en="New: site messages", important=False),
            bureaus=None,
        )
        world["ids"]["announcement"] = world["ids"]["notice"] = str(made.pk)
    for slug in ("fgj", "czj", "zrzy", "cgz"):
        with bureau_context(office_of(slug)):
            report_send()
    relay()


def relay() -> None:
    relay = Relay()
    relay.prepare()
    while relay.work() == BUSY_PAUSE:
        pass


def versions() -> None:
    """A run that reached everybody but a bureau that was closed down, whose tables were changed by hand."""
    with host_context():
        closed = Bureau.objects.create(
            slug="old-office",
            name="云溪县原招商局",
            name_en="Former Investment Bureau",
            schema_name="b_closed",
            storage_prefix="closed",
            wrapped_key=b"",
            quota_bytes=0,
            state=BureauState.CLOSED,
            version="0" * 16,
        )
        run = FleetUpgrade.objects.create(version=code_version(), total=2, finished_at=timezone.now())
        for bureau, error, params in (
            (Bureau.objects.get(slug="fgj"), "", {}),
            (
                closed,
                "database",
                {
                    "migration": "library.0002_node_marks",
                    "condition": "DUPLICATE_COLUMN",
                    "where": "library_node.mark",
                },
            ),
        ):
            BureauUpgrade.objects.create(
                upgrade=run,
                bureau_id=bureau.pk,
                from_version="0" * 16,
                milliseconds=48,
                error=error,
                params=params,
            )


def templates(world: dict[str, Any]) -> None:
    """A role that the host offers, one that the bureau has accepted, changed, and got a new version of, a draft."""
    offered, taken = (each.name for each in TEMPLATES)
    with host_context():
        host = Actor.of_account(Account.objects.administrators().get(duty="security"))
        ids = dict(RoleTemplate.objects.values_list("name", "pk"))
        found = RoleTemplate.objects.get(pk=ids[taken])
        draft = template_create(
            actor=host,
            draft=Draft(
                name="信访接待员",
                name_en="Petition receptionist",
                description="接待来访群众，登记来访事项。",
                codes=(USE,),
            ),
        )
    with bureau_context(office_of("fgj")):
        security = Actor.of_account(Account.objects.administrators().get(duty="security"))
        role = offer_accept(actor=security, offer_id=found.pk, version=1)
        role_update(actor=security, role=role, description="管理本科室文件柜，兼管资料。")
    with host_context():
        draft_two = Draft(
            name=taken,
            name_en="Head of department",
            description="管理本部门文件柜，审核单位资料库的资料。",
            codes=(USE, MANAGE_UNIT, MANAGE_DEPARTMENT),
        )
        template_change(actor=host, template=found, draft=draft_two)
        template_publish(actor=host, template=found, bureaus=None, note="增加单位资料库的管理权限。")
    relay()
    world["ids"] |= {
        "template": str(found.pk),
        "draft": str(draft.pk),
        "offer": str(ids[offered]),
        "taken-offer": str(found.pk),
    }


def backups() -> None:
    """What a backup process would say that has seen good days and a bad one. None runs here."""
    now = timezone.now()

    def ago(**span: float) -> str:
        return (now - timedelta(**span)).isoformat()

    full = {"code": "target_full", "params": {"path": "/mnt/backup"}}
    missing = {"code": "object_missing", "params": {"name": "b_3f9c/0195f2a4-7d31-7c55-9b1e-5f8a6f0d2b11"}}
    schemas = [{"schema": "public", "tables": 51, "rows": 4211, "wrong": 1}]
    drill = {"backup": "20261126T183000Z", "schemas": schemas, "objects": 812, "seconds": {"all": 41.5}}
    with host_context():
        report_keep(
            report={
                "target": "/mnt/backup/tongban",
                "recipient": "age1cs5eeuay05r8gh4a9p7tenhrwd2h4mpvs7x5rymkrk7nxl0cc3aqt3k9hy",
                "machine": "host-1",
                "settings": {"at": "02:30", "keep": 7, "mirror_minutes": 60, "journal_seconds": 30},
                "journal": {"through_at": ago(minutes=42), "trouble": full, "since": ago(minutes=41)},
                "base": {"running_since": ago(minutes=3), "bytes": 734_003_200, "next_at": ago(hours=-9)},
                "mirror": {
                    "next_at": ago(minutes=-12),
                    "last": {"at": ago(minutes=48), "objects": 812, "bytes": 5_368_709_120, "differing": []},
                },
                "backups": [
                    {
                        "id": f"2026112{day}T183000Z",
                        "by": ("schedule", "console", "command")[day % 3],
                        "started_at": ago(days=8 - day),
                        "seconds": 184.2 + day,
                        "bytes": 2_147_483_648 + day * 10_000_000,
                    }
                    for day in range(7, 0, -1)
                ],
                "failures": [{"at": ago(hours=20), "kind": "base", **full}],
                "drills": [
                    {
                        **drill,
                        "at": ago(days=1),
                        "matched": False,
                        "troubles": [missing],
                        "differences": [{"schema": "b_3f9c", "table": "x_y", "living": 5, "restored": 4}],
                    },
                    {**drill, "at": ago(days=80), "matched": True, "troubles": [], "differences": []},
                ],
                "space": {"free": 12 * 1024**3, "total": 100 * 1024**3},
            }
        )
