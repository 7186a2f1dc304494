"""Central templates (中央模板) of everyday processes: they come with the release, one file each.

A file holds code, version, kind, category, names and descriptions, the roles that its steps name, the form
(format 1 of `asp.forms`) and the list of steps. Whoever changes one counts `version` up: bureaus that adopted it are
offered the difference.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class NeededRole:
    """Somebody whom a template needs and each bureau has under another name. `also`: what they may be called."""

    key: str
    name: str
    name_en: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Template:
    """A central template."""

    code: str
    version: int
    kind: str
    category: str
    sort: int
    name: str
    name_en: str
    description: str
    description_en: str
    roles: tuple[NeededRole, ...]
    form: Mapping[str, Any]
    steps: Mapping[str, Any]

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "Template":
        """From the JSON of a file."""
        roles = tuple(
            NeededRole(key, each["name"], each["name_en"], tuple(each.get("also", ())))
            for key, each in data["roles"].items()
        )
        return cls(**{**data, "roles": roles})


@cache
def templates() -> Mapping[str, Template]:
    """All of this release, by code, in their order."""
    found = [Template.read(json.loads(each.read_text("utf-8"))) for each in FOLDER.glob("*.json")]
    return {each.code: each for each in sorted(found, key=lambda one: (one.sort, one.code))}
