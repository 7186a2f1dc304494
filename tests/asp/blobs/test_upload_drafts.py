"""Files for a form that is filled in without signing in: bound to the browser, small, gone after a day."""

import datetime
import json
import uuid

import pytest
from django.core.cache import cache
from django.http import Http404
from django.test import RequestFactory
from django.utils import timezone

from asp.blobs import store, sweeping, views_uploads
from asp.blobs.models import Blob, BlobState, Upload
from asp.blobs.services import draft_claim, quota_get
from tenants.context import host_context
from tenants.site import Site
from tests.asp.blobs import support
from tests.asp.blobs.support import MEBIBYTE, Tus, content
from tests.support.client import SiteClient


@pytest.fixture(autouse=True)
def uncounted() -> None:
    """Each test has the whole allowance of its address."""
    with host_context():
        cache.delete("blobs:anonymous:127.0.0.1")


def request_of(tus: Tus):  # type: ignore[no-untyped-def]
    """A request of the same browser, as the form's view gets it."""
    from django.contrib.auth.models import AnonymousUser

    request = RequestFactory().post("/apply/")
    request.user, request.site = AnonymousUser(), Site("hall")
    request.COOKIES.update({name: morsel.value for name, morsel in tus.client.cookies.items()})
    return request


def draft(tus: Tus, body: bytes) -> dict[str, str]:
    return tus.whole(body, purpose="test.draft", name="授权书.pdf")


def test_a_draft_is_bound_to_its_browser(hall: Tus) -> None:
    location = hall.location(10, purpose="test.draft")
    cookie = hall.client.cookies["tb_draft"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert not cookie["domain"]
    stranger = Tus(SiteClient("hall"), Site("hall"))
    assert stranger.head(location).status_code == 404
    stranger.client.cookies["tb_draft"] = "x" * 43
    assert stranger.head(location).status_code == 404
    assert stranger.patch(location, 0, b"x" * 10).status_code == 404
    assert hall.patch(location, 0, b"0123456789").status_code == 204


def test_the_secret_is_not_in_the_database(hall: Tus) -> None:
    location = hall.location(10, purpose="test.draft")
    row = hall.row(location)
    assert row.draft_hash
    assert hall.client.cookies["tb_draft"].value not in row.draft_hash
    assert row.account_id is None


def test_other_purposes_need_an_account(hall: Tus) -> None:
    assert hall.create(10, purpose="test.any").status_code == 401


def test_ten_megabytes_at_most(hall: Tus) -> None:
    assert hall.create(10 * MEBIBYTE + 1, purpose="test.draft").status_code == 413
    assert hall.create(10 * MEBIBYTE, purpose="test.draft").status_code == 201


def test_it_lies_under_the_hosts_key_and_prefix(hall: Tus) -> None:
    result = draft(hall, content(100))
    assert store.size_of(f"host/{result['blob']}")


def test_the_form_takes_it_over_once_it_is_sent(hall: Tus) -> None:
    result = draft(hall, content(100))
    with host_context():
        blob = draft_claim(
            request=request_of(hall), upload_id=uuid.UUID(result["upload"]), purpose="test.draft"
        )
        assert str(blob.pk) == result["blob"]
        Upload.objects.filter(pk=result["upload"]).update(
            expires_at=timezone.now() - datetime.timedelta(days=1)
        )
        sweeping.expire_uploads()
        assert Blob.objects.get(pk=result["blob"]).state == BlobState.CHECKING


@pytest.mark.parametrize("wrong", ["browser", "purpose", "unfinished"])
def test_nobody_else_takes_it_over(hall: Tus, wrong: str) -> None:
    result = draft(hall, content(100))
    upload_id, purpose, browser = uuid.UUID(result["upload"]), "test.draft", hall
    if wrong == "browser":
        browser = Tus(SiteClient("hall"), Site("hall"))
        browser.location(10, purpose="test.draft")
    elif wrong == "purpose":
        purpose = "test.any"
    else:
        upload_id = uuid.UUID(hall.location(10, purpose="test.draft").rpartition("/")[2])
    with host_context(), pytest.raises(Http404):
        draft_claim(request=request_of(browser), upload_id=upload_id, purpose=purpose)


def test_it_is_gone_after_a_day_unless_it_was_taken_over(hall: Tus) -> None:
    result = draft(hall, content(100))
    with host_context():
        row = Upload.objects.get(pk=result["upload"])
        assert row.expires_at - row.created_at == pytest.approx(
            datetime.timedelta(hours=24), abs=datetime.timedelta(seconds=5)
        )
        used = quota_get().used
        Upload.objects.filter(pk=row.pk).update(expires_at=timezone.now() - datetime.timedelta(seconds=1))
        sweeping.expire_uploads()
        assert Blob.objects.get(pk=result["blob"]).state == BlobState.RELEASED
        assert quota_get().used == used - 100
        assert not Upload.objects.filter(pk=row.pk).exists()
        sweeping.erase_released(grace=datetime.timedelta(0))
    assert store.size_of(f"host/{result['blob']}") is None


def test_one_address_cannot_declare_without_end(hall: Tus, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(views_uploads, "ANONYMOUS_PER_HOUR", 3)
    statuses = [hall.create(10, purpose="test.draft").status_code for _ in range(5)]
    assert statuses == [201, 201, 201, 429, 429]


def test_a_draft_of_one_site_means_nothing_on_another(hall: Tus, tus: Tus) -> None:
    location = hall.location(10, purpose="test.draft")
    tus.client.cookies["tb_draft"] = hall.client.cookies["tb_draft"].value
    assert tus.head(location).status_code == 404


def test_results_are_json(hall: Tus) -> None:
    location = hall.location(3, purpose="test.draft")
    hall.patch(location, 0, b"\x00\x01\x02")
    assert set(json.loads(hall.head(location)["Tb-Result"])) == {"blob", "name", "upload"}
    assert support.finished[0][0].kind == "anonymous"
