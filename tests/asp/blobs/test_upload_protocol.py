"""tus 1.0.0 (https://tus.io/protocols/resumable-upload): requests, answers, refusals."""

import json

import pytest

from asp.blobs.models import Blob, BlobState, Upload, UploadState
from asp.blobs.services import quota_get
from tenants.context import site_context
from tests.asp.blobs import people, support
from tests.asp.blobs.support import MEBIBYTE, Tus, content, metadata


def test_options_says_what_the_server_can(tus: Tus) -> None:
    response = tus.client.options("/uploads/")
    assert response.status_code == 204
    assert response["Tus-Version"] == "1.0.0"
    assert set(response["Tus-Extension"].split(",")) == {
        "creation", "creation-with-upload", "termination", "expiration",
    }  # fmt: skip
    assert int(response["Tus-Max-Size"]) >= support.ANY.max_bytes


def test_a_file_arrives(tus: Tus) -> None:
    body = content(300_000)
    location = tus.location(len(body), name="云溪县报告.bin", target="folder")
    assert tus.offset(location) == 0
    response = tus.patch(location, 0, body)
    assert response.status_code == 204
    assert response["Upload-Offset"] == str(len(body))
    assert response["Tus-Resumable"] == "1.0.0"
    result = json.loads(response["Tb-Result"])
    assert result["name"] == "云溪县报告.bin"
    actor, blob_id, binding = support.finished[0]
    assert actor.kind == "staff"
    assert binding == {"target": "folder", "name": "云溪县报告.bin"}
    with site_context(tus.site):
        blob = Blob.objects.get(pk=blob_id)
    assert blob.state == BlobState.CHECKING
    assert blob.size == len(body)
    assert not blob.is_ready


def test_repeating_the_last_patch_or_asking_gives_the_same_result(tus: Tus) -> None:
    body = content(1000)
    location = tus.location(len(body))
    first = tus.patch(location, 0, body)
    again = tus.patch(location, 0, body)
    asked = tus.head(location)
    assert again.status_code == 204
    assert first["Tb-Result"] == again["Tb-Result"] == asked["Tb-Result"]
    assert asked["Upload-Offset"] == asked["Upload-Length"] == "1000"
    assert len(support.finished) == 1


def test_an_empty_file_is_done_when_it_is_declared(tus: Tus) -> None:
    response = tus.create(0, name="空.txt")
    assert response.status_code == 201
    result = json.loads(response["Tb-Result"])
    assert json.loads(tus.head(response["Location"])["Tb-Result"]) == result
    assert support.checked(tus.site, result["blob"], result["upload"]).state == BlobState.READY


def test_bytes_may_come_with_the_declaration(tus: Tus) -> None:
    response = tus.create(10, body=b"0123456789")
    assert response.status_code == 201
    assert response["Upload-Offset"] == "10"
    assert "blob" in json.loads(response["Tb-Result"])


def test_part_of_the_bytes_may_come_with_the_declaration(tus: Tus) -> None:
    response = tus.create(10, body=b"01234")
    assert response["Upload-Offset"] == "5"
    assert tus.patch(response["Location"], 5, b"56789").status_code == 204


@pytest.mark.parametrize("length", [None, "", "-1", "1e3", "٣", "12a", "9" * 30])
def test_a_length_must_be_declared(tus: Tus, length: str | None) -> None:
    headers = {"Upload-Length": length} if length else {}
    assert tus.create(None, **headers).status_code == 400


def test_deferring_the_length_is_refused(tus: Tus) -> None:
    assert tus.create(None, **{"Upload-Defer-Length": "1"}).status_code == 400


@pytest.mark.parametrize("version", ["", "0.2.2", "2.0.0"])
def test_another_version_is_refused(tus: Tus, version: str) -> None:
    response = tus.create(10, **{"Tus-Resumable": version})
    assert response.status_code == 412
    assert response["Tus-Version"] == "1.0.0"


def test_a_wrong_offset_is_a_conflict_and_changes_nothing(tus: Tus) -> None:
    location = tus.location(10)
    assert tus.patch(location, 5, b"56789").status_code == 409
    assert tus.patch(location, 0, b"01234").status_code == 204
    assert tus.patch(location, 0, b"01234").status_code == 409
    assert tus.offset(location) == 5


def test_more_bytes_than_declared_are_refused(tus: Tus) -> None:
    location = tus.location(10)
    assert tus.patch(location, 0, b"x" * 11).status_code == 413
    assert tus.offset(location) == 0


