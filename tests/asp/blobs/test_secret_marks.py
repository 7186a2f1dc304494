"""Files with a secrecy mark are refused, not kept, and put on record."""

import io
import json
import zipfile

import pytest

from asp.audit.models import Entry
from asp.blobs import store
from asp.blobs.errors import SecretMarkRefused
from asp.blobs.models import Blob, BlobState, Upload, UploadState
from asp.blobs.services import blob_write, quota_get
from tenants.context import site_context
from tests.asp.blobs import support
from tests.asp.blobs.support import PART, Tus

MARKED = "关于某事的通知\n机密★20年\n".encode()


def document(text: str, padding: int = 0) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        if padding:
            archive.writestr("word/media/image1.bin", support.content(padding))
        archive.writestr("word/document.xml", f"<w:document><w:p><w:t>{text}</w:t></w:p></w:document>")
    return file.getvalue()


def entries(tus: Tus) -> list[Entry]:
    with site_context(tus.site):
        return list(Entry.objects.filter(action="blobs.secret_refused"))


def assert_nothing_kept(tus: Tus) -> None:
    with site_context(tus.site):
        assert not Blob.objects.exclude(wrapped_key=None).exists()
        assert quota_get().used == quota_get().reserved == 0
    assert list(store.objects(f"{tus.site.bureau.storage_prefix}/")) == []


def test_a_mark_in_the_name_is_refused_at_once(tus: Tus) -> None:
    response = tus.create(10, name="某事（机密★）.docx")
    assert response.status_code == 422
    assert json.loads(response.content)["code"] == "blobs.secret_mark"
    (entry,) = entries(tus)
    assert entry.target_name == "某事（机密★）.docx"
    assert entry.actor_kind == "staff"
    assert_nothing_kept(tus)


@pytest.mark.parametrize(
    "body", [MARKED, MARKED.decode().encode("gb18030"), document("绝密★")], ids=["utf-8", "gb", "docx"]
)
def test_a_mark_in_the_content_is_refused_with_the_last_byte(tus: Tus, body: bytes) -> None:
    location = tus.location(len(body), name="通知.txt")
    tus.patch(location, 0, body[:20])
    response = tus.patch(location, 20, body[20:])
    assert response.status_code == 422
    assert "secrecy mark" in json.loads(response.content)["message"]
    (entry,) = entries(tus)
    assert entry.target_name == "通知.txt"
    assert "机密" not in json.dumps(entry.params, ensure_ascii=False)
    assert tus.row(location).state == UploadState.REFUSED
    assert tus.head(location).status_code == 410
    assert support.finished == []
    assert_nothing_kept(tus)


def test_a_mark_in_a_large_document_is_found_by_the_check(tus: Tus) -> None:
    """Its directory lies at the end, so only the whole file shows it."""
    result = tus.whole(document("秘密★", padding=PART + 1000), name="大文件.docx")
    blob = support.checked(tus.site, result["blob"], result["upload"])
    assert (blob.state, blob.reason, blob.wrapped_key) == (BlobState.BROKEN, "secret_mark", None)
    assert list(store.objects(f"{tus.site.bureau.storage_prefix}/")) == []
    assert len(entries(tus)) == 1


def test_content_that_the_system_writes_is_looked_at_too(tus: Tus) -> None:
    with site_context(tus.site):
        for data, name in ((MARKED, "a.txt"), (b"x", "机密★.txt")):
            with pytest.raises(SecretMarkRefused):
                blob_write(actor=support.ACTOR, data=data, filename=name, media_type="text/plain")
        assert not Blob.objects.exists()
        assert not Upload.objects.exists()
    assert_nothing_kept(tus)
