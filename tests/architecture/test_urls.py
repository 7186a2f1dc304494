"""Every address of every site says who may use it."""

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver


def views(table: str) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []

    def walk(patterns: list[URLPattern | URLResolver], prefix: str) -> None:
        for each in patterns:
            if isinstance(each, URLResolver):
                walk(each.url_patterns, prefix + str(each.pattern))
            else:
                found.append((prefix + str(each.pattern), each.callback))

    walk(get_resolver(table).url_patterns, "")
    return found


@pytest.mark.parametrize("kind", ["hall", "host", "bureau", "content"])
def test_every_view_has_exactly_one_access_mark(kind):
    unmarked = [
        address for address, view in views(settings.URL_TABLES[kind]) if not getattr(view, "access", None)
    ]
    assert unmarked == []


@pytest.mark.parametrize("kind", ["hall", "host", "bureau"])
def test_there_are_addresses(kind):
    assert len(views(settings.URL_TABLES[kind])) > 5


def test_uploads_are_marked_too():
    assert [
        address for address, view in views("asp.config.urls_transfer") if not getattr(view, "access", None)
    ] == []
