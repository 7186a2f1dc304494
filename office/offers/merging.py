"""Three texts of one role side by side (三方比较): as it was taken over, as it is here now, as it is offered now."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenants import registry

FIELDS: dict[str, str | Promise] = {
    "name": gettext_lazy("Name"),
    "name_en": gettext_lazy("Name in English"),
    "description": gettext_lazy("What it is for"),
}
CODE = "code:"


@dataclass(frozen=True, slots=True)
class Text:
    """What a role says."""

    name: str
    name_en: str
    description: str
    codes: frozenset[str]

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Text":
        """From JSON or from fields."""
        fields = {field: str(said[field]) for field in FIELDS}
        return cls(**fields, codes=frozenset(said["codes"]))

    def as_json(self) -> dict[str, Any]:
        """The same in JSON types."""
        return {field: getattr(self, field) for field in FIELDS} | {"codes": sorted(self.codes)}


@dataclass(frozen=True, slots=True)
class Part:
    """One thing in which the three texts differ: a field with its words, or a permission with yes and no.

    `news`: the host has changed it and the office does not have that yet; `contested`: the office has changed it
    as well; `unknown`: this office cannot have it, so it is left out.
    """

    key: str
    base: str | bool
    own: str | bool
    new: str | bool
    news: bool
    contested: bool
    unknown: bool

    @property
    def label(self) -> str:
        """What it is called, in the reader's language."""
        return part_text(self.key)

    @property
    def takeable(self) -> bool:
        """Whether it can be taken over."""
        return self.news and not self.unknown


def part_text(key: str) -> str:
    """What a part is called: a field, or a permission."""
    if key in FIELDS:
        return str(FIELDS[key])
    return code_text(key.removeprefix(CODE))


def code_text(code: str) -> str:
    """What a permission is called; one that this version does not know keeps its code."""
    labels = {permission.code: permission.label for _function, permission in registry.permissions()}
    return str(labels.get(code, code))


def why_unknown(code: str) -> str:
    """Why an office cannot have a permission, in the reader's language."""
    if any(permission.code == code for _function, permission in registry.permissions()):
        return _("its function is not switched on here")
    return _("not known to this version")


def compare(*, base: Text, own: Text, new: Text, known: Collection[str]) -> list[Part]:
    """Everything in which the three differ; `known` are the permissions that a role can have here."""
    parts = []
    for field in FIELDS:
        was, here, then = (getattr(each, field) for each in (base, own, new))
        news = then not in (was, here)
        if news or here != was:
            parts.append(Part(field, was, here, then, news, news and here != was, unknown=False))
    for code in sorted(base.codes | own.codes | new.codes):
        had, has, may = (code in each.codes for each in (base, own, new))
        news = may not in (had, has)
        # What this office cannot have is shown although nothing can be done about it.
        unknown = news and code not in known
        if news or has != had:
            parts.append(Part(f"{CODE}{code}", had, has, may, news, contested=False, unknown=unknown))
    return parts


def merge(
    *, base: Text, own: Text, new: Text, known: Collection[str], taken: Collection[str]
) -> tuple[Text, Text]:
    """The role with the chosen news in it, and the base from which the next comparison starts.

    What could not be had stays news: the day its function is switched on, it is offered again.
    """
    chosen = {
        part.key: part
        for part in compare(base=base, own=own, new=new, known=known)
        if part.takeable and part.key in taken
    }
    fields = {field: getattr(new if field in chosen else own, field) for field in FIELDS}
    added = {key.removeprefix(CODE) for key, part in chosen.items() if key.startswith(CODE) and part.new}
    removed = {
        key.removeprefix(CODE) for key, part in chosen.items() if key.startswith(CODE) and not part.new
    }
    following = Text(
        **{field: getattr(new, field) for field in FIELDS},
        codes=frozenset((new.codes & set(known)) | (base.codes - set(known))),
    )
    return Text(**fields, codes=(own.codes | added) - removed), following
