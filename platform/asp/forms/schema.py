"""The JSON Schema (2020-12) of a form's values: what programs are told, and the second net under every binding."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from asp.forms.definition.model import Definition
from asp.forms.kinds import kind_of

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(definition: Definition, *, required: Iterable[str] = ()) -> dict[str, Any]:
    """The schema of stored values. `required` names fields that must be there; nothing unknown may be."""
    fields = [each for each in definition.fields if kind_of(each).stores]
    schema: dict[str, Any] = {
        "$schema": DIALECT,
        "title": definition.title.zh,
        "type": "object",
        "properties": {each.name: {"title": each.label.zh, **kind_of(each).schema(each)} for each in fields},
        "additionalProperties": False,
    }
    wanted = sorted(set(required))
    if wanted:
        schema["required"] = wanted
    return schema


def misfits(definition: Definition, values: Mapping[str, Any]) -> list[str]:
    """Names of the values that do not fit the definition, in alphabetical order; none if all is well."""
    if not isinstance(values, dict):
        return ["?"]
    unknown = [str(name) for name in values if name not in definition.by_name]
    wrong = [
        name
        for name, value in values.items()
        if name in definition.by_name and not _validator(definition, name).is_valid(value)
    ]
    return sorted([*unknown, *wrong])


def _validator(definition: Definition, name: str) -> "Draft202012Validator":
    """One field's validator: a broken value is named, and only what is filled in costs something."""
    # Late: few processes look at forms, and the library reads every dialect when it is imported.
    from jsonschema import Draft202012Validator

    kept = definition.__dict__.setdefault("_validators", {})
    if name not in kept:
        each = definition.by_name[name]
        kept[name] = Draft202012Validator(kind_of(each).schema(each)) if kind_of(each).stores else _nothing()
    validator: Draft202012Validator = kept[name]
    return validator


@lru_cache(maxsize=1)
def _nothing() -> "Draft202012Validator":
    from jsonschema import Draft202012Validator

    return Draft202012Validator(False)
