"""The store or the database goes away during an upload: 503, nothing acknowledged is lost, it goes on."""

import dataclasses
import hashlib
import json
import socket

import pytest
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from redis import RedisError

from asp.blobs import brief, store, sweeping, uploads
from asp.blobs.errors import StoreUnavailable
from asp.blobs.models import Blob, BlobState, Upload, UploadState
from asp.blobs.sealed import sealed_object
from asp.blobs.services import blob_write, quota_get
from asp.jobs import broker
from asp.jobs.models import Job, JobState
from tenants.context import host_context, site_context
from tenants.models import Doorbell
from tests.asp.blobs import support
from tests.asp.blobs.support import MEBIBYTE, PART, Tus, content


@pytest.fixture
def store_away(settings):  # type: ignore[no-untyped-def]
    """A function that makes the object store unreachable, or reachable again."""
    reachable = settings.ASP
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{closed.getsockname()[1]}"

    def switch(*, away: bool) -> None:
        settings.ASP = dataclasses.replace(reachable, s3_endpoint_url=nowhere) if away else reachable

    return switch


def finish_and_compare(tus: Tus, location: str, body: bytes) -> None:
    offset = tus.offset(location)
    response = tus.patch(location, offset, body[offset:])
    assert response.status_code == 204, response.content
    result = json.loads(response["Tb-Result"])
    blob = support.checked(tus.site, result["blob"], result["upload"])
    assert (blob.state, blob.sha256) == (BlobState.READY, hashlib.sha256(body).hexdigest())


def test_the_store_is_away_at_the_first_part(tus: Tus, store_away) -> None:  # type: ignore[no-untyped-def]
    body = content(PART + 1000)
    location = tus.location(len(body))
    store_away(away=True)
    response = tus.patch(location, 0, body)
    assert response.status_code == 503
    assert int(response["Retry-After"]) > 0
    assert json.loads(response.content)["code"] == "blobs.store_unavailable"
    assert tus.offset(location) == 0
    store_away(away=False)
    finish_and_compare(tus, location, body)


