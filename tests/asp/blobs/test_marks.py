"""Secrecy marks are found where people put them."""

import io
import zipfile

import pytest

from asp.blobs import marks


def archive(**members: str) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as written:
        for name, text in members.items():
            written.writestr(name, text)
    file.seek(0)
    return file


@pytest.mark.parametrize(
    "text", ["绝密★30年", "机密 ★ 10年", "秘密\u3000★", "关于某事（机密★）.doc", "秘密\n★"]
)
def test_it_finds_marks(text: str) -> None:
    assert marks.is_marked(text)


@pytest.mark.parametrize("text", ["", "保密须知", "秘密", "★", "★秘密", "内部★", "机密性与★完整性"])
def test_it_leaves_other_words_alone(text: str) -> None:
    assert not marks.is_marked(text)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_it_reads_the_usual_encodings(encoding: str) -> None:
    assert marks.text_is_marked("文件  机密★20年".encode(encoding))
    assert not marks.text_is_marked("文件  普通".encode(encoding))


def test_a_mark_cut_into_runs_is_found_in_a_document() -> None:
    xml = "<w:p><w:r><w:t>机</w:t></w:r><w:r><w:t>密</w:t></w:r><w:r><w:t>★10年</w:t></w:r></w:p>"
    assert marks.document_is_marked(archive(**{"word/document.xml": xml}))


def test_a_mark_in_the_header_is_found() -> None:
    members = {"word/document.xml": "<w:p>正文</w:p>", "word/header1.xml": "<w:p>秘密★</w:p>"}
    assert marks.document_is_marked(archive(**members))


def test_words_of_two_paragraphs_are_not_joined_to_a_mark() -> None:
    xml = "<w:p><w:t>国家秘密</w:t></w:p><w:p><w:t>一、★重点</w:t></w:p>"
    assert not marks.document_is_marked(archive(**{"word/document.xml": xml}))


def test_a_bomb_costs_no_more_than_a_letter() -> None:
    bomb = archive(**{"word/document.xml": "A" * 200_000_000})
    assert bomb.getbuffer().nbytes < 1_000_000
    assert not marks.document_is_marked(bomb)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"PK\x03\x04" + bytes(100), b"%PDF-1.7"])
def test_what_cannot_be_read_carries_no_mark(content: bytes) -> None:
    assert not marks.document_is_marked(io.BytesIO(content))
