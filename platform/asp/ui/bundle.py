"""The built front end: what Vite wrote, by the names the templates use."""

import json
from pathlib import Path
from typing import Any

from django.templatetags.static import static

DIST = Path(__file__).resolve().parent / "static" / "ui" / "dist"
PREFIX = "ui/dist/"
MANIFEST = DIST / "manifest.json"


class BundleMissing(Exception):
    """The front end has not been built, or a name in a template is not in it."""


_read: tuple[int, dict[str, Any]] = (0, {})


def manifest() -> dict[str, Any]:
    """Vite's manifest, read once per build. Raises BundleMissing if nothing was built yet."""
    global _read
    try:
        changed = MANIFEST.stat().st_mtime_ns
    except FileNotFoundError:
        raise BundleMissing("The front end has not been built") from None
    if _read[0] != changed:
        _read = (changed, json.loads(MANIFEST.read_text(encoding="utf-8")))
    return _read[1]


def entry_files(name: str) -> tuple[list[str], list[str]]:
    """The URLs of the styles and of the script of entry `name`, in the order of the page."""
    key = f"src/{name}.js"
    try:
        chunk = manifest()[key]
    except KeyError:
        raise BundleMissing(f"The front end has no entry {name!r}") from None
    styles = [static(PREFIX + path) for path in chunk.get("css", [])]
    return styles, [static(PREFIX + chunk["file"])]


def asset_url(name: str) -> str:
    """The URL of an asset that the build wrote beside the entries, such as `icons.svg`."""
    try:
        return static(PREFIX + manifest()[name]["file"])
    except KeyError:
        raise BundleMissing(f"The front end has no asset {name!r}") from None
