"""What arrived is kept; what is sent again is the same object; nothing readable lies in the store."""

import hashlib
import json
import socket

import pytest

from asp.blobs import store, uploads
from asp.blobs.frames import sealed_size
from asp.blobs.models import Blob, BlobState, Upload, UploadState
from asp.blobs.sealed import object_name, prefix_of, sealed_object
from asp.blobs.services import blob_open, quota_get
from tenants.context import site_context
from tenants.keys import uuid7
from tests.asp.blobs import support
from tests.asp.blobs.support import MEBIBYTE, PART, Tus, content


def stored(tus: Tus, blob_id: str) -> bytes:
    """The content as it comes back, decrypted."""
    with site_context(tus.site), blob_open(Blob.objects.get(pk=blob_id)) as file:
        return file.read()


def objects(tus: Tus) -> dict[str, int]:
    """Names and sizes of everything in the bureau's folder of the store."""
    return {each.name: each.size for each in store.objects(f"{prefix_of(tus.site)}/")}


def assert_whole(tus: Tus, location: str, body: bytes) -> None:
    result = json.loads(tus.head(location)["Tb-Result"])
    blob = support.checked(tus.site, result["blob"], result["upload"])
    assert blob.state == BlobState.READY
    assert blob.sha256 == hashlib.sha256(body).hexdigest()
    assert stored(tus, result["blob"]) == body
    # Nothing but the one object is left, and it has exactly the size of the format.
    assert objects(tus) == {object_name(tus.site, blob.pk): sealed_size(len(body))}
    assert not list(store.open_multiparts(f"{prefix_of(tus.site)}/"))


@pytest.mark.parametrize(
    "size", [1, 65_536, PART - 1, PART, PART + 1, 2 * PART, 2 * PART + 65_537], ids=lambda size: f"{size}"
)
def test_any_size_comes_back_the_same(tus: Tus, size: int) -> None:
    body = content(size)
    location = tus.location(size)
    assert tus.patch(location, 0, body).status_code == 204
    assert_whole(tus, location, body)


@pytest.mark.parametrize("piece", [700_000, 3 * MEBIBYTE + 17, PART], ids=str)
def test_it_may_come_in_pieces_of_any_size(tus: Tus, piece: int) -> None:
    body = content(2 * PART + 12_345)
    location = tus.location(len(body))
    for start in range(0, len(body), piece):
        assert tus.offset(location) == start
        assert tus.patch(location, start, body[start : start + piece]).status_code == 204
    assert_whole(tus, location, body)


def test_a_tail_is_kept_in_an_object_of_its_own_and_goes_with_its_part(tus: Tus) -> None:
    body = content(1000)
    location = tus.location(len(body))
    tus.patch(location, 0, body[:400])
    first = tus.row(location)
    assert (first.tail_size, first.offset, first.parts) == (400, 400, [])
    assert objects(tus) == {object_name(tus.site, first.tail): sealed_size(400)}
    tus.patch(location, 400, body[400:600])
    second = tus.row(location)
    assert second.tail != first.tail
    assert second.tail_key != first.tail_key
    assert objects(tus) == {object_name(tus.site, second.tail): sealed_size(600)}
    tus.patch(location, 600, body[600:])
    assert_whole(tus, location, body)


def test_a_cut_connection_keeps_what_arrived(tus: Tus) -> None:
    body = content(PART + 300_000)
    location = tus.location(len(body))
    with support.http_server() as port:
        for start, sent in ((0, 100_000), (100_000, PART + 50_000), (PART + 150_000, 0)):
            offset = tus.offset(location)
            assert offset == start
            with socket.create_connection(("127.0.0.1", port)) as connection:
                connection.sendall(support.request_head(tus.client, location, offset, len(body) - offset))
                connection.sendall(body[offset : offset + sent])
                connection.shutdown(socket.SHUT_WR)
                status, _headers = support.answer(connection)
            assert status == 400
    offset = tus.offset(location)
    assert offset == PART + 150_000
    assert tus.patch(location, offset, body[offset:]).status_code == 204
    assert_whole(tus, location, body)


