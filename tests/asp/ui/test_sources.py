"""Rules over every template and over the list of icons."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from asp.ui import catalogues

ROOT = Path(settings.BASE_DIR)
FRONTEND = ROOT / "platform" / "asp" / "ui" / "frontend"
ICON = re.compile(r"""\{% icon ["']([a-z0-9-]+)["']|\bicon=["']([a-z0-9-]+)["']""")
NAV = re.compile(r"""NavItem\(\s*["'][\w-]+["'],\s*[^,]+,\s*["']([a-z0-9-]+)["']""")


def templates() -> Iterator[Path]:
    for app in catalogues.own_apps():
        yield from (app.path / "templates").rglob("*.html")


def sources() -> Iterator[Path]:
    yield from templates()
    for app in catalogues.own_apps():
        yield from (path for path in app.path.rglob("*.py") if "node_modules" not in path.parts)


def test_every_icon_is_in_the_sprite() -> None:
    known = set(json.loads((FRONTEND / "icons.json").read_text(encoding="utf-8")))
    missing = {}
    for path in sources():
        text = path.read_text(encoding="utf-8")
        names = {one or two for one, two in ICON.findall(text)} | set(NAV.findall(text))
        if absent := names - known:
            missing[path.relative_to(ROOT).as_posix()] = sorted(absent)
    assert not missing, "add the names to platform/asp/ui/frontend/icons.json"


def test_the_icons_are_in_order_and_single() -> None:
    names = json.loads((FRONTEND / "icons.json").read_text(encoding="utf-8"))
    assert names == sorted(set(names))


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        (r"<script(?![^>]*\bsrc=)", "no inline script: it belongs into the bundle"),
        (r"<style\b|\sstyle\s*=", "no inline style: classes and <progress> do it"),
        (r"\son[a-z]+\s*=\s*[\"']", "no inline handler: data attributes and the bundle do it"),
        (r"""(?:src|href)=["'](?:https?:)?//""", "nothing comes from another place"),
        (r"\|safe\b", "nothing that people wrote is taken as markup"),
    ],
)
def test_no_template_breaks_the_policy(pattern: str, why: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match.group(0)}"
        for path in templates()
        for match in re.finditer(pattern, path.read_text(encoding="utf-8"))
    ]
    assert not found, why


def test_the_lock_of_the_front_end_names_no_place() -> None:
    text = (FRONTEND / "package-lock.json").read_text(encoding="utf-8")
    assert "resolved" not in text
    assert "http" not in re.sub(r'"(?:url|funding)": "[^"]*"', "", text)
    assert '"integrity": "sha512-' in text


def test_colours_are_tokens() -> None:
    """A colour outside tokens.css is a defect; the literals of the mock-ups' paper are the only ones."""
    grown = (FRONTEND / "src" / "grown.css").read_text(encoding="utf-8")
    literals = set(re.findall(r"#[0-9a-fA-F]{3,8}\b", grown))
    assert literals <= {"#fff", "#000"}
