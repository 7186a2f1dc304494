"""From Host headers to sites."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from tenants import routing
from tenants.context import host_context
from tenants.models import Bureau
from tenants.naming import validate_slug
from tests.support.client import SiteClient


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("localhost", "hall"),
        ("LOCALHOST:8000", "hall"),
        ("localhost.", "hall"),
        ("host.localhost:8000", "host"),
        ("x1.content.localhost", "content"),
    ],
)
def test_it_finds_the_site(header, kind):
    assert routing.site_for(header).kind == kind


@pytest.mark.parametrize(
    "header",
    [
        "", "example.com", "nobody.localhost", "a.b.localhost", "content.localhost", "xn--.localhost", "fgj",
        "fgj.localhost.evil.com", "localhost@evil.com", "fgj/../czj.localhost", "fgj\x00.localhost", "[::1]",
        "' OR 1=1 --.localhost", "发.localhost", "a" * 300 + ".localhost",
    ],
)  # fmt: skip
def test_a_name_that_is_nobodys_is_not_found(bureau_a, header):
    assert routing.site_for(header) is None
    assert Client(HTTP_HOST=header).get("/").status_code in {400, 404}


def test_a_bureau_is_found_by_slug_and_gone_when_closed(fresh_bureau):
    header = f"{fresh_bureau.slug}.localhost"
    assert routing.site_for(header).bureau.id == fresh_bureau.id
    with host_context():
        Bureau.objects.filter(id=fresh_bureau.id).update(state="closed")
    routing.forget()
    assert SiteClient(fresh_bureau).get("/").status_code == 404


@pytest.mark.parametrize(("field", "value"), [("state", "suspended"), ("version", "0000000000000000")])
def test_a_suspended_or_outdated_office_answers_503(fresh_bureau, field, value):
    with host_context():
        Bureau.objects.filter(id=fresh_bureau.id).update(**{field: value})
    routing.forget()
    response = SiteClient(fresh_bureau).get("/")
    assert response.status_code == 503
    assert response["Retry-After"]
    assert "办公应用" not in response.text, "the browser asked for English"
    assert SiteClient(fresh_bureau).get("/healthz").status_code == 200


def test_made_up_names_do_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(routing, "MOST_ENTRIES", 50)
    for number in range(200):
        routing.site_for(f"nobody{number}.localhost")
    assert len(routing._map) <= 50


@pytest.mark.parametrize("slug", ["fgj", "a1", "shui-li", "a" * 31, "x2-y3-z4"])
def test_good_slugs(slug):
    validate_slug(slug)


@pytest.mark.parametrize(
    "slug",
    [
        "",
        "a",
        "1a",
        "-a",
        "a-",
        "a--b",
        "A",
        "fgj\n",
        "host",
        "www",
        "admin",
        "a" * 32,
        "发改",
        "a_b",
        "a.b",
        "a b",
    ],
)
def test_bad_slugs(slug):
    with pytest.raises(ValidationError):
        validate_slug(slug)
