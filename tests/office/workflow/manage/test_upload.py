"""Drawings of any size on their way in, by tus."""

from datetime import timedelta

import pytest
from django.utils import timezone

from asp.blobs.models import Blob, BlobState
from office.workflow import services
from office.workflow.models import FormFile, Process
from office.workflow.services.files import LOOSE, loose_erase
from office.workflow.uploads_drawings import PURPOSE
from tenants.site import Site
from tests.asp.blobs.support import Tus
from tests.office.workflow.manage.world import listed, step
from tests.support.bpmn import END, START, bpmn, chain, user


@pytest.fixture(autouse=True)
def transfer_urls(settings):
    settings.URL_TABLES = dict.fromkeys(settings.URL_TABLES, "asp.config.urls_transfer")


def sender(office, who="head"):
    return Tus(office.client(who), Site("bureau", office.bureau))


def send(office, process, content, *, who="head", revision=None):
    target = f"{process.pk}:{process.draft_revision if revision is None else revision}"
    return sender(office, who).whole(content, name="flow.bpmn", purpose=PURPOSE, target=target)


def test_it_becomes_the_draft_and_is_not_kept(office):
    process = office.process(step("a"))
    result = send(office, process, bpmn(START, user("z"), END, chain("start", "z", "end")))
    process.refresh_from_db()
    assert 'id="z"' in process.draft_bpmn
    assert result["id"] == str(process.draft_revision)
    file = FormFile.objects.get(instance=None)
    FormFile.objects.filter(pk=file.pk).update(created_at=timezone.now() - LOOSE - timedelta(minutes=1))
    loose_erase()
    assert Blob.objects.get(pk=file.blob_id).state == BlobState.RELEASED


def test_five_thousand_elements_are_refused_in_words_and_nothing_is_kept(office):
    process = office.process(step("a"))
    content = bpmn(START, *(user(f"s{number}") for number in range(5000)), END)
    tus = sender(office)
    location = tus.location(
        len(content), name="flow.bpmn", purpose=PURPOSE, target=f"{process.pk}:{process.draft_revision}"
    )
    answer = tus.patch(location, 0, content)
    assert answer.status_code == 422
    assert "5002" in answer.json()["message"]
    process.refresh_from_db()
    assert 'id="a"' in process.draft_bpmn


def test_a_newer_draft_is_not_written_over(office):
    process = office.process(step("a"))
    revision = process.draft_revision
    services.draft_steps_save(actor=office.other, process=process, steps=listed(step("b")))
    content = bpmn(START, user("z"), END, chain("start", "z", "end"))
    tus = sender(office)
    location = tus.location(len(content), name="f.bpmn", purpose=PURPOSE, target=f"{process.pk}:{revision}")
    answer = tus.patch(location, 0, content)
    assert answer.status_code == 409
    assert office.cast.clerk.name in answer.json()["message"]
    assert 'id="b"' in Process.objects.get(pk=process.pk).draft_bpmn


def test_it_is_for_those_who_make_processes(office):
    process = office.process(step("a"))
    target = f"{process.pk}:1"
    for who in ("clerk", "system", "audit"):
        assert sender(office, who).create(100, purpose=PURPOSE, target=target).status_code == 403
    for wrong in ("", "x:1", f"{process.pk}", f"{process.pk}:x", f"{office.cast.head.pk}:1"):
        assert sender(office).create(100, purpose=PURPOSE, target=wrong).status_code == 404, wrong
    assert sender(office).create(9 * 1024 * 1024, purpose=PURPOSE, target=target).status_code == 413
