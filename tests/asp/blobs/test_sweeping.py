"""Stale uploads, content that was given up, objects without a row."""

import datetime

import pytest
from django.utils import timezone

from asp.blobs import store, sweeping, uploads
from asp.blobs.models import Blob, BlobState, Upload, UploadState
from asp.blobs.sealed import object_name
from asp.blobs.services import blob_release, blob_write, quota_get
from tenants.context import site_context
from tenants.keys import uuid7
from tests.asp.blobs import support
from tests.asp.blobs.support import PART, Tus, content

NOW = datetime.timedelta(0)
LATER = datetime.timedelta(seconds=-60)  # what was made a moment ago counts as old


def age(tus: Tus, **fields: datetime.datetime) -> None:
    with site_context(tus.site):
        Upload.objects.update(**fields)


def objects(tus: Tus) -> list[str]:
    return [each.name for each in store.objects(f"{tus.site.bureau.storage_prefix}/")]


def past(days: float = 1) -> datetime.datetime:
    return timezone.now() - datetime.timedelta(days=days)


def test_a_stale_upload_gives_its_promise_back(tus: Tus) -> None:
    location = tus.location(2 * PART)
    tus.patch(location, 0, content(PART + 1000))
    assert len(objects(tus)) == 1
    age(tus, expires_at=past())
    with site_context(tus.site):
        assert sweeping.expire_uploads() == 1
        assert sweeping.expire_uploads() == 0
        assert quota_get().reserved == 0
    assert objects(tus) == []
    assert not list(store.open_multiparts(f"{tus.site.bureau.storage_prefix}/"))
    assert tus.head(location).status_code == 410


def test_an_upload_in_time_is_left_alone(tus: Tus) -> None:
    location = tus.location(10)
    with site_context(tus.site):
        assert sweeping.expire_uploads() == 0
    assert tus.offset(location) == 0


def test_an_upload_that_is_being_written_is_left_alone(tus: Tus) -> None:
    location = tus.location(10)
    age(tus, expires_at=past())
    with site_context(tus.site):
        lease = uploads.lease_take(upload_id=tus.row(location).pk)
        assert sweeping.expire_uploads() == 0
        uploads.lease_give_back(upload_id=tus.row(location).pk, lease=lease)
        assert sweeping.expire_uploads() == 1


def test_each_byte_prolongs_the_day_but_not_beyond_a_week(tus: Tus) -> None:
    location = tus.location(1000)
    age(tus, expires_at=timezone.now() + datetime.timedelta(minutes=5))
    tus.patch(location, 0, content(100))
    assert tus.row(location).expires_at > timezone.now() + datetime.timedelta(hours=23)
    age(tus, created_at=past(6.9))
    tus.patch(location, 100, content(100))
    assert tus.row(location).expires_at < timezone.now() + datetime.timedelta(hours=3)


def test_old_rows_of_finished_uploads_go(tus: Tus) -> None:
    result = tus.whole(content(10))
    open_one = tus.location(10)
    age(tus, finished_at=past(8))
    with site_context(tus.site):
        sweeping.expire_uploads()
        assert [str(pk) for pk in Upload.objects.values_list("pk", flat=True)] == [
            open_one.rpartition("/")[2]
        ]
        assert Blob.objects.filter(pk=result["blob"]).exists()


def test_released_content_is_erased_after_its_grace(tus: Tus) -> None:
    with site_context(tus.site):
        blob = blob_write(actor=support.ACTOR, data=content(100), filename="a", media_type="")
        kept = blob_write(actor=support.ACTOR, data=content(100), filename="b", media_type="")
        blob_release(actor=support.ACTOR, blob=blob)
        assert sweeping.erase_released() == 0
        assert len(objects(tus)) == 2
        Blob.objects.filter(pk=blob.pk).update(released_at=past(8))
        assert sweeping.erase_released() == 1
        assert sweeping.erase_released() == 0
        blob.refresh_from_db()
        assert (blob.state, blob.wrapped_key, blob.sha256) == (BlobState.ERASED, None, "")
        assert objects(tus) == [object_name(tus.site, kept.pk)]


def test_orphans_are_deleted_once_they_are_old(tus: Tus) -> None:
    prefix = tus.site.bureau.storage_prefix
    with site_context(tus.site):
        kept = blob_write(actor=support.ACTOR, data=b"kept", filename="a", media_type="")
        location = tus.location(100)
        tus.patch(location, 0, b"\x00half")
        store.put_new(f"{prefix}/{uuid7()}", b"orphan")
        store.multipart_begin(f"{prefix}/{uuid7()}")
        assert sweeping.sweep_orphans() == 0
        assert sweeping.sweep_orphans(grace=LATER) == 2
        assert sorted(objects(tus)) == sorted(
            [object_name(tus.site, kept.pk), object_name(tus.site, tus.row(location).tail)]
        )
    assert tus.patch(location, 5, bytes(95)).status_code == 204


def test_an_upload_in_progress_keeps_its_parts(tus: Tus) -> None:
    body = content(2 * PART)
    location = tus.location(len(body))
    tus.patch(location, 0, body[: PART + 10])
    with site_context(tus.site):
        assert sweeping.sweep_orphans(grace=LATER) == 0
    assert tus.patch(location, PART + 10, body[PART + 10 :]).status_code == 204


def test_a_store_without_rows_is_not_rubbish(tus: Tus) -> None:
    """Somebody has pointed the processes at an empty database."""
    prefix = tus.site.bureau.storage_prefix
    for _ in range(30):
        store.put_new(f"{prefix}/{uuid7()}", b"x")
    with site_context(tus.site), pytest.raises(RuntimeError, match="nothing was deleted"):
        sweeping.sweep_orphans(grace=LATER)
    assert len(objects(tus)) == 30


def test_a_bureaus_end_leaves_no_object(tus: Tus) -> None:
    from asp.blobs import seeding

    tus.whole(content(10))
    location = tus.location(2 * PART)
    tus.patch(location, 0, content(PART + 10))
    with site_context(tus.site):
        seeding.erase()
    assert objects(tus) == []
    assert not list(store.open_multiparts(f"{tus.site.bureau.storage_prefix}/"))


@pytest.mark.parametrize("prefix", ["", "/", "ab/", "abcdef"])
def test_everything_at_once_is_never_deleted(prefix: str) -> None:
    with pytest.raises(ValueError):
        store.delete_all(prefix)


def test_a_finished_upload_is_never_expired(tus: Tus) -> None:
    result = tus.whole(content(10))
    age(tus, expires_at=past())
    with site_context(tus.site):
        assert sweeping.expire_uploads() == 0
        assert Upload.objects.get(pk=result["upload"]).state == UploadState.DONE
        assert Blob.objects.get(pk=result["blob"]).state == BlobState.CHECKING
