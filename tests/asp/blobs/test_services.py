"""The public door: write, open, release, quota."""

import hashlib
import io
import zipfile
from collections.abc import Iterator

import openpyxl
import pytest
from django.db import transaction

from asp.blobs import store
from asp.blobs.errors import BlobGone, BlobNotReady, FileNameRefused, QuotaExceeded
from asp.blobs.models import Blob, BlobState
from asp.blobs.sealed import SealedReader, sealed_object
from asp.blobs.services import blob_open, blob_release, blob_write, quota_get, quota_set
from asp.blobs.writer import PART_SIZE, part_size_for
from tenants.context import site_context
from tenants.site import Site
from tests.asp.blobs.support import ACTOR, PART, content
from tests.asp.blobs.test_sniff import workbook


@pytest.fixture(autouse=True)
def inside(bureau: Site) -> Iterator[None]:
    with site_context(bureau):
        yield


def write(data: object, name: str = "a.bin") -> Blob:
    return blob_write(actor=ACTOR, data=data, filename=name, media_type="")  # type: ignore[arg-type]


def objects(site: Site) -> list[str]:
    return [each.name for each in store.objects(f"{site.bureau.storage_prefix}/")]


@pytest.mark.parametrize("size", [0, 1, 65_536, PART, PART + 1, 2 * PART, 2 * PART + 99], ids=str)
def test_it_writes_bytes(size: int) -> None:
    body = content(size)
    blob = write(body)
    assert blob.state == BlobState.READY
    assert (blob.size, blob.sha256) == (size, hashlib.sha256(body).hexdigest())
    with blob_open(blob) as file:
        assert file.read() == body
    assert quota_get().used == size


@pytest.mark.parametrize("piece", [1000, 65_536, 7_000_000], ids=str)
def test_it_writes_what_comes_in_pieces(piece: int) -> None:
    body = content(2 * PART + 5)
    blob = write(body[start : start + piece] for start in range(0, len(body), piece))
    assert blob.sha256 == hashlib.sha256(body).hexdigest()
    assert b"".join(sealed_object(blob).stream()) == body


def test_the_smallest_part_is_large_enough_for_the_store() -> None:
    from asp.blobs.frames import sealed_size

    assert sealed_size(PART_SIZE) > store.MULTIPART_MINIMUM
    for length in (0, PART_SIZE, 10**9, 10**11, 10**13):
        assert part_size_for(length) % 65_536 == 0
        assert part_size_for(length) * 1000 >= length


def test_content_that_breaks_off_leaves_nothing(bureau: Site) -> None:
    def breaks() -> Iterator[bytes]:
        yield content(PART + 1)
        raise ConnectionError("the sender is gone")

    with pytest.raises(ConnectionError):
        write(breaks())
    assert objects(bureau) == []
    assert not list(store.open_multiparts(f"{bureau.bureau.storage_prefix}/"))
    assert quota_get().used == 0


def test_more_than_the_quota_is_refused_and_leaves_nothing(bureau: Site) -> None:
    quota_set(limit=1000)
    with pytest.raises(QuotaExceeded):
        write(content(1001))
    with pytest.raises(QuotaExceeded):
        write(iter([content(600), content(600)]))
    assert objects(bureau) == []
    assert write(content(1000)).size == 1000


def test_a_rolled_back_transaction_takes_row_and_quota_back() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        write(content(100))
        raise ZeroDivisionError
    assert not Blob.objects.exists()
    assert quota_get().used == 0


def test_a_hostile_name_is_refused() -> None:
    with pytest.raises(FileNameRefused):
        write(b"x", "../x")


def test_a_workbook_opens_without_being_read_whole() -> None:
    blob = write(workbook(), "人员.xlsx")
    assert blob.media_type.endswith("spreadsheetml.sheet")
    with blob_open(blob) as file:
        assert openpyxl.load_workbook(file).sheetnames == ["Sheet"]


def test_reading_a_zips_directory_costs_little(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("large.bin", content(3_000_000))
        archive.writestr("small.txt", "words")
    blob = write(file.getvalue())
    fetched: list[int] = []
    original = store.open_range

    def watched(name: str, start: int, end: int) -> object:
        fetched.append(end - start)
        return original(name, start, end)

    monkeypatch.setattr(store, "open_range", watched)
    with blob_open(blob) as opened, zipfile.ZipFile(opened) as archive:
        assert archive.read("small.txt") == b"words"
    assert sum(fetched) < 1_000_000


def test_reading_in_order_takes_few_requests(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    blob = write(content(3_000_000))
    requests: list[int] = []
    original = store.open_range
    monkeypatch.setattr(store, "open_range", lambda *a: requests.append(1) or original(*a))
    with blob_open(blob) as file:
        while file.read(10_000):
            pass
    assert len(requests) <= 8


def test_a_file_can_be_sought() -> None:
    body = content(200_000)
    reader = SealedReader(sealed_object(write(body)))
    assert reader.seek(-10, io.SEEK_END) == 199_990
    assert reader.read() == body[-10:]
    assert reader.seek(65_530) == 65_530
    assert reader.read(10) == body[65_530:65_536]  # a raw read may stop at the window's end
    assert reader.seek(5, io.SEEK_CUR) == 65_541
    reader.seek(300_000)
    assert reader.read(1) == b""
    with pytest.raises(ValueError):
        reader.seek(-1)


def test_giving_up_frees_the_quota_once() -> None:
    blob = write(content(100))
    other = write(content(50))
    blob_release(actor=ACTOR, blob=blob)
    blob_release(actor=ACTOR, blob=blob)
    assert quota_get().used == 50
    assert blob.state == BlobState.RELEASED
    assert Blob.objects.get(pk=other.pk).is_ready


@pytest.mark.parametrize(
    ("state", "error"), [(BlobState.RECEIVING, BlobNotReady), (BlobState.BROKEN, BlobNotReady)]
)
def test_what_is_not_whole_does_not_open(state: str, error: type[Exception]) -> None:
    blob = write(b"x")
    blob.state = state
    with pytest.raises(error):
        blob_open(blob)


def test_what_was_erased_does_not_open() -> None:
    blob = write(b"x")
    blob.wrapped_key = None
    with pytest.raises(BlobGone):
        blob_open(blob)


def test_a_quota_cannot_be_negative() -> None:
    with pytest.raises(ValueError):
        quota_set(limit=-1)


def test_a_blob_of_one_bureau_is_unknown_in_another(make_bureau) -> None:  # type: ignore[no-untyped-def]
    blob = write(content(100))
    with site_context(Site("bureau", make_bureau())):
        assert not Blob.objects.filter(pk=blob.pk).exists()
        from asp.blobs.keys import WrongKeyError

        with pytest.raises(WrongKeyError):
            blob_open(blob)