def test_the_store_is_away_in_the_middle(tus: Tus, store_away, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    body = content(3 * PART + 1000)
    location = tus.location(len(body))
    put = store.multipart_put

    def fails_at_the_third(name: str, multipart: str, number: int, data: bytes) -> str:
        if number == 3:
            store_away(away=True)
        return put(name, multipart, number, data)

    monkeypatch.setattr(store, "multipart_put", fails_at_the_third)
    assert tus.patch(location, 0, body).status_code == 503
    monkeypatch.undo()
    assert tus.offset(location) == 2 * PART
    store_away(away=False)
    finish_and_compare(tus, location, body)


@pytest.mark.parametrize("verb", ["put_new", "multipart_complete"])
def test_the_store_is_away_at_the_end(tus: Tus, monkeypatch, verb: str) -> None:  # type: ignore[no-untyped-def]
    body = content(1000 if verb == "put_new" else PART + 1000)
    location = tus.location(len(body))
    original = getattr(store, verb)

    def does_it_and_loses_the_answer(*arguments: object) -> None:
        original(*arguments)
        raise StoreUnavailable

    monkeypatch.setattr(store, verb, does_it_and_loses_the_answer)
    assert tus.patch(location, 0, body).status_code == 503
    monkeypatch.undo()
    assert support.finished == []
    finish_and_compare(tus, location, body)
    assert len(support.finished) == 1


def test_a_tail_that_cannot_be_stored_was_not_acknowledged(tus: Tus, store_away) -> None:  # type: ignore[no-untyped-def]
    body = content(1000)
    location = tus.location(len(body))
    assert tus.patch(location, 0, body[:300]).status_code == 204
    store_away(away=True)
    assert tus.patch(location, 300, body[300:600]).status_code == 503
    assert tus.offset(location) == 300
    store_away(away=False)
    finish_and_compare(tus, location, body)


def test_the_database_is_away_while_bytes_flow(tus: Tus, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    """What was noted before stays; the object that nobody noted is found again by the resend."""
    body = content(2 * PART + 1000)
    location = tus.location(len(body))
    note = uploads.part_store

    def fails_at_the_second(*, upload, lease, parts, offset):  # type: ignore[no-untyped-def]
        if len(parts) == 2:
            raise OperationalError("server closed the connection unexpectedly")
        note(upload=upload, lease=lease, parts=parts, offset=offset)

    monkeypatch.setattr(uploads, "part_store", fails_at_the_second)
    response = tus.patch(location, 0, body)
    assert response.status_code == 503
    assert json.loads(response.content)["code"] == "blobs.database_unavailable"
    monkeypatch.undo()
    assert tus.offset(location) == PART
    finish_and_compare(tus, location, body)


def test_valkey_is_away_and_the_file_is_checked_later(tus: Tus, settings, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    """The job of the check is a row with its bell, so the sweep sends it once the queue is back."""
    monkeypatch.setattr(broker, "_broker", None)
    settings.ASP = dataclasses.replace(settings.ASP, redis_url="redis://127.0.0.1:9/0")
    with pytest.raises(RedisError):
        broker.waiting("default")
    body = content(PART + 1000)
    location = tus.location(len(body))
    tus.patch(location, 0, body[:1000])
    finish_and_compare(tus, location, body)
    with site_context(tus.site):
        job = Job.objects.get(name="blobs.check")
        assert job.state == JobState.QUEUED
    with host_context():
        assert Doorbell.objects.filter(kind="job", ref=job.pk).exists()


def test_no_database_connection_is_held_while_bytes_flow(tus: Tus, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    """Each read of the body, each call of the store: the thread has no connection."""
    from django.core.handlers.wsgi import WSGIRequest
    from django.db import connection

    body = content(PART + 2 * MEBIBYTE)
    location = tus.location(len(body))
    held: list[bool] = []
    read, put = WSGIRequest.read, store.multipart_put

    def watched_read(self, *arguments):  # type: ignore[no-untyped-def]
        held.append(connection.connection is not None)
        return read(self, *arguments)

    def watched_put(*arguments):  # type: ignore[no-untyped-def]
        held.append(connection.connection is not None)
        return put(*arguments)

    monkeypatch.setattr(WSGIRequest, "read", watched_read)
    monkeypatch.setattr(store, "multipart_put", watched_put)
    assert tus.patch(location, 0, body).status_code == 204
    assert len(held) > 100
    assert not any(held)


def test_memory_stays_at_a_part_whatever_the_file_weighs(tus: Tus) -> None:
    import tracemalloc

    length, piece = 40 * MEBIBYTE, content(MEBIBYTE)
    location = tus.location(length)
    with support.http_server() as port, socket.create_connection(("127.0.0.1", port)) as connection:
        tracemalloc.start()
        connection.sendall(support.request_head(tus.client, location, 0, length))
        for _ in range(40):
            connection.sendall(piece)
        status, _headers = support.answer(connection)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert status == 204
    assert peak < 30 * MEBIBYTE


def test_ending_an_upload_while_the_store_is_away_is_tidied_up_later(tus: Tus, store_away) -> None:  # type: ignore[no-untyped-def]
    location = tus.location(PART + 1000)
    tus.patch(location, 0, content(PART + 500))
    store_away(away=True)
    assert tus.delete(location).status_code == 204
    with site_context(tus.site):
        assert tus.row(location).remains
        assert quota_get().reserved == 0
        with pytest.raises(StoreUnavailable):
            sweeping.expire_uploads()
        store_away(away=False)
        sweeping.expire_uploads()
        assert not tus.row(location).remains
        assert list(store.objects(f"{tus.site.bureau.storage_prefix}/")) == []


def test_writing_content_while_the_store_is_away_changes_nothing(tus: Tus, store_away) -> None:  # type: ignore[no-untyped-def]
    store_away(away=True)
    with site_context(tus.site):
        with pytest.raises(StoreUnavailable):
            blob_write(actor=support.ACTOR, data=b"x" * 100, filename="a.txt", media_type="text/plain")
        assert quota_get().used == 0


def test_a_lease_survives_a_database_that_is_away_for_a_moment(tus: Tus, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    """Renewing is a courtesy: failing at it does not end the upload."""
    from asp.blobs import receiving

    monkeypatch.setattr(receiving, "RENEW_SECONDS", 0.0)

    def fails(**_: object) -> None:
        raise OperationalError("no connection")

    monkeypatch.setattr(uploads, "lease_renew", fails)
    body = content(300_000)
    location = tus.location(len(body))
    assert tus.patch(location, 0, body).status_code == 204
    assert tus.row(location).state == UploadState.DONE


def test_a_brief_transaction_gives_its_connection_back_even_when_it_fails() -> None:
    from django.db import connection

    with pytest.raises(ZeroDivisionError), brief.brief_transaction():
        raise ZeroDivisionError
    assert connection.connection is None


def test_a_refusal_reaches_a_client_that_is_still_sending(tus: Tus) -> None:
    """Not as a connection that is reset in the middle of the body."""
    body = content(20 * MEBIBYTE)
    location = tus.location(len(body), purpose="test.image", name="x.png")
    with support.http_server() as port, socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(support.request_head(tus.client, location, 0, len(body)) + body)
        status, headers = support.answer(connection)
    assert status == 415
    assert headers["tb-error-code"] == "blobs.media_type_refused"


class LostAnswer:
    """Commits for real, and loses the answer of commit `number`: the server went away in that moment."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.count = 0
        self.commit = BaseDatabaseWrapper.commit

    def __call__(self, connection: BaseDatabaseWrapper) -> None:
        self.commit(connection)
        self.count += 1
        if self.count == self.number:
            raise OperationalError("server closed the connection unexpectedly")


@pytest.mark.parametrize("number", range(1, 9))
def test_what_was_acknowledged_is_there_whichever_commit_lost_its_answer(
    tus: Tus, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """A commit without an answer may have happened: nothing that its row would name is thrown away."""
    body = content(PART + 3000)
    location = tus.location(len(body))
    assert tus.patch(location, 0, body[:1000]).status_code == 204
    lost = LostAnswer(number)
    monkeypatch.setattr(BaseDatabaseWrapper, "commit", lambda self: lost(self))
    tus.patch(location, 1000, body[1000:2000])
    monkeypatch.undo()
    with site_context(tus.site):
        Upload.objects.update(lease=None, lease_until=None)
    assert tus.offset(location) >= 1000
    tus.patch(location, tus.offset(location), body[tus.offset(location) : 2500])
    assert tus.offset(location) == 2500, "a tail that is named was deleted"
    finish_and_compare(tus, location, body)


def test_a_written_blob_is_there_when_the_commit_lost_its_answer(
    tus: Tus, monkeypatch: pytest.MonkeyPatch
) -> None:
    with site_context(tus.site):
        lost = LostAnswer(1)
        monkeypatch.setattr(BaseDatabaseWrapper, "commit", lambda self: lost(self))
        with pytest.raises(OperationalError):
            blob_write(actor=support.ACTOR, data=b"abc", filename="a.bin", media_type="")
        monkeypatch.undo()
        for blob in Blob.objects.filter(state=BlobState.READY, size=3):
            sealed = sealed_object(blob)
            assert store.size_of(sealed.name) == sealed.sealed_size
        assert Blob.objects.filter(size=3).exists()
