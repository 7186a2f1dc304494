"""Downloads: whoever has the signed address, for five minutes, from an origin without cookies."""

from urllib.parse import unquote, urlsplit

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.test import Client, RequestFactory

from asp.blobs import links, sealed, store
from asp.blobs.errors import BlobGone, BlobNotReady
from asp.blobs.models import Blob
from asp.blobs.services import blob_release, blob_write, download_url
from tenants.context import host_context, site_context
from tenants.models import Bureau, BureauState
from tenants.site import Site
from tests.asp.blobs import support
from tests.asp.blobs.support import Tus, content

BODY = content(300_000)
NAME = "云溪县 100% 报告#1.pdf"


@pytest.fixture
def blob(tus: Tus) -> Blob:
    with site_context(tus.site):
        return blob_write(actor=support.ACTOR, data=BODY, filename=NAME, media_type="application/pdf")


def address(site: Site, blob: Blob, name: str = NAME, *, inline: bool = False) -> str:
    request = RequestFactory().get("/")
    request.site, request.user = site, AnonymousUser()
    with site_context(site):
        return download_url(request=request, blob=blob, filename=name, inline=inline)


def fetch(url: str, method: str = "GET", **headers: str):  # type: ignore[no-untyped-def]
    parts = urlsplit(url)
    client = Client(HTTP_HOST=parts.netloc)
    return client.generic(method, parts.path, headers=headers)


def body_of(response) -> bytes:  # type: ignore[no-untyped-def]
    return b"".join(response.streaming_content)


def test_the_content_comes_back(tus: Tus, blob: Blob) -> None:
    response = fetch(address(tus.site, blob))
    assert response.status_code == 200
    assert body_of(response) == BODY
    assert response["Content-Length"] == str(len(BODY))
    assert response["Accept-Ranges"] == "bytes"


def test_the_answer_is_safe(tus: Tus, blob: Blob) -> None:
    response = fetch(address(tus.site, blob))
    assert response["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    assert unquote(response["Content-Disposition"].partition("''")[2]) == NAME
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert response["Cache-Control"] == "private, no-store"
    assert not response.cookies


def test_each_address_has_an_origin_of_its_own(tus: Tus, blob: Blob) -> None:
    one, other = (urlsplit(address(tus.site, blob)) for _ in range(2))
    assert one.hostname != other.hostname
    assert one.hostname.endswith(".content.localhost")
    assert tus.site.bureau.slug not in one.geturl()


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-65535", 0, 65_536),
        ("bytes=65536-65536", 65_536, 65_537),
        ("bytes=65000-140000", 65_000, 140_001),
        ("bytes=299999-", 299_999, 300_000),
        ("bytes=-70000", 230_000, 300_000),
    ],
)
def test_ranges(tus: Tus, blob: Blob, asked: str, start: int, end: int) -> None:
    response = fetch(address(tus.site, blob), Range=asked)
    assert response.status_code == 206
    assert body_of(response) == BODY[start:end]
    assert response["Content-Range"] == f"bytes {start}-{end - 1}/{len(BODY)}"
    assert response["Content-Length"] == str(end - start)


def test_a_range_outside_is_416(tus: Tus, blob: Blob) -> None:
    response = fetch(address(tus.site, blob), Range="bytes=300000-")
    assert response.status_code == 416
    assert response["Content-Range"] == "bytes */300000"


def test_if_range_and_if_none_match(tus: Tus, blob: Blob) -> None:
    url = address(tus.site, blob)
    etag = fetch(url)["ETag"]
    assert fetch(url, Range="bytes=0-9", **{"If-Range": etag}).status_code == 206
    assert fetch(url, Range="bytes=0-9", **{"If-Range": '"other"'}).status_code == 200
    assert fetch(url, **{"If-None-Match": f'"x", {etag}'}).status_code == 304


def test_head_tells_without_sending(tus: Tus, blob: Blob) -> None:
    response = fetch(address(tus.site, blob), "HEAD")
    assert response.status_code == 200
    assert response["Content-Length"] == str(len(BODY))
    assert response.content == b""


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_changed(tus: Tus, blob: Blob, method: str) -> None:
    assert fetch(address(tus.site, blob), method).status_code in (403, 405)


def test_an_empty_file(tus: Tus) -> None:
    with site_context(tus.site):
        empty = blob_write(actor=support.ACTOR, data=b"", filename="空.txt", media_type="text/plain")
    response = fetch(address(tus.site, empty, "空.txt"))
    assert (response.status_code, body_of(response)) == (200, b"")
    assert fetch(address(tus.site, empty, "空.txt"), Range="bytes=0-").status_code == 416


@pytest.mark.parametrize("part", ["token", "signature", "name", "host"])
def test_a_forged_address_is_404(tus: Tus, blob: Blob, part: str) -> None:
    url = address(tus.site, blob)
    parts = urlsplit(url)
    _d, token, name = parts.path.strip("/").split("/")
    host = parts.netloc
    if part == "token":
        token = ("A" if token[0] != "A" else "B") + token[1:]
    elif part == "signature":
        token = token[:-1] + ("A" if token[-1] != "A" else "B")
    elif part == "name":
        name = "evil.exe"
    else:
        host = "ffffffffffffffff.content.localhost"
    response = fetch(f"http://{host}/d/{token}/{name}")
    assert response.status_code == 404
    assert response["Content-Type"].startswith("text/plain")


