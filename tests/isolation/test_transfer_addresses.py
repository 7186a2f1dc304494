"""What *transfer* serves, tried by itself as `test_addresses` tries the pages: `/uploads/` and the content origin.

Nobody but its owner goes on with an upload or hears how far it is, colleagues included; nobody declares one for a
place that is not theirs; and a signed address opens the one content that it was made for.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from django.core import signing
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse

from asp.accounts.services import role_create, role_grant
from asp.accounts.subjects import PERSON, Subject
from asp.audit.actor import Actor
from asp.blobs import links, purposes, tus, uploads, views_content
from asp.blobs.models import Blob, Upload, UploadState
from asp.blobs.owners import Owner
from asp.blobs.services import blob_write
from tenants.context import bureau_context, host_context
from tenants.site import BureauRef, Site
from tests.asp.blobs.support import metadata
from tests.isolation.addresses import Address, Ids, addresses
from tests.isolation.asking import OPEN_BY_NATURE, REFUSED, Sessions, ask, show
from tests.isolation.world import MARK, furnish
from tests.support.applications import submitted
from tests.support.bureaus import open_bureau
from tests.support.client import SiteClient
from tests.support.host import host_administrators
from tests.support.people import TESTER, Cast, people

UPLOADS, CONTENT = "asp.config.urls_transfer", "asp.config.urls_content"
METHODS = ("get", "head", "post", "put", "patch", "delete")
NAME = f"{MARK}文件.txt"
# How purposes write the id of the place that a file is for.
TARGETS = ("{}", "{}/both", "start:{}", "{}:0")


@dataclass(frozen=True)
class World:
    """Bureau A with uploads of its head, under way and done, and a file; people of everywhere who try."""

    a: BureauRef
    b: BureauRef
    cast_a: Cast
    cast_b: Cast
    blob: Blob
    under_way: Upload
    ids: Ids
    application_id: Any
    sessions: Sessions = field(default_factory=Sessions)

    def foreigners(self) -> Iterator[tuple[str, SiteClient]]:
        """Those who have nothing to do with A; the head of B may do there what A's head may here."""
        yield "nobody", SiteClient(self.a)
        yield "a session of another bureau", self.sessions.elsewhere(self.a, self.b, self.cast_b.head)
        yield "a peer in another bureau", self.sessions.client(self.b, self.cast_b.head)
        yield "the console", self.sessions.client("host", host_administrators()[0])
        visitor = SiteClient("hall")
        visitor.cookies["tb_draft"] = "x" * 43
        yield "the hall", visitor

    def colleagues(self) -> Iterator[tuple[str, SiteClient]]:
        """Those of A who do not own the uploads."""
        yield "a colleague", self.sessions.client(self.a, self.cast_a.clerk)
        yield "an administrator", self.sessions.client(self.a, self.cast_a.system)


def upload_of(cast: Cast, **later: Any) -> Upload:
    head = cast.head
    with bureau_context(cast.bureau), transaction.atomic():
        made = uploads.upload_create(
            actor=Actor.of_account(head),
            owner=Owner(account_id=head.pk),
            purpose="library.file",
            target="",
            filename=NAME,
            length=9,
            declared_type="text/plain",
            binding={},
        )
        Upload.objects.filter(pk=made.pk).update(**later)
    return made


@pytest.fixture(scope="module")
def world() -> World:
    a, b = open_bureau(name=f"{MARK}局"), open_bureau(name="云溪县旁局")
    cast_a, cast_b = furnish(a), people(b, mark="旁局")
    with bureau_context(b):
        role = role_create(actor=TESTER, name="旁局角色", codes=["library.use", "workflow.process.design"])
        role_grant(actor=TESTER, role=role, subject=Subject(PERSON, cast_b.head.pk))
    with bureau_context(a):
        blob = blob_write(
            actor=Actor.of_account(cast_a.head), data=MARK.encode(), filename=NAME, media_type="text/plain"
        )
    upload_of(cast_a, state=UploadState.DONE, offset=9, result={"name": NAME})
    under_way = upload_of(cast_a)
    application, _code = submitted(name=f"{MARK}局")
    return World(a, b, cast_a, cast_b, blob, under_way, Ids(a), application.pk)


