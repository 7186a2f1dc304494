"""What an app offers to a site: addresses, navigation, permissions, seed data, lifecycle steps.

Each app says it in a `function.py` with one `function = Function(...)`. Nothing else in the project
lists the office functions, so a new one is a folder and a line in the settings.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from tenants.site import Site

Text = str | Promise


@dataclass(frozen=True)
class NavItem:
    """An entry of the rail. Shown to accounts with `permission`, or with one of `duties`."""

    code: str
    label: Text
    icon: str
    url_name: str
    permission: str | None = None
    duties: tuple[str, ...] = ()
    order: int = 100
    sites: tuple[str, ...] = ()  # empty: wherever the function is


@dataclass(frozen=True)
class Permission:
    """A permission code, and the built-in roles that have it in a new office."""

    code: str
    label: Text
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Privilege:
    """What site roles may do with one table, where that is less than everything.

    Replaying a template loses what was revoked in it, so the list is declared and applied again.
    """

    table: str
    actions: tuple[str, ...]


@dataclass(frozen=True)
class SchemaCost:
    """How much a function adds to every bureau's schema; a test compares it with the catalogue."""

    tables: int = 0
    indexes: int = 0


@dataclass(frozen=True)
class Function:
    """Everything the rest of the system knows of an app. Dotted names are imported when used."""

    code: str
    title: Text
    urls: str | Mapping[str, str] | None = None  # a module, or one for each kind of site
    path: str = ""
    sites: tuple[str, ...] = ("bureau",)
    optional: bool = False
    navigation: tuple[NavItem, ...] = ()
    permissions: tuple[Permission, ...] = ()
    seed: str | None = None
    upgraded: str | None = None  # in an existing office, in the transaction that brought its new version
    opened: str | None = None
    export: str | None = None
    erase: str | None = None
    # After a bureau was put back to an earlier moment: `restored` adapts the rows that came back (those of before
    # are in tables `before_<name>`) and returns figures; tables of `restore_keeps` stay as they are.
    restored: str | None = None
    restore_keeps: tuple[str, ...] = ()
    search_kinds: tuple[str, ...] = ()
    jobs: tuple[str, ...] = ()
    consumers: tuple[str, ...] = ()
    privileges: tuple[Privilege, ...] = ()
    # What bureaus may do with tables of the public schema: each carries row policies of its own.
    shared: tuple[Privilege, ...] = ()
    # Called with the new calendar and the days that changed, on each site; see `asp.workdays`.
    deadlines: str | None = None
    cost: SchemaCost = SchemaCost()
    order: int = 100

    def urls_on(self, site_kind: str) -> str | None:
        """Return the URL module of this function on one kind of site, if it has pages there."""
        if isinstance(self.urls, Mapping):
            return self.urls.get(site_kind)
        return self.urls if site_kind in self.sites else None

    def step(self, name: str) -> Callable[..., Any] | None:
        """Return the callable declared for lifecycle step `name` (seed, upgraded, opened, …, deadlines)."""
        dotted = getattr(self, name)
        return import_string(dotted) if dotted else None


_functions: dict[str, Function] = {}
_apps: dict[str, str] = {}  # label of the app -> code of its function


def collect() -> None:
    """Read `function.py` of every installed app; called once when Django is ready."""
    _functions.clear()
    _apps.clear()
    found = []
    for config in apps.get_app_configs():
        name = f"{config.name}.function"
        if find_spec(config.name) and find_spec(name):
            function = import_module(name).function
            found.append(function)
            _apps[config.label] = function.code
    for function in sorted(found, key=lambda each: (each.order, each.code)):
        if function.code in _functions:
            raise ValueError(f"two functions are called {function.code}")
        _functions[function.code] = function


def functions() -> list[Function]:
    """All functions, in the order in which they are seeded and shown."""
    return list(_functions.values())


def functions_for(site: Site) -> list[Function]:
    """The functions that exist on `site`, without optional ones that its bureau has not switched on."""
    return [
        each
        for each in _functions.values()
        if site.kind in each.sites
        and not (each.optional and site.bureau and each.code not in site.bureau.functions)
    ]


def by_code(code: str) -> Function | None:
    """Return one function, or None."""
    return _functions.get(code)


def of_app(label: str) -> Function | None:
    """The function that the app called `label` brings, or None."""
    return by_code(_apps.get(label, ""))


def optional_functions() -> list[Function]:
    """Functions that a bureau applies for and the host grants."""
    return [each for each in _functions.values() if each.optional]


def permissions() -> list[tuple[Function, Permission]]:
    """Every permission code with the function that declares it."""
    return [(function, each) for function in _functions.values() for each in function.permissions]


def privileges() -> Iterator[Privilege]:
    """Every declared table privilege."""
    for function in _functions.values():
        yield from function.privileges


def shared() -> Iterator[Privilege]:
    """What bureaus may do with tables of the public schema."""
    yield Privilege("tenants_doorbell", ("INSERT",))
    for function in _functions.values():
        yield from function.shared
