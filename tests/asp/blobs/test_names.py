"""Hostile file names get an answer in words; honest ones stay as they are."""

import pytest
from django.utils import translation

from asp.blobs.errors import FileNameRefused
from asp.blobs.names import MOST_BYTES, clean_filename

KEPT = [
    "报告.docx",
    "关于印发《云溪县2026年重点工作》的通知（征求意见稿）.ofd",
    "𠮷野家合同.pdf",  # beyond the Basic Multilingual Plane
    "a b  c.txt",
    "no extension",
    ".gitignore",
    "图片：说明；“引号”.png",  # full-width punctuation is not reserved
    "👨‍👩‍👧 family.jpg",  # joined by zero-width joiners
    "naïve.txt",
    "console.log",
    "com.txt.pdf",
    "lpt10.txt",
    "密" * 85,
]

REFUSED = {
    "": "empty",
    "   ": "empty",
    ".": "path",
    "..": "path",
    "...": "path",
    "../../etc/passwd": "path",
    "..\\..\\windows\\system32": "path",
    "/etc/passwd": "path",
    "C:\\boot.ini": "reserved_character",
    "a/b.txt": "path",
    "a\\b.txt": "path",
    "a\x00.txt": "control",
    "a\nb.txt": "control",
    "a\r\nSet-Cookie: x.txt": "control",
    "a\x1b[31m.txt": "control",
    "a\x7f.txt": "control",
    "a\x85b.txt": "control",
    "a\u2028b.txt": "control",
    "a\ud800b.txt": "control",
    "a\ufffeb.txt": "control",
    "报告\u202efdp.exe": "direction",
    "a\u2067b.txt": "direction",
    "a\u200fb.txt": "direction",
    "a\u200bb.txt": "invisible",
    "a\ufeffb.txt": "invisible",
    "a\u00adb.txt": "invisible",
    'a"b.txt': "reserved_character",
    "a:b.txt": "reserved_character",
    "<script>.txt": "reserved_character",
    "what?.txt": "reserved_character",
    "a|b": "reserved_character",
    "CON": "reserved_name",
    "con.txt": "reserved_name",
    "Aux.tar.gz": "reserved_name",
    "COM1": "reserved_name",
    "lpt9.doc": "reserved_name",
    "nul .txt": "reserved_name",
    "file.": "trailing_dot",
    "密" * 300: "too_long",
    "x" * (MOST_BYTES + 1): "too_long",
}


@pytest.mark.parametrize("name", KEPT)
def test_it_keeps_harmless_names(name: str) -> None:
    assert clean_filename(name) == name


@pytest.mark.parametrize(("name", "reason"), REFUSED.items(), ids=lambda value: ascii(value)[:40])
def test_it_refuses_with_a_reason(name: str, reason: str) -> None:
    with pytest.raises(FileNameRefused) as refused:
        clean_filename(name)
    assert refused.value.code == f"blobs.name_{reason}"
    assert refused.value.status == 400


def test_it_composes_characters() -> None:
    assert clean_filename("re\u0301sume\u0301.pdf") == "r\u00e9sum\u00e9.pdf"


def test_it_takes_spaces_away_from_the_ends() -> None:
    assert clean_filename("  报告.pdf\u3000") == "报告.pdf"


def test_300_chinese_characters_get_a_clear_message() -> None:
    with translation.override("en"), pytest.raises(FileNameRefused) as refused:
        clean_filename("密" * 300)
    with translation.override("en"):
        assert "300 characters take 900 bytes" in refused.value.text
        assert "at most 255" in refused.value.text
        assert "85 Chinese characters" in refused.value.text


def test_the_message_never_repeats_a_hostile_name() -> None:
    with pytest.raises(FileNameRefused) as refused:
        clean_filename("evil\u202egpj.exe")
    assert "\u202e" not in refused.value.text
