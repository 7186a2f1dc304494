"""Two at once: one writes, and together they never pass the quota."""

import socket
from collections.abc import Hashable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from threading import Barrier

import pytest
from django.db import connection

from asp.blobs import quota, views_uploads
from asp.blobs.errors import QuotaExceeded
from asp.blobs.models import Upload
from asp.blobs.services import quota_get, quota_set
from tenants.context import site_context
from tests.asp.blobs import people, support
from tests.asp.blobs.support import MEBIBYTE, PART, Tus, content


def wait_for_writer(tus: Tus, location: str) -> None:
    """Return once some request holds the upload's lease."""
    deadline = support.Deadline(10)
    while tus.row(location).lease is None:
        deadline.pause()


def test_two_patches_one_wins(tus: Tus) -> None:
    body = content(1_000_000)
    location = tus.location(len(body))
    with support.http_server() as port, socket.create_connection(("127.0.0.1", port)) as first:
        first.sendall(support.request_head(tus.client, location, 0, len(body)) + body[:500_000])
        wait_for_writer(tus, location)
        assert tus.patch(location, 0, body).status_code == 423
        assert tus.offset(location) == 0
        first.sendall(body[500_000:])
        status, headers = support.answer(first)
    assert status == 204
    assert headers["upload-offset"] == str(len(body))
    assert tus.offset(location) == len(body)
    assert len(support.finished) == 1


def test_ending_an_upload_stops_its_writer(tus: Tus) -> None:
    body = content(PART + 1000)
    location = tus.location(len(body))
    with support.http_server() as port, socket.create_connection(("127.0.0.1", port)) as first:
        first.sendall(support.request_head(tus.client, location, 0, len(body)) + body[:500_000])
        wait_for_writer(tus, location)
        assert tus.delete(location).status_code == 204
        first.sendall(body[500_000:])
        status, _headers = support.answer(first)
    assert status in (410, 423)
    with site_context(tus.site):
        assert quota_get().reserved == quota_get().used == 0
    assert support.finished == []


def test_many_patches_with_the_same_bytes_finish_once(tus: Tus) -> None:
    body = content(200_000)
    location = tus.location(len(body))
    barrier = Barrier(6)

    def send() -> int:
        try:
            barrier.wait(timeout=10)
            return tus.patch(location, 0, body).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        statuses = [each.result() for each in [pool.submit(send) for _ in range(6)]]
    assert 204 in statuses
    assert set(statuses) <= {204, 409, 423}
    assert len(support.finished) == 1
    with site_context(tus.site):
        assert quota_get().used == len(body)


def test_a_request_that_was_given_up_ends_while_its_repeat_begins(
    tus: Tus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The repeat found the upload open and wants to write just after the last byte was noted: the same answer."""
    body = content(1000)
    location = tus.location(len(body))
    slot = views_uploads.slot
    given_up: list[int] = []

    def overtaken(owner: Hashable) -> AbstractContextManager[None]:
        if not given_up:
            given_up.append(0)
            given_up[0] = tus.patch(location, 0, body).status_code
        return slot(owner)

    monkeypatch.setattr(views_uploads, "slot", overtaken)
    repeated = tus.patch(location, 0, body)
    assert given_up == [204]
    assert repeated.status_code == 204
    assert repeated.headers["Upload-Offset"] == str(len(body))
    assert "Tb-Result" in repeated.headers
    assert len(support.finished) == 1


def test_two_uploads_cannot_pass_the_quota(tus: Tus, colleague: Tus) -> None:
    """Each of them would fit; both together would not."""
    with site_context(tus.site):
        quota_set(limit=10 * MEBIBYTE)
    barrier = Barrier(2)

    def declare(who: Tus) -> int:
        try:
            barrier.wait(timeout=10)
            return who.create(6 * MEBIBYTE).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        statuses = sorted(each.result() for each in [pool.submit(declare, who) for who in (tus, colleague)])
    assert statuses == [201, 413]
    with site_context(tus.site):
        assert quota_get().reserved == 6 * MEBIBYTE


def test_twenty_uploads_fill_the_quota_exactly(bureau) -> None:  # type: ignore[no-untyped-def]
    with site_context(bureau):
        quota_set(limit=7 * 1000 + 999)
    senders = [Tus(people.staff_client(bureau.bureau), bureau) for _ in range(4)]
    barrier = Barrier(20)

    def declare(number: int) -> int:
        try:
            barrier.wait(timeout=20)
            return senders[number % 4].create(1000).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        statuses = [each.result() for each in [pool.submit(declare, number) for number in range(20)]]
    assert statuses.count(201) == 7
    assert statuses.count(413) == 13
    with site_context(bureau):
        assert quota_get().reserved == 7000
        assert Upload.objects.count() == 7


def test_quota_follows_an_upload_to_its_end(tus: Tus) -> None:
    location = tus.location(1000)
    with site_context(tus.site):
        assert (quota_get().used, quota_get().reserved) == (0, 1000)
    tus.patch(location, 0, content(1000))
    with site_context(tus.site):
        assert (quota_get().used, quota_get().reserved) == (1000, 0)


def test_an_upload_over_quota_is_refused_in_words(tus: Tus) -> None:
    with site_context(tus.site):
        quota_set(limit=999)
    response = tus.create(1000)
    assert response.status_code == 413
    assert b"blobs.quota_exceeded" in response.content


def test_a_limit_below_the_use_takes_nothing_more_and_loses_nothing(tus: Tus) -> None:
    tus.whole(content(1000))
    with site_context(tus.site):
        quota_set(limit=10)
        assert quota_get().free == 0
        assert quota_get().percent == 100
        with pytest.raises(QuotaExceeded):
            quota.reserve(1)
        assert quota_get().used == 1000
