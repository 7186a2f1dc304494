"""Every address of a site, with the ids that could be put into it."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, product
from typing import Any

from django.apps import apps
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import SlugConverter, StringConverter, UUIDConverter
from django.urls.exceptions import NoReverseMatch

from tenants.context import bureau_context, host_context
from tenants.keys import uuid7
from tenants.site import BureauRef
from tenants.version import bureau_app_labels

# Ids tried for one place in an address are those of the models of the view's own app. To a stranger one
# row of a model is like the next; the control needs the row that the view accepts.
IDS_PER_MODEL = 8
MOST_COMBINATIONS = 150


@dataclass(frozen=True)
class Address:
    """One pattern of a URL table."""

    name: str
    view: Any
    table: str
    converters: tuple[tuple[str, Any], ...]

    @property
    def app(self) -> str:
        return self.name.split(":")[0] if ":" in self.name else ""

    @property
    def access(self) -> str:
        access = self.view.access
        return access if isinstance(access, str) else access.kind

    def __str__(self) -> str:
        return self.name

    def paths(self, ids: "Ids | HostIds", *, per_model: int = 1) -> Iterator[str]:
        """Fill the pattern with ids; one path if it has no place for any."""
        choices = [ids.for_place(self.app, name, converter, per_model) for name, converter in self.converters]
        names = [name for name, _ in self.converters]
        for values in islice(product(*choices), MOST_COMBINATIONS):
            try:
                yield reverse(self.name, urlconf=self.table, kwargs=dict(zip(names, values, strict=True)))
            except NoReverseMatch:
                continue


class Ids:
    """The ids of all rows of one bureau, by app."""

    def __init__(self, bureau: BureauRef) -> None:
        self.by_app: dict[str, dict[str, list[uuid.UUID]]] = {}
        with bureau_context(bureau):
            for label in bureau_app_labels():
                found = {}
                for model in apps.get_app_config(label).get_models():
                    keys = model.objects.order_by("-pk").values_list("pk", flat=True)[:IDS_PER_MODEL]
                    found[model._meta.model_name] = [key for key in keys if isinstance(key, uuid.UUID)]
                self.by_app[label] = found

    def for_place(self, app: str, name: str, converter: Any, per_model: int) -> list[Any]:
        """`<uuid:node_id>` gets ids of nodes; a place with a name of its own, ids of every model of the app."""
        if isinstance(converter, UUIDConverter):
            models = self.by_app.get(app) or self.by_app["accounts"]
            named = models.get(name.removesuffix("_id"))
            chosen = [named] if named else models.values()
            return [key for keys in chosen for key in keys[:per_model]]
        if isinstance(converter, StringConverter | SlugConverter):
            return ["AAAA-0000-0000"]
        return [1]


class HostIds:
    """Ids of the host's own rows, for places in addresses, as `Ids` gives a bureau's."""

    def for_place(self, app: str, name: str, converter: Any, per_model: int) -> list[Any]:
        """A place whose model is unknown, or has no rows, gets what no row has."""
        if not isinstance(converter, UUIDConverter):
            return ["system"] if isinstance(converter, StringConverter | SlugConverter) else [1]
        wanted = name.removesuffix("_id").replace("_", "")
        models = [each for each in apps.get_models() if each._meta.model_name == wanted]
        # Several apps may have a model of the name: first the app's own.
        models.sort(key=lambda each: each._meta.app_label != app)
        for model in models[:1]:
            with host_context():
                keys = list(model._default_manager.order_by("-pk").values_list("pk", flat=True)[:per_model])
            return keys or [uuid7()]
        return [uuid7()]


def addresses(table: str) -> list[Address]:
    """Every address of a URL table, in its order."""
    found: list[Address] = []

    def walk(
        patterns: list[URLPattern | URLResolver], spaces: tuple[str, ...], converters: dict[str, Any]
    ) -> None:
        for each in patterns:
            merged = {**converters, **each.pattern.converters}
            if isinstance(each, URLResolver):
                space = (*spaces, each.namespace) if each.namespace else spaces
                walk(each.url_patterns, space, merged)
            else:
                name = ":".join((*spaces, each.name or ""))
                found.append(Address(name, each.callback, table, tuple(merged.items())))

    walk(get_resolver(table).url_patterns, (), {})
    return found


def bureau_addresses() -> list[Address]:
    """Every address of a bureau's office."""
    return addresses(settings.URL_TABLES["bureau"])