def test_another_content_type_is_refused(tus: Tus) -> None:
    location = tus.location(10)
    response = tus._send("PATCH", location, b"x" * 10, {"Upload-Offset": "0"}, "application/octet-stream")
    assert response.status_code == 415


def test_an_offset_is_required(tus: Tus) -> None:
    location = tus.location(10)
    assert tus.patch(location, 0, b"x", **{"Upload-Offset": ""}).status_code == 400


def test_a_body_of_unknown_length_is_refused(tus: Tus) -> None:
    location = tus.location(10)
    assert tus.patch(location, 0, b"x" * 10, **{"Transfer-Encoding": "chunked"}).status_code == 411


@pytest.mark.parametrize("text", ["filename !!!", "filename /w==", "a YQ==,a YQ==", "x" * 9000])
def test_malformed_metadata_is_refused(tus: Tus, text: str) -> None:
    assert tus.create(10, **{"Upload-Metadata": text}).status_code == 400


def test_an_unknown_purpose_is_refused(tus: Tus) -> None:
    assert tus.create(10, purpose="no.such").status_code == 400


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_other_methods_are_refused(tus: Tus, method: str) -> None:
    location = tus.location(10)
    assert tus._send(method, location, b"", {}, "text/plain").status_code == 405
    assert tus._send(method, "/uploads/", b"", {}, "text/plain").status_code == 405


def test_the_method_may_be_overridden(tus: Tus) -> None:
    location = tus.location(5)
    headers = {"X-HTTP-Method-Override": "PATCH", "Upload-Offset": "0"}
    response = tus._send("POST", location, b"12345", headers, "application/offset+octet-stream")
    assert response.status_code == 204


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://other.localhost"},
        {"Origin": "null"},
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_pages_of_other_sites_are_refused(tus: Tus, headers: dict[str, str]) -> None:
    """Sibling bureaus are same-site, so cookies come along: the origin is what counts."""
    location = tus.location(10)
    assert tus.create(10, **headers).status_code == 403
    assert tus.patch(location, 0, b"x" * 10, **headers).status_code == 403
    assert tus._send("DELETE", location, b"", headers, "text/plain").status_code == 403
    assert tus.offset(location) == 0


def test_a_request_that_says_nothing_of_its_origin_is_refused(tus: Tus) -> None:
    location = tus.location(10)
    tus.client.defaults.pop("HTTP_SEC_FETCH_SITE")
    assert tus.create(10).status_code == 403
    assert tus.patch(location, 0, b"x" * 10).status_code == 403
    own = f"http://{tus.client.defaults['HTTP_HOST']}"
    assert tus.patch(location, 0, b"x" * 10, Origin=own).status_code == 204


def test_no_csrf_token_is_needed(bureau) -> None:  # type: ignore[no-untyped-def]
    client = people.staff_client(bureau.bureau)
    client.handler.enforce_csrf_checks = True
    assert Tus(client, bureau).create(10).status_code == 201


def test_somebody_not_signed_in_is_refused(tus: Tus) -> None:
    location = tus.location(10)
    tus.client.cookies.clear()
    assert tus.create(10).status_code == 401
    assert tus.head(location).status_code == 404
    assert tus.patch(location, 0, b"x" * 10).status_code == 404


def test_a_colleague_cannot_touch_it(tus: Tus, colleague: Tus) -> None:
    location = tus.location(10)
    assert colleague.head(location).status_code == 404
    assert colleague.patch(location, 0, b"x" * 10).status_code == 404
    assert colleague.delete(location).status_code == 404
    assert tus.offset(location) == 0


def test_another_bureau_cannot_touch_it(tus: Tus, make_bureau) -> None:  # type: ignore[no-untyped-def]
    location = tus.location(10)
    stranger = people.staff_client(make_bureau())
    assert Tus(stranger, tus.site).head(location).status_code == 404
    assert Tus(stranger, tus.site).patch(location, 0, b"x" * 10).status_code == 404


@pytest.mark.parametrize(("target", "status"), [("absent", 404), ("forbidden", 403)])
def test_the_purpose_decides_who_may(tus: Tus, target: str, status: int) -> None:
    assert tus.create(10, target=target).status_code == status
    with site_context(tus.site):
        assert quota_get().reserved == 0


