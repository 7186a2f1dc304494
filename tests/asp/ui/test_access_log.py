"""One line for each request: the view's name, never its path."""

import logging

import pytest

from tenants.observe import metrics
from tests.support.client import SiteClient
from tests.support.people import people


@pytest.fixture
def lines(caplog):
    caplog.set_level(logging.INFO)
    return lambda: [each.fields for each in caplog.records if each.name == "asp.access"]


def test_a_request_is_told_with_its_cost(fresh_bureau, lines):
    cast = people(fresh_bureau)
    client = SiteClient(fresh_bureau).login_as(cast.system)
    before = metrics.bureau_requests.labels(fresh_bureau.slug)._value.get()
    client.get("/jobs/?state=failed")
    (found,) = lines()
    assert found["method"] == "GET"
    assert found["route"] == "jobs:list"
    assert found["status"] == 200
    assert found["site"] == f"b:{fresh_bureau.id}"
    assert 0 < found["queries"] < 30
    assert 0 < found["query_ms"] <= found["ms"]
    assert "failed" not in str(found)
    assert metrics.bureau_requests.labels(fresh_bureau.slug)._value.get() == before + 1


def test_paths_queries_and_strange_methods_stay_out(lines, caplog):
    client = SiteClient("hall")
    client.get("/no/such/13912345678/?name=赵铁柱")
    client.generic("赵铁柱", "/")
    assert [(each["route"], each["method"]) for each in lines()] == [
        ("none", "GET"),
        ("provisioning:home", "other"),
    ]
    assert "赵铁柱" not in str(lines())


def test_probes_are_counted_but_not_told(lines):
    SiteClient("hall").get("/healthz")
    assert lines() == []


def test_a_crash_is_told_as_well(lines, monkeypatch):
    def broken(_request):
        raise RuntimeError("broken")

    monkeypatch.setattr("tenants.routing.site_for", broken)
    client = SiteClient("hall")
    client.raise_request_exception = False
    assert client.get("/").status_code == 500
    assert [each["status"] for each in lines()] == [500]
