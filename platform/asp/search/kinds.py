"""The kinds of things that can be found, registered by the apps that own them."""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class SearchKind:
    """A kind of thing: `code` as in `entry_put(kind=…)`, its name in the plural, its icon."""

    code: str
    label: str | Promise
    icon: str
    order: int = 100


_kinds: dict[str, SearchKind] = {}


def register(kind: SearchKind) -> None:
    """Declare a kind; called from `AppConfig.ready`. Raises ValueError for a second one of that code."""
    if _kinds.get(kind.code, kind) != kind:
        raise ValueError(f"search kind {kind.code} is registered twice")
    _kinds[kind.code] = kind


def kinds() -> list[SearchKind]:
    """Every kind, in the order in which the results page offers them."""
    return sorted(_kinds.values(), key=lambda each: (each.order, each.code))


def kind_of(code: str) -> SearchKind:
    """Return a kind; one that nobody has registered shows its code."""
    return _kinds.get(code) or SearchKind(code=code, label=code, icon="file")
