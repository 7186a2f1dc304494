"""Finds words in the wrong language on a page, from the catalogues of all apps."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po
from playwright.sync_api import Page

from infra.tools import ROOT

CHINESE = re.compile(r"[\u3400-\u9fff]+")
HOLE = re.compile(r"%\([a-z_]+\)[sd]|\{[a-z_]*\}|%[sd]")

# Text nodes that are seen, and words that are heard. `lang`, `translate=no` and code are data.
READ = """() => {
  const shown = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.data.replace(/\\s+/g, " ").trim();
    const parent = node.parentElement;
    if (!text || !parent || parent.closest("script,style,template,code,body [lang],[translate=no]")) continue;
    if (parent.checkVisibility({visibilityProperty: true})) shown.push(text);
  }
  for (const name of ["aria-label", "placeholder", "title", "alt"])
    for (const element of document.querySelectorAll(`body [${name}]`))
      if (!element.closest("body [lang],template")) shown.push(element.getAttribute(name).replace(/\\s+/g, " ").trim());
  shown.push(document.title);
  const root = document.documentElement;
  return {texts: shown, wide: root.scrollWidth, room: root.clientWidth, lang: root.lang};
}"""


@dataclass(frozen=True)
class Catalogue:
    """The interface's English where there is Chinese for it: sentences, and patterns for those with holes."""

    english: frozenset[str]
    patterns: tuple[re.Pattern[str], ...]


@cache
def catalogue() -> Catalogue:
    """Every message of every app whose two languages differ."""
    english: set[str] = set()
    for path in _files():
        with path.open("rb") as file:
            for message in read_po(file, locale="zh_Hans"):
                ids = message.id if isinstance(message.id, (list, tuple)) else (message.id,)
                strings = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
                if message.id and not message.fuzzy:
                    english.update(_flat(text) for text in ids if text not in strings)
    return Catalogue(frozenset(text for text in english if not HOLE.search(text)), _patterns(english))


def _files() -> list[Path]:
    folders = (ROOT / "platform", ROOT / "office", ROOT / "provisioning", ROOT / "tenants")
    return [path for folder in folders for path in folder.rglob("locale/zh_Hans/LC_MESSAGES/django.po")]


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _patterns(texts: set[str]) -> tuple[re.Pattern[str], ...]:
    """Sentences with holes, if enough is left of them to be known by."""
    found = []
    for text in texts:
        parts = HOLE.split(text)
        if len(parts) > 1 and len(re.findall(r"[A-Za-z]{2,}", "".join(parts))) >= 2:
            found.append(re.compile(".+?".join(re.escape(part) for part in parts)))
    return tuple(found)


def english_left(texts: list[str]) -> list[str]:
    """What is English on a Chinese page although the catalogues have Chinese for it."""
    known = catalogue()
    suspects = {text for text in texts if re.search(r"[A-Za-z]{2}", text)}
    return sorted(
        text
        for text in suspects
        if text in known.english
        or (not CHINESE.search(text) and any(each.fullmatch(text) for each in known.patterns))
    )


def chinese_left(texts: list[str], data: str) -> list[str]:
    """What is Chinese on an English page although it is no data.

    `data` is everything that people typed, in one string; names that they chose stay in their language.
    """
    return sorted({text for text in texts if any(run not in data for run in CHINESE.findall(text))})


def read(page: Page) -> dict[str, Any]:
    """Texts, width and language of a page."""
    found: dict[str, Any] = page.evaluate(READ)
    return found
