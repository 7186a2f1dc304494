"""The built front end: what Vite wrote, by the names the templates use."""

import functools
import json
import time
from pathlib import Path
from typing import Any

from django.templatetags.static import static

DIST = Path(__file__).resolve().parent / "static" / "ui" / "dist"
PREFIX = "ui/dist/"
MANIFEST = DIST / "manifest.json"


class BundleMissing(Exception):
    """The front end has not been built, or a name in a template is not in it."""


LOOK_SECONDS = 1.0  # a new build is noticed so soon; a page asks for forty icons


class _Manifest:
    """Vite's manifest as it was read last."""

    def __init__(self) -> None:
        self.chunks: dict[str, Any] = {}
        self._changed = 0
        self._looked = 0.0

    def look(self) -> None:
        """Read it anew if it has changed. Raises BundleMissing if nothing was built yet."""
        now = time.monotonic()
        if self._changed and now - self._looked < LOOK_SECONDS:
            return
        try:
            changed = MANIFEST.stat().st_mtime_ns
        except FileNotFoundError:
            self._changed = 0
            raise BundleMissing("The front end has not been built") from None
        if self._changed != changed:
            self.chunks = json.loads(MANIFEST.read_text(encoding="utf-8"))
            self._changed = changed
        self._looked = now


_manifest = _Manifest()


def manifest() -> dict[str, Any]:
    """Vite's manifest, read once per build. Raises BundleMissing if nothing was built yet."""
    _manifest.look()
    return _manifest.chunks


def entry_files(name: str) -> tuple[list[str], list[str]]:
    """The URLs of the styles and of the script of entry `name`, in the order of the page."""
    key = f"src/{name}.js"
    try:
        chunk = manifest()[key]
    except KeyError:
        raise BundleMissing(f"The front end has no entry {name!r}") from None
    return [_url(path) for path in chunk.get("css", [])], [_url(chunk["file"])]


def asset_url(name: str) -> str:
    """The URL of an asset that the build wrote beside the entries, such as `icons.svg`."""
    try:
        return _url(manifest()[name]["file"])
    except KeyError:
        raise BundleMissing(f"The front end has no asset {name!r}") from None


@functools.lru_cache(maxsize=256)
def _url(path: str) -> str:
    return str(static(PREFIX + path))