def test_the_same_bytes_again_after_a_lost_commit_are_the_same_object(tus: Tus, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    """The process died after the store had the object and before the row was committed."""
    body = content(PART + 1000)
    location = tus.location(len(body))
    arrive = uploads.upload_arrive

    def dies(**_: object) -> None:
        raise RuntimeError("killed")

    monkeypatch.setattr(uploads, "upload_arrive", dies)
    tus.client.raise_request_exception = False
    assert tus.patch(location, 0, body).status_code == 500
    before = tus.row(location)
    assert (before.state, before.offset) == (UploadState.RECEIVING, PART)
    assert objects(tus) == {object_name(tus.site, before.blob_id): sealed_size(len(body))}
    monkeypatch.setattr(uploads, "upload_arrive", arrive)
    assert tus.patch(location, PART, body[PART:]).status_code == 204
    assert tus.row(location).blob_id == before.blob_id
    assert_whole(tus, location, body)


@pytest.mark.parametrize("size", [1000, PART + 1000], ids=["one part", "two parts"])
def test_other_bytes_after_a_lost_commit_start_a_new_blob(tus: Tus, monkeypatch, size: int) -> None:  # type: ignore[no-untyped-def]
    """Under the first blob's key those counters are spent."""
    body, other = content(size), content(size, "other")
    location = tus.location(size)
    arrive = uploads.upload_arrive

    def dies(**_: object) -> None:
        raise RuntimeError("killed")

    monkeypatch.setattr(uploads, "upload_arrive", dies)
    tus.client.raise_request_exception = False
    tus.patch(location, 0, body)
    monkeypatch.setattr(uploads, "upload_arrive", arrive)
    before, offset = tus.row(location), tus.offset(location)
    assert tus.patch(location, offset, other[offset:]).status_code == 409
    after = tus.row(location)
    assert after.blob_id != before.blob_id
    assert after.offset == 0
    assert after.reserved == size
    with site_context(tus.site):
        spent = Blob.objects.get(pk=before.blob_id)
    assert (spent.state, spent.wrapped_key) == (BlobState.ERASED, None)
    assert objects(tus) == {}
    assert tus.patch(location, 0, other).status_code == 204
    assert_whole(tus, location, other)


def test_no_counter_ever_sees_other_bytes(tus: Tus, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    """Over all resends, each (key, counter) sealed exactly one plaintext."""
    from asp.blobs import frames

    seen: dict[tuple[bytes, int], bytes] = {}
    seal = frames.FrameCipher.seal
    keys_of: dict[int, bytes] = {}
    init = frames.FrameCipher.__init__

    def remembering_init(self, *, key, object_id) -> None:  # type: ignore[no-untyped-def]
        init(self, key=key, object_id=object_id)
        keys_of[id(self)] = key

    def remembering_seal(self, *, first, data, last):  # type: ignore[no-untyped-def]
        for index in range(frames.frame_count(len(data))):
            piece = bytes(data[index * frames.FRAME_SIZE : (index + 1) * frames.FRAME_SIZE])
            digest = hashlib.sha256(piece + bytes([last])).digest()
            assert seen.setdefault((keys_of[id(self)], first + index), digest) == digest
        return seal(self, first=first, data=data, last=last)

    monkeypatch.setattr(frames.FrameCipher, "__init__", remembering_init)
    monkeypatch.setattr(frames.FrameCipher, "seal", remembering_seal)
    body, other = content(PART + 1000), content(PART + 1000, "other")
    location = tus.location(len(body))
    tus.client.raise_request_exception = False
    complete = store.multipart_complete
    for attempt in (body, other, body):

        def fails(*_: object) -> None:
            raise store.StoreUnavailable

        monkeypatch.setattr(store, "multipart_complete", fails)
        offset = tus.offset(location)
        tus.patch(location, offset, attempt[offset:])
        monkeypatch.setattr(store, "multipart_complete", complete)
    offset = tus.offset(location)
    assert tus.patch(location, offset, body[offset:]).status_code in (204, 409)
    if tus.offset(location) == 0:
        assert tus.patch(location, 0, body).status_code == 204
    assert_whole(tus, location, body)
    assert len({key for key, _counter in seen}) >= 2


def test_a_lost_tail_is_sent_again(tus: Tus) -> None:
    body = content(1000)
    location = tus.location(len(body))
    tus.patch(location, 0, body[:400])
    store.delete(object_name(tus.site, tus.row(location).tail))
    assert tus.patch(location, 400, body[400:]).status_code == 409
    assert tus.offset(location) == 0
    assert tus.patch(location, 0, body).status_code == 204
    assert_whole(tus, location, body)


def test_parts_that_the_store_forgot_are_sent_again(tus: Tus) -> None:
    body = content(2 * PART + 10)
    location = tus.location(len(body))
    tus.patch(location, 0, body[: PART + 5])
    row = tus.row(location)
    store.multipart_abort(object_name(tus.site, row.blob_id), row.multipart)
    assert tus.patch(location, PART + 5, body[PART + 5 :]).status_code == 409
    assert tus.offset(location) == 0
    assert tus.patch(location, 0, body).status_code == 204
    assert_whole(tus, location, body)


def test_known_text_is_not_found_in_the_raw_store(tus: Tus) -> None:
    text = ("云溪县人民政府关于机构编制的通知。" * 40_000).encode()
    assert len(text) > 1_900_000
    tus.whole(text)
    location = tus.location(len(text), name="half.txt")
    tus.patch(location, 0, text[:700_000])
    names = list(objects(tus))
    assert len(names) == 2
    for name in names:
        raw = store.read(name, 0, store.size_of(name) or 0)
        assert "机构编制".encode() not in raw
        assert text[:32] not in raw
    with site_context(tus.site):
        blob = Blob.objects.filter(state=BlobState.CHECKING).get()
        assert sealed_object(blob).key not in raw


def test_a_lease_that_ran_out_can_be_taken_and_the_first_writer_notices(tus: Tus) -> None:
    """A connection that stalls does not keep its sender from coming back."""
    location = tus.location(10)
    with site_context(tus.site):
        row = tus.row(location)
        stalled = uploads.lease_take(upload_id=row.pk)
        with pytest.raises(uploads.UploadBusy):
            uploads.lease_take(upload_id=row.pk)
        Upload.objects.filter(pk=row.pk).update(lease_until=row.created_at)
        assert tus.patch(location, 0, b"0123456789").status_code == 204
        with pytest.raises(uploads.UploadBusy):
            uploads.lease_renew(upload_id=row.pk, lease=stalled)
        with pytest.raises(uploads.UploadBusy):
            uploads.part_store(upload=row, lease=stalled, parts=[], offset=0)
        with pytest.raises(uploads.UploadBusy):
            uploads.tail_store(upload=row, lease=stalled, tail=uuid7(), size=1, key=bytes(32), offset=1)
        with pytest.raises(uploads.UploadBusy):
            uploads.upload_refuse(upload=row, lease=stalled, actor=support.ACTOR, code="x", status=400)
        assert quota_get().used == 10
