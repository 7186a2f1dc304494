"""The tool for translations."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from django.core.management import call_command
from django.core.management.base import CommandError

from asp.ui import catalogues
from asp.ui.catalogues import AppCatalogues

Words = Callable[[dict[str, str]], None]

PYTHON = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext

class Meta:
    label = _("Folder")

def say(n, name):
    f(_("A file called {name}"), ngettext("%(n)s file", "%(n)s files", n) % {"n": n})
    dynamic = _(name)
    return pgettext("state", "Open")
"""
TEMPLATE = """{% load i18n %}{# Translators: none #}
      {% if x %}<h1 title="{% translate 'Share it' %}">it's "quoted" {{ "Piped"|upper }} {{ _("Constant") }}</h1>
  {% endif %}
{% blocktranslate trimmed count n=rows %}
    {{ n }} row
  {% plural %}
    {{ n }} rows
{% endblocktranslate %}
        {% translate "Open" context "verb" %}
{% blocktranslate with who=person %}Hello {{ who }}, 100%{% endblocktranslate %}
"""


@pytest.fixture
def app(tmp_path: Path) -> AppCatalogues:
    home = tmp_path / "shelf"
    (home / "templates" / "shelf").mkdir(parents=True)
    (home / "frontend" / "node_modules").mkdir(parents=True)
    (home / "views.py").write_text(PYTHON, encoding="utf-8")
    (home / "templates" / "shelf" / "list.html").write_text(TEMPLATE, encoding="utf-8")
    (home / "frontend" / "node_modules" / "noise.py").write_text('_("Noise")', encoding="utf-8")
    return AppCatalogues("shelf", home)


WANTED = {
    ("", "Folder"): "文件夹",
    ("", "A file called {name}"): "名为 {name} 的文件",
    ("", "%(n)s file"): "%(n)s 个文件",
    ("state", "Open"): "打开着",
    ("", "Share it"): "共享",
    ("", "Constant"): "常量",
    ("", "%(n)s row"): "%(n)s 行",
    ("verb", "Open"): "打开",
    ("", "Hello %(who)s, 100%%"): "%(who)s，您好，100%%",
}


def translate(app: AppCatalogues, words: dict[tuple[str, str], str]) -> None:
    """Do a translator's work."""
    catalogue = catalogues.load(app.po("zh_Hans"), "zh_Hans")
    for key, message in catalogues.messages_of(catalogue).items():
        if key in words:
            message.string = (words[key],) if message.pluralizable else words[key]
    catalogues.save(catalogue, app, "zh_Hans")


def faults(app: AppCatalogues) -> list[str]:
    return [str(fault) for fault in catalogues.check(app, app.path.parent, "zh_Hans")]


@pytest.fixture
def translated(app: AppCatalogues) -> AppCatalogues:
    catalogues.update(app, app.path.parent, "zh_Hans")
    translate(app, WANTED)
    assert faults(app) == []
    return app


def test_it_finds_the_texts_of_python_and_templates(app: AppCatalogues) -> None:
    found = catalogues.messages_of(catalogues.extract(app, app.path.parent))
    assert set(found) == set(WANTED)


def test_it_says_what_is_missing_before_anybody_translated(app: AppCatalogues) -> None:
    assert faults(app) == ["shelf: no catalogue for zh_Hans, 9 texts"]
    assert catalogues.update(app, app.path.parent, "zh_Hans") == (9, 0)
    assert len([fault for fault in faults(app) if "not translated" in fault]) == 9


def test_it_keeps_translations_and_adds_and_removes(translated: AppCatalogues) -> None:
    (translated.path / "views.py").write_text('_("Folder")\n_("New")\n', encoding="utf-8")
    assert faults(translated) == [
        "shelf: missing: 'New'",
        "shelf: in the catalogue, but nowhere in the source: 'A file called {name}'",
        "shelf: in the catalogue, but nowhere in the source: '%(n)s file'",
        "shelf: in the catalogue, but nowhere in the source: 'Open'",
    ]
    assert catalogues.update(translated, translated.path.parent, "zh_Hans") == (1, 3)
    assert faults(translated) == ["shelf: not translated: 'New'"]
    assert "文件夹" in translated.po("zh_Hans").read_text(encoding="utf-8")


def test_it_writes_the_same_file_twice(translated: AppCatalogues) -> None:
    before = translated.po("zh_Hans").read_bytes()
    catalogues.update(translated, translated.path.parent, "zh_Hans")
    assert translated.po("zh_Hans").read_bytes() == before


@pytest.mark.parametrize(
    ("key", "wrong", "told"),
    [
        (("", "A file called {name}"), "名为 {nmae} 的文件", "the places differ (wanted: name)"),
        (("", "%(n)s file"), "一些文件", "the places differ (wanted: n)"),
        (("", "Hello %(who)s, 100%%"), "您好", "the places differ (wanted: who)"),
        (("", "Folder"), "文件夹 {oops}", "the places differ (wanted: none)"),
        (("", "Folder"), "文件夹\n", "one ends with a line break, the other not"),
        (("", "Folder"), "", "not translated"),
    ],
)
def test_it_finds_what_does_not_fit(
    translated: AppCatalogues, key: tuple[str, str], wrong: str, told: str
) -> None:
    translate(translated, {key: wrong})
    assert faults(translated) == [f"shelf: {told}: {key[1]!r}"]


def test_it_finds_fuzzy_and_broken_ones(translated: AppCatalogues) -> None:
    po = translated.po("zh_Hans")
    text = po.read_text(encoding="utf-8")
    po.write_text(text.replace('msgid "Folder"', '#, fuzzy\nmsgid "Folder"'), encoding="utf-8")
    assert faults(translated) == ["shelf: fuzzy: 'Folder'"]
    po.write_text(text + '\nmsgid "unfinished\n', encoding="utf-8")
    assert "cannot be read" in faults(translated)[0]


def test_it_compiles_only_what_is_newer(translated: AppCatalogues) -> None:
    assert catalogues.compile_catalogue(translated, "zh_Hans")
    assert not catalogues.compile_catalogue(translated, "zh_Hans")
    with translated.mo("zh_Hans").open("rb") as source:
        assert read_mo(source).get("Folder").string == "文件夹"  # type: ignore[union-attr]
    later = translated.mo("zh_Hans").stat().st_mtime + 10
    os.utime(translated.po("zh_Hans"), (later, later))
    assert catalogues.compile_catalogue(translated, "zh_Hans")
    assert [path.name for path in translated.mo("zh_Hans").parent.iterdir() if path.suffix == ".tmp"] == []


def test_it_finds_one_text_with_two_meanings(translated: AppCatalogues, tmp_path: Path) -> None:
    other = AppCatalogues("other", tmp_path / "other")
    other.path.mkdir()
    (other.path / "views.py").write_text('_("Folder")', encoding="utf-8")
    catalogues.update(other, tmp_path, "zh_Hans")
    translate(other, {("", "Folder"): "卷宗"})
    found = catalogues.ambiguities([translated, other], "zh_Hans")
    assert [str(fault) for fault in found] == ["other: '卷宗' here, '文件夹' in shelf: 'Folder'"]


def test_the_command_checks_this_app() -> None:
    call_command("catalogues", "check", "ui")


def test_the_command_names_an_app_that_is_not_there() -> None:
    with pytest.raises(CommandError, match="no app 'nothing'"):
        call_command("catalogues", "check", "nothing")
