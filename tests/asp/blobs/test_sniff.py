"""What content is, is told by its bytes."""

import io
import zipfile

import openpyxl
import pytest

from asp.blobs import sniff

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(40)
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def archive(*names: str, stored_first: str = "") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as written:
        if stored_first:
            written.writestr("mimetype", stored_first)
        for name in names:
            written.writestr(name, "x")
    return file.getvalue()


def workbook() -> bytes:
    file = io.BytesIO()
    openpyxl.Workbook().save(file)
    return file.getvalue()


def whole(content: bytes, declared: str = "") -> str:
    head = content[: sniff.HEAD_SIZE]
    return sniff.refine(sniff.media_type_of(head, declared=declared), io.BytesIO(content))


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"", "text/plain"),
        (PNG, "image/png"),
        (JPEG, "image/jpeg"),
        (PDF, "application/pdf"),
        (b"plain words", "text/plain"),
        ("中文，UTF-8".encode(), "text/plain"),
        ("中文，国标".encode("gb18030"), "text/plain"),
        ("中文".encode("utf-16"), "text/plain"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "text/html"),
        (b"\xef\xbb\xbf  <HTML>", "text/html"),
        (b"<?xml version='1.0'?><svg onload='x()'/>", "image/svg+xml"),
        (b"<?xml version='1.0'?><a/>", "application/xml"),
        (OLE, "application/x-ole-storage"),
        (OLE + "WordDocument".encode("utf-16-le"), "application/msword"),
        (OLE + "Workbook".encode("utf-16-le"), "application/vnd.ms-excel"),
        (archive("a.txt"), "application/zip"),
        (archive("[Content_Types].xml", "word/document.xml"), sniff._OOXML + ".wordprocessingml.document"),
        (archive("OFD.xml", "Doc_0/Document.xml"), "application/ofd"),
        (archive("content.xml", stored_first=sniff._OPEN_DOCUMENT + "text"), sniff._OPEN_DOCUMENT + "text"),
        (workbook(), sniff._OOXML + ".spreadsheetml.sheet"),
        (b"\x00\x01\x02binary", "application/octet-stream"),
        (b"MZ" + bytes(100), "application/x-msdownload"),
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_it_tells_kinds_apart(content: bytes, media_type: str) -> None:
    assert whole(content) == media_type


def test_a_name_changes_nothing_but_among_texts() -> None:
    assert whole(b"a,b\n1,2\n", "text/csv") == "text/csv"
    assert whole(PNG, "text/csv") == "image/png"
    assert whole(b"<html>", "text/csv") == "text/html"
    assert whole(b"words", "text/html") == "text/plain"
    assert whole(b"words", "application/pdf") == "text/plain"


def test_a_renamed_xls_is_not_a_workbook() -> None:
    assert whole(b"name;phone\n", "application/vnd.ms-excel") == "text/plain"


def test_a_character_cut_at_the_end_of_the_sample_is_still_text() -> None:
    assert sniff.is_text(("密" * 5000).encode()[: sniff.HEAD_SIZE])
    assert sniff.is_text(("a" + "密" * 5000).encode("gb18030")[: sniff.HEAD_SIZE])


def test_a_directory_at_the_end_tells_more_than_the_head() -> None:
    content = archive("padding.bin", "word/document.xml")
    assert sniff.media_type_of(content[:40]) == "application/zip"
    assert whole(content).endswith("wordprocessingml.document")
