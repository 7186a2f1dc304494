"""The finishing check reads back what is stored; only then a file is handed out."""

import hashlib

import pytest

from asp.audit.models import Entry
from asp.blobs import store
from asp.blobs.models import Blob, BlobState
from asp.blobs.sealed import object_name
from asp.jobs.models import Job
from tenants.context import site_context
from tests.asp.blobs import support
from tests.asp.blobs.support import PART, Tus, content
from tests.asp.blobs.test_sniff import workbook


def overwrite(name: str, data: bytes) -> None:
    """What only somebody with the store's own credentials could do."""
    store.delete(name)
    store.put_new(name, data)


def stored(tus: Tus, result: dict[str, str]) -> tuple[str, bytearray]:
    name = f"{tus.site.bureau.storage_prefix}/{result['blob']}"
    return name, bytearray(store.read(name, 0, store.size_of(name) or 0))


def test_the_check_is_ordered_with_the_last_byte(tus: Tus) -> None:
    result = tus.whole(content(100))
    with site_context(tus.site):
        job = Job.objects.get(name="blobs.check")
    assert str(job.about) == result["blob"]
    assert job.params == {"blob_id": result["blob"], "upload_id": result["upload"]}


@pytest.mark.parametrize("size", [0, 1, PART, 2 * PART + 17], ids=str)
def test_a_whole_file_becomes_ready(tus: Tus, size: int) -> None:
    body = content(size)
    if size:
        result = tus.whole(body)
    else:
        import json

        result = json.loads(tus.create(0)["Tb-Result"])
    blob = support.checked(tus.site, result["blob"], result["upload"])
    assert blob.state == BlobState.READY
    assert blob.sha256 == hashlib.sha256(body).hexdigest()
    assert blob.checked_at is not None


def test_it_says_what_the_content_is(tus: Tus) -> None:
    result = tus.whole(workbook(), name="人员.xlsx")
    assert support.checked(tus.site, result["blob"]).media_type.endswith("spreadsheetml.sheet")


@pytest.mark.parametrize("harm", ["bit", "cut", "longer", "gone", "other"])
def test_harm_is_found_and_put_on_record(tus: Tus, harm: str) -> None:
    result, other = tus.whole(content(200_000)), tus.whole(content(200_000, "other"))
    name, data = stored(tus, result)
    if harm == "bit":
        data[150_000] ^= 1
    elif harm == "cut":
        del data[131_000:]
    elif harm == "longer":
        data += bytes(16)
    elif harm == "other":
        data = stored(tus, other)[1]
    if harm == "gone":
        store.delete(name)
    else:
        overwrite(name, bytes(data))
    blob = support.checked(tus.site, result["blob"], result["upload"])
    assert (blob.state, blob.reason) == (BlobState.BROKEN, "broken")
    with site_context(tus.site):
        entry = Entry.objects.get(action="blobs.check_failed")
    assert str(entry.target_id) == result["blob"]


def test_a_row_that_names_another_blobs_key_is_found(tus: Tus) -> None:
    """Somebody exchanges the keys of two rows in the database."""
    from asp.blobs.keys import WrongKeyError

    one, other = tus.whole(content(10)), tus.whole(content(10, "other"))
    with site_context(tus.site):
        Blob.objects.filter(pk=one["blob"]).update(wrapped_key=Blob.objects.get(pk=other["blob"]).wrapped_key)
    with pytest.raises(WrongKeyError):
        support.checked(tus.site, one["blob"])


def test_checking_again_changes_nothing(tus: Tus) -> None:
    result = tus.whole(content(10))
    first = support.checked(tus.site, result["blob"])
    assert support.checked(tus.site, result["blob"]).checked_at == first.checked_at


def test_a_store_that_is_away_leaves_it_for_the_next_try(tus: Tus, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    result = tus.whole(content(10))

    def away(_name: str) -> int:
        raise store.StoreUnavailable

    monkeypatch.setattr(store, "size_of", away)
    with pytest.raises(store.StoreUnavailable):
        support.checked(tus.site, result["blob"])
    monkeypatch.undo()
    assert support.checked(tus.site, result["blob"]).state == BlobState.READY


def test_object_names_say_nothing(tus: Tus) -> None:
    result = tus.whole(content(10), name="王芳的病历.pdf")
    with site_context(tus.site):
        name = object_name(tus.site, Blob.objects.get(pk=result["blob"]).pk)
    assert name == f"{tus.site.bureau.storage_prefix}/{result['blob']}"
    assert tus.site.bureau.slug not in name
