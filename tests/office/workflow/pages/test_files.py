"""Attachments of forms: uploaded by who has the form, read by who sees the field, given up after a day."""

import datetime
from typing import Any

import pytest
from django.utils import timezone

from asp.audit.models import Entry
from asp.blobs.models import Blob
from office.workflow.models import FormFile, Instance
from office.workflow.selectors.files import PURPOSE
from office.workflow.services.files import LOOSE, loose_erase
from tests.asp.blobs.support import Tus, content
from tests.office.workflow.pages.world import AGREE, DISAGREE, Pages, said, step, text
from tests.support.client import SiteClient


@pytest.fixture(autouse=True)
def one_table(settings: Any) -> None:
    settings.URL_TABLES = {**settings.URL_TABLES, "bureau": "tests.office.library.urls"}


def files(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "kind": "attachment", "label": {"zh": name}, **more}


def tus(world: Pages, account: Any) -> Tus:
    client = world.client(account)
    return Tus(client, client.site)


def process_of(world: Pages, **access: str):
    made = step("review", ("account", str(world.cast.head.pk)), outcomes=[AGREE, DISAGREE], fields=access)
    return world.publish(made, fields=(text("reason"), files("papers")))


def uploaded(world: Pages, process: Any, account: Any = None) -> str:
    account = account or world.cast.clerk
    result = tus(world, account).whole(
        content(300), name="材料.bin", target=f"start:{process.pk}", purpose=PURPOSE
    )
    return str(result["id"])


def started(world: Pages, process: Any, *ids: str) -> Instance:
    data = {"version": str(process.current_id), "f.reason": "附件", "f.papers": list(ids)}
    response = world.asks(world.cast.clerk, f"/workflow/start/{process.pk}/", **data)
    assert response.status_code == 302, said(response)
    return Instance.objects.get(process=process)


def test_it_belongs_to_the_instance_once_the_form_is_sent(world: Pages) -> None:
    process = process_of(world)
    key = uploaded(world, process)
    assert FormFile.objects.get(pk=key).instance is None
    instance = started(world, process, key)
    assert FormFile.objects.get(pk=key).instance_id == instance.pk
    assert instance.values["papers"] == [{"id": key, "name": "材料.bin", "size": 300}]
    page = world.client(world.cast.head).get(f"/workflow/{instance.pk}/")
    assert "材料.bin" in said(page)
    assert f"/workflow/files/{key}/" in page.content.decode()


def test_it_leads_to_the_content_origin_and_is_put_on_record(world: Pages) -> None:
    process = process_of(world)
    key = uploaded(world, process)
    started(world, process, key)
    Blob.objects.filter(pk=FormFile.objects.get(pk=key).blob_id).update(state="ready")
    response = world.client(world.cast.head).get(f"/workflow/files/{key}/")
    assert response.status_code == 302
    assert ".content." in response["Location"]
    assert Entry.objects.filter(action="workflow.file_read", target_id=key).count() == 1


def test_it_is_read_by_those_who_see_its_field(world: Pages, make_bureau) -> None:
    process = process_of(world, papers="hidden")
    key = uploaded(world, process)
    path = f"/workflow/files/{key}/"
    # Loose, it is its sender's alone.
    Blob.objects.filter(pk=FormFile.objects.get(pk=key).blob_id).update(state="ready")
    assert world.client(world.cast.clerk).get(path).status_code == 302
    assert world.client(world.overseer).get(path).status_code == 404
    started(world, process, key)
    assert world.client(world.cast.head).get(path).status_code == 404
    assert world.client(world.cast.outsider).get(path).status_code == 404
    assert world.client(world.overseer).get(path).status_code == 302
    assert world.elsewhere(make_bureau).get(path).status_code == 404
    assert "/sign-in/" in SiteClient(world.bureau).get(path)["Location"]


def test_files_of_others_cannot_be_put_into_a_form(world: Pages) -> None:
    process = process_of(world)
    theirs = uploaded(world, process, world.extra[0])
    data = {"version": str(process.current_id), "f.reason": "x", "f.papers": [theirs]}
    response = world.asks(world.cast.clerk, f"/workflow/start/{process.pk}/", **data)
    assert response.status_code == 422
    assert not Instance.objects.filter(process=process).exists()
    # Nor one that lies in another instance.
    mine = uploaded(world, process)
    started(world, process, mine)
    data["f.papers"] = [mine]
    assert world.asks(world.cast.clerk, f"/workflow/start/{process.pk}/", **data).status_code == 422


def test_only_who_has_the_form_may_upload(world: Pages) -> None:
    process = process_of(world)
    instance = started(world, process)
    target = str(instance.pk)
    assert tus(world, world.cast.head).create(10, target=target, purpose=PURPOSE).status_code == 201
    for account in (world.cast.clerk, world.cast.outsider, world.overseer, world.cast.system):
        assert tus(world, account).create(10, target=target, purpose=PURPOSE).status_code == 404
    for wrong in ("", "x", "start:x", "start:", f"start:{instance.pk}"):
        assert tus(world, world.cast.clerk).create(10, target=wrong, purpose=PURPOSE).status_code == 404


def test_what_stays_loose_is_given_up_after_a_day(world: Pages) -> None:
    process = process_of(world)
    loose, used, young = (uploaded(world, process) for _number in range(3))
    started(world, process, used)
    old = timezone.now() - LOOSE - datetime.timedelta(minutes=1)
    FormFile.objects.filter(pk__in=[loose, used]).update(created_at=old)
    blob = Blob.objects.get(pk=FormFile.objects.get(pk=loose).blob_id)
    assert loose_erase() == 1
    assert set(FormFile.objects.filter(pk__in=[loose, used, young]).values_list("pk", flat=True).iterator()) == {
        FormFile.objects.get(pk=used).pk, FormFile.objects.get(pk=young).pk,
    }  # fmt: skip
    blob.refresh_from_db()
    assert blob.state == "released"
    assert loose_erase() == 0
