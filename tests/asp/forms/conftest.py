"""A directory of three people and one department, and a desk with two files."""

import uuid

import pytest
from django.utils import translation

from asp.forms import Directory, Entry, FileDesk, FileInfo, directories

LIN, ZHAO, GONE = (uuid.UUID(int=number) for number in (1, 2, 3))
OFFICE = uuid.UUID(int=9)
PEOPLE = {LIN: Entry(LIN, "林晓岚", "办公室"), ZHAO: Entry(ZHAO, "赵志强"), GONE: Entry(GONE, "钱已走")}
UNITS = {OFFICE: Entry(OFFICE, "办公室")}


@pytest.fixture(autouse=True)
def known(monkeypatch):
    """The directories of these tests, instead of the real ones."""

    def directory(kind, entries, usable):
        return Directory(
            kind,
            search=lambda words, limit: [each for each in entries.values() if words in each.label][:limit],
            labels=lambda ids: [entries[each] for each in ids if each in entries],
            usable=lambda ids: [each for each in ids if each in usable],
        )

    found = {
        "person": directory("person", PEOPLE, {LIN, ZHAO}),
        "department": directory("department", UNITS, {OFFICE}),
    }
    monkeypatch.setattr(directories, "_directories", found)


@pytest.fixture
def desk():
    files = {
        "a1": FileInfo("a1", "通知.pdf", 2048, "application/pdf", "/files/a1/"),
        "b2": FileInfo("b2", "照片.jpg", 4096, "image/jpeg", "/files/b2/"),
    }
    return FileDesk(
        "tests.form", "case-1", lambda ids: {key: files[key] for key in ids if key in files}, 10 * 1024 * 1024
    )


@pytest.fixture(autouse=True)
def english(no_language_left):
    """What is said is compared in English; tests of the Chinese words say so."""
    with translation.override("en"):
        yield
