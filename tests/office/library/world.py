"""Two departments, their people, and short ways to put things into the file centre."""

import secrets
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse

from asp.accounts.models import Account
from asp.accounts.services import role_create, role_grant
from asp.accounts.subjects import Subject
from asp.audit.actor import Actor
from asp.audit.models import Entry
from asp.blobs.models import Blob, BlobState
from asp.blobs.services import blob_write
from office.library import services
from office.library.models import Cabinet, CabinetKind, Level, Node
from office.library.selectors.access import node_get_for
from office.library.selectors.tree import cabinets_ready
from tenants.keys import uuid7
from tenants.site import BureauRef
from tests.support.client import SiteClient
from tests.support.people import TESTER, Cast, people


def fresh(account: Account) -> Account:
    """The account without anything that an earlier question left on the object."""
    return Account.objects.get(pk=account.pk)


def client_of(bureau: BureauRef, account: Account) -> SiteClient:
    return SiteClient(bureau).login_as(account)


@dataclass
class World:
    """A bureau with its cast. `head` is in the office, `clerk` and `outsider` in the section below it."""

    bureau: BureauRef
    cast: Cast

    def actor(self, account: Account) -> Actor:
        return Actor.of_account(account)

    def client(self, account: Account) -> SiteClient:
        return client_of(self.bureau, account)

    def personal(self, account: Account) -> Node:
        services.cabinet_open_personal(actor=self.actor(account), account=account)
        cabinet = Cabinet.objects.get(kind=CabinetKind.PERSONAL, owner_id=account.pk)
        return Node.objects.select_related("cabinet").get(pk=cabinet.pk)

    def section(self) -> Node:
        cabinets_ready(actor=TESTER, account=fresh(self.cast.clerk))
        cabinet = Cabinet.objects.get(kind=CabinetKind.DEPARTMENT, owner_id=self.cast.section.pk)
        return Node.objects.select_related("cabinet").get(pk=cabinet.pk)

    def unit(self) -> Node:
        cabinet = Cabinet.objects.get(kind=CabinetKind.UNIT)
        return Node.objects.select_related("cabinet").get(pk=cabinet.pk)

    def folder(self, parent: Node, name: str = "", *, by: Account | None = None) -> Node:
        by = by or self.cast.clerk
        return services.folder_create(
            actor=self.actor(by), parent=parent, name=name or f"文件夹{secrets.token_hex(4)}"
        )

    def file(
        self, place: Node, name: str = "报告.txt", *, by: Account | None = None, data: bytes = b"content"
    ) -> Node:
        actor = self.actor(by or self.cast.clerk)
        blob = blob_write(actor=actor, data=data, filename=name)
        return services.file_store(actor=actor, place=place, name=name, blob=blob)[0]

    def plain_files(self, folder: Node, count: int) -> None:
        """Many rows at once, without content on the store: for counting queries."""
        blob = Blob.objects.create(id=uuid7(), size=1, state=BlobState.READY, wrapped_key=b"-")
        Node.objects.bulk_create(
            [
                Node(
                    cabinet_id=folder.cabinet_id, parent_id=folder.pk, path=folder.line, kind="f", number=1,
                    name=f"文件{number:05}.txt", name_key=f"文件{number:05}.txt", sort_key=f"{number:05}",
                    blob_id=blob.pk, size=1, created_by=self.cast.clerk.pk, modified_by=self.cast.clerk.pk,
                    modified_at=blob.created_at,
                )
                for number in range(count)
            ]
        )  # fmt: skip

    def share(self, node: Node, subject: Subject, level: Level = Level.VIEW) -> Any:
        return services.access_grant(actor=TESTER, node=node, subject=subject, level=level)

    def sees(self, account: Account, node: Node, level: Level = Level.VIEW) -> bool:
        """Whether the one access function lets the account through."""
        try:
            node_get_for(account=fresh(account), node_id=node.pk, level=level)
        except Http404:
            return False
        return True

    def allow(self, account: Account, *codes: str) -> None:
        """Give permission codes by a role of their own."""
        role = role_create(actor=TESTER, name=f"角色{secrets.token_hex(4)}", codes=codes)
        role_grant(actor=TESTER, role=role, subject=Subject.person(account))


def open_world(bureau: BureauRef) -> World:
    return World(bureau, people(bureau))


def audited(action: str) -> list[Entry]:
    return list(Entry.objects.filter(action=action).order_by("id"))


def error_of(response: HttpResponse) -> str:
    return response.headers.get("Tb-Error-Code", "")