@pytest.fixture(autouse=True)
def transfer(settings: Any) -> Iterator[None]:
    """The tables of *transfer*, and the whole allowance of files from those who have not signed in."""
    settings.URL_TABLES = dict.fromkeys(settings.URL_TABLES, UPLOADS) | {"content": CONTENT}
    yield
    with host_context():
        cache.delete("blobs:anonymous:127.0.0.1")


def table(name: str) -> list[Address]:
    return [each for each in addresses(name) if each.name not in OPEN_BY_NATURE]


def sent(client: SiteClient, method: str, target: str, **headers: str) -> HttpResponse:
    """A request that would do something if it were let: of the right version, from an own page, with bytes."""
    more: dict[str, Any] = {"headers": {"Tus-Resumable": tus.VERSION, "Upload-Offset": "0", **headers}}
    if method in {"post", "put", "patch"}:
        more |= {"data": MARK.encode(), "content_type": tus.CONTENT_TYPE}
    return ask(client, method, target, **more)


def problem(response: HttpResponse) -> str:
    """What is wrong with an answer to somebody whose upload it is not; empty if nothing is."""
    if MARK in show(response):
        return "it shows the mark"
    told = [name for name in ("Upload-Offset", "Upload-Length", "Tb-Result", "Location") if name in response]
    return f"it tells {told}" if told else "" if response.status_code in REFUSED else "it is not refused"


# ----- uploads


def leaks_of_uploads(address: Address, world: World) -> list[str]:
    """What an address of `/uploads/` tells those who do not own what they ask for."""
    found = []
    for who, client in (*world.foreigners(), *world.colleagues()):
        for target in address.paths(world.ids, per_model=2):
            for method in METHODS:
                response = sent(client, method, target)
                if text := problem(response):
                    found.append(f"{method.upper()} {target} as {who}: {response.status_code}, {text}")
    return found


@pytest.mark.parametrize("address", table(UPLOADS), ids=str)
def test_an_upload_is_its_owners_alone(address: Address, world: World) -> None:
    assert leaks_of_uploads(address, world) == []


def test_its_owner_is_served(world: World) -> None:
    """The control."""
    owner = world.sessions.client(world.a, world.cast_a.head)
    (address,) = [each for each in table(UPLOADS) if each.converters]
    answers = [sent(owner, "head", target) for target in address.paths(world.ids, per_model=2)]
    assert [each.status_code for each in answers] == [200, 200]
    assert any(MARK in show(each) for each in answers)
    assert sent(owner, "delete", f"/uploads/{world.under_way.pk}").status_code == 204


@pytest.mark.parametrize("leak", ["owner", "bureau"])
def test_a_planted_leak_of_uploads_is_found(world: World, monkeypatch: pytest.MonkeyPatch, leak: str) -> None:
    def of_a(*, upload_id: Any, owner: Owner) -> Upload | None:
        with bureau_context(world.a):
            return Upload.objects.select_related("blob").filter(pk=upload_id).first()

    if leak == "owner":
        monkeypatch.setattr(Owner, "owns", lambda _self, _upload: True)
    else:
        monkeypatch.setattr(uploads, "upload_find", of_a)
    (address,) = [each for each in table(UPLOADS) if each.converters]
    found = leaks_of_uploads(address, world)
    expected = "a colleague" if leak == "owner" else "a peer in another bureau"
    assert any(f"as {expected}: 200" in each for each in found), found


def places_of(purpose: purposes.Purpose, world: World) -> list[str]:
    """Every way to write an id of A's where the purpose has the id of a place."""
    rows = world.ids.by_app.get(purpose.code.split(".")[0], {}).values()
    keys = [each for keys in rows for each in keys[:1]] or [world.application_id]
    return [form.format(key) for key in keys for form in TARGETS]