def test_a_file_too_large_for_the_purpose_is_refused_in_words(tus: Tus) -> None:
    response = tus.create(support.ANY.max_bytes + 1)
    assert response.status_code == 413
    assert "200.0\xa0MB" in json.loads(response.content)["message"]


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\x00b", "报告\u202efdp.exe", "密" * 300, "CON", ""])
def test_a_hostile_name_is_refused_in_words(tus: Tus, name: str) -> None:
    response = tus.create(10, name=name)
    assert response.status_code == 400
    body = json.loads(response.content)
    assert body["code"].startswith("blobs.name_")
    assert body["message"]
    with site_context(tus.site):
        assert not Upload.objects.exists()
        assert quota_get().reserved == 0


def test_termination_gives_everything_back(tus: Tus) -> None:
    location = tus.location(6 * MEBIBYTE)
    tus.patch(location, 0, content(5 * MEBIBYTE + 10))
    assert tus.delete(location).status_code == 204
    assert tus.head(location).status_code == 410
    assert tus.patch(location, 0, b"x").status_code == 410
    assert tus.delete(location).status_code == 410
    with site_context(tus.site):
        row = tus.row(location)
        assert row.state == UploadState.TERMINATED
        assert not row.remains
        assert row.blob.state == BlobState.ERASED
        assert row.blob.wrapped_key is None
        assert quota_get().reserved == quota_get().used == 0


def test_what_the_purpose_refuses_at_the_end_is_not_kept(tus: Tus) -> None:
    location = tus.location(10, target="refuses")
    response = tus.patch(location, 0, b"x" * 10)
    assert response.status_code == 409
    assert json.loads(response.content)["code"] == "test.refused"
    assert tus.patch(location, 0, b"x" * 10).status_code == 410
    with site_context(tus.site):
        assert quota_get().used == quota_get().reserved == 0
        assert tus.row(location).blob.wrapped_key is None


def test_a_place_that_vanished_meanwhile_is_404(tus: Tus) -> None:
    location = tus.location(10, target="vanishes")
    assert tus.patch(location, 0, b"x" * 10).status_code == 404
    assert tus.row(location).state == UploadState.REFUSED


def test_a_bug_in_finish_loses_nothing(tus: Tus) -> None:
    """A bug is seen as one, and the upload can be finished once it is mended."""
    location = tus.location(10, target="fails")
    tus.client.raise_request_exception = False
    assert tus.patch(location, 0, b"x" * 10).status_code == 500
    with site_context(tus.site):
        Upload.objects.update(binding={"target": "", "name": "mended"})
    assert tus.patch(location, 0, b"x" * 10).status_code == 204


def test_the_kind_of_content_is_judged_by_its_bytes(tus: Tus) -> None:
    location = tus.location(1000, purpose="test.image", name="not-a-picture.png")
    response = tus.patch(location, 0, content(1000))
    assert response.status_code == 415
    assert tus.row(location).state == UploadState.REFUSED
    png = b"\x89PNG\r\n\x1a\n" + bytes(500)
    assert tus.patch(tus.location(len(png), purpose="test.image", name="x.png"), 0, png).status_code == 204


def test_answers_are_not_cached(tus: Tus) -> None:
    location = tus.location(10)
    assert tus.head(location)["Cache-Control"] == "no-store"
    assert "Upload-Expires" in tus.head(location)


def test_metadata_is_read_as_utf8() -> None:
    from asp.blobs.tus import metadata_of

    assert metadata_of(metadata(filename="报告.pdf", purpose="x") + ",flag") == {
        "filename": "报告.pdf",
        "purpose": "x",
        "flag": "",
    }


@pytest.mark.parametrize(
    ("headers", "accepted"),
    [
        ({}, False),
        ({"Origin": "http://fgj.localhost"}, True),
        ({"Origin": "http://czj.localhost"}, False),
        ({"Origin": "https://fgj.localhost"}, False),
        ({"Origin": "null"}, False),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Origin": "http://fgj.localhost", "Sec-Fetch-Site": "same-site"}, False),
    ],
)
def test_the_uploads_own_guard_of_the_origin(headers: dict[str, str], accepted: bool) -> None:
    """It holds without the middleware that refuses such requests before."""
    from django.test import RequestFactory

    from asp.blobs import tus as protocol

    request = RequestFactory().post("/uploads/", headers={"Host": "fgj.localhost", **headers})
    if accepted:
        protocol.require_own_page(request)
    else:
        with pytest.raises(protocol.ProtocolError):
            protocol.require_own_page(request)