def test_a_token_for_another_use_is_404(tus: Tus, blob: Blob) -> None:
    label = "0123456789abcdef"
    token = signing.dumps(
        {"s": str(tus.site.bureau.id), "b": str(blob.pk), "i": 0, "l": label, "n": links._digest(NAME)},
        salt="something.else",
    )
    assert fetch(f"http://{label}.content.localhost/d/{token}/{NAME}").status_code == 404


def test_an_old_address_is_410(tus: Tus, blob: Blob, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    url = address(tus.site, blob)
    now = signing.time.time()
    monkeypatch.setattr(signing.time, "time", lambda: now + links.SECONDS + 1)
    response = fetch(url)
    assert response.status_code == 410
    assert response["Content-Type"].startswith("text/plain")


def test_an_address_of_one_bureau_never_opens_another(blob: Blob, make_bureau) -> None:  # type: ignore[no-untyped-def]
    other = Site("bureau", make_bureau())
    request = RequestFactory().get("/")
    request.site = other
    with site_context(other):
        url = links.content_url(site=other, blob_id=blob.pk, filename=NAME, inline=False)
    assert fetch(url).status_code == 404


@pytest.mark.parametrize("state", [BureauState.SUSPENDED, BureauState.CLOSED, BureauState.MAINTENANCE])
def test_a_closed_bureau_gives_nothing(tus: Tus, blob: Blob, state: str) -> None:
    url = address(tus.site, blob)
    with host_context():
        Bureau.objects.filter(pk=tus.site.bureau.id).update(state=state)
    assert fetch(url).status_code == 404


def test_nothing_is_handed_out_before_the_check(tus: Tus) -> None:
    result = tus.whole(content(100))
    with site_context(tus.site):
        blob = Blob.objects.get(pk=result["blob"])
    with pytest.raises(BlobNotReady):
        address(tus.site, blob)
    url = links.content_url(site=tus.site, blob_id=blob.pk, filename="a", inline=False)
    assert fetch(url).status_code == 404
    support.checked(tus.site, result["blob"])
    assert fetch(url).status_code == 200


def test_what_was_given_up_is_gone_at_once(tus: Tus, blob: Blob) -> None:
    url = address(tus.site, blob)
    with site_context(tus.site):
        blob_release(actor=support.ACTOR, blob=blob)
    assert fetch(url).status_code == 404
    with pytest.raises(BlobGone):
        address(tus.site, blob)


@pytest.mark.parametrize(
    ("data", "disposition", "media_type"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(60), "inline", "image/png"),
        (b"words", "inline", "text/plain; charset=utf-8"),
        (b"<!doctype html><script>alert(1)</script>", "attachment", "text/html"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "attachment", "image/svg+xml"),
        (b"\x00\x01binary", "attachment", "application/octet-stream"),
    ],
    ids=["png", "text", "html", "svg", "binary"],
)
def test_only_harmless_kinds_are_shown_in_the_browser(
    tus: Tus, data: bytes, disposition: str, media_type: str
) -> None:
    with site_context(tus.site):
        blob = blob_write(actor=support.ACTOR, data=data, filename="x", media_type="image/png")
    response = fetch(address(tus.site, blob, "x", inline=True))
    assert response["Content-Disposition"].startswith(disposition)
    assert response["Content-Type"] == media_type
    assert "sandbox" in response["Content-Security-Policy"]


def test_no_database_connection_is_held_while_bytes_flow(tus: Tus, blob: Blob) -> None:
    from django.db import connection

    response = fetch(address(tus.site, blob))
    pieces = iter(response.streaming_content)
    next(pieces)
    next(pieces)
    assert connection.connection is None


def test_a_connection_to_the_store_that_breaks_is_taken_up_again(tus: Tus, blob: Blob, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    read_frame, calls = sealed._read_frame, []

    def breaks_at_the_third(body):  # type: ignore[no-untyped-def]
        calls.append(1)
        if len(calls) == 3:
            raise store.StoreUnavailable
        return read_frame(body)

    monkeypatch.setattr(sealed, "_read_frame", breaks_at_the_third)
    assert body_of(fetch(address(tus.site, blob))) == BODY


def test_a_store_that_is_away_is_503(tus: Tus, blob: Blob, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    def away(*_: object) -> None:
        raise store.StoreUnavailable

    monkeypatch.setattr(store, "open_range", away)
    response = fetch(address(tus.site, blob))
    assert response.status_code == 503
    assert response["Retry-After"]


def test_a_damaged_object_is_not_handed_out(tus: Tus, blob: Blob) -> None:
    name = f"{tus.site.bureau.storage_prefix}/{blob.pk}"
    data = bytearray(store.read(name, 0, store.size_of(name) or 0))
    data[10] ^= 1
    store.delete(name)
    store.put_new(name, bytes(data))
    assert fetch(address(tus.site, blob)).status_code == 500


def test_host_content_has_addresses_too() -> None:
    host = Site("host")
    with host_context():
        blob = blob_write(actor=support.ACTOR, data=b"letter", filename="a.txt", media_type="text/plain")
    assert body_of(fetch(address(host, blob, "a.txt"))) == b"letter"