def declared(client: SiteClient, purpose: purposes.Purpose, place: str) -> HttpResponse:
    """The declaration of an upload for a place, without bytes."""
    pairs = metadata(purpose=purpose.code, target=place, filename="a.txt")
    headers = {"Tus-Resumable": tus.VERSION, "Upload-Length": "9", "Upload-Metadata": pairs}
    return ask(client, "post", "/uploads/", data=b"", content_type="text/plain", headers=headers)


# What other tests have registered takes anything from anybody.
OURS = [each for each in purposes.registered() if not each.code.startswith("test.")]


@pytest.mark.parametrize("purpose", OURS, ids=lambda purpose: purpose.code)
def test_no_file_is_declared_for_a_place_of_others(purpose: purposes.Purpose, world: World) -> None:
    for place in places_of(purpose, world):
        for who, client in world.foreigners():
            response = declared(client, purpose, place)
            assert problem(response) == "", f"{place} as {who}: {response.status_code}"


def test_the_place_is_taken_by_those_who_may(world: World) -> None:
    """The control: some of these places are right, and it is the person who is wrong."""
    owner = world.sessions.client(world.a, world.cast_a.head)
    taken = set()
    for purpose in OURS:
        for place in places_of(purpose, world):
            if declared(owner, purpose, place).status_code == 201:
                taken.add(purpose.code)
    assert taken >= {"library.file", "workflow.form", "workflow.bpmn"}


# ----- the content origin


def at(url: str, method: str) -> HttpResponse:
    """Ask for an absolute address of the content origin."""
    parts = urlsplit(url)
    client = SiteClient("content")
    client.defaults["HTTP_HOST"] = parts.netloc
    return ask(client, method, parts.path)


def address_of(world: World, *, site: Site | None = None, blob_id: Any = None, name: str = NAME) -> str:
    """A signed address of A's file, or of another."""
    return links.content_url(
        site=site or Site("bureau", world.a),
        blob_id=blob_id or world.blob.pk,
        filename=name,
        inline=False,
    )


def foreign_addresses(world: World) -> dict[str, str]:
    """Addresses of A's content that A has not given out, by how somebody may have come by them."""
    given = address_of(world)
    token = urlsplit(given).path.split("/")[2]
    origin = f"http://{urlsplit(given).netloc}"
    said = signing.loads(token, salt="asp.blobs.download")
    forged = signing.dumps(said, salt="another")
    return {
        "signed in another bureau": address_of(world, site=Site("bureau", world.b)),
        "signed at the console": address_of(world, site=Site("host")),
        "not arrived yet": address_of(world, blob_id=world.under_way.blob_id),
        "an upload's id": address_of(world, blob_id=world.under_way.pk),
        "for another origin": given.replace(urlsplit(given).netloc.partition(".")[0], "0" * 16, 1),
        "under another name": f"{origin}/d/{token}/{quote('a.html')}",
        "signed for another use": f"{origin}/d/{forged}/{quote(NAME)}",
        "with another content": f"{origin}/d/{token[1:]}/{quote(NAME)}",
        "made up": f"{origin}/d/AAAA-0000-0000/{quote(NAME)}",
    }


def leaks_of_content(world: World) -> list[str]:
    found = []
    for what, url in foreign_addresses(world).items():
        for method in METHODS:
            response = at(url, method)
            if response.status_code not in REFUSED or MARK in show(response):
                found.append(f"{method.upper()} {what}: {response.status_code}")
    return found


def test_a_signed_address_opens_the_one_content_of_its_site(world: World) -> None:
    assert {each.name for each in table(CONTENT)} == {"content:download"}, "a new address needs its own walk"
    assert leaks_of_content(world) == []


def test_who_was_given_the_address_is_served(world: World) -> None:
    """The control."""
    given = address_of(world)
    assert {method: at(given, method).status_code for method in METHODS} == {
        **dict.fromkeys(METHODS, 405),
        "get": 200,
        "head": 200,
    }
    assert MARK in show(at(given, "get")).partition("\n\n")[2]


def test_a_planted_leak_of_content_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views_content.places, "site_of", lambda _bureau_id: Site("bureau", world.a))
    assert "GET signed in another bureau: 200" in leaks_of_content(world)
