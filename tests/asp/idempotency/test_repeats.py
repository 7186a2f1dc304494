"""One effect and the same answer, however often and however close together a request comes."""

import datetime
import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone

from asp.idempotency.middleware import LONGEST
from asp.idempotency.models import Answer
from asp.jobs.runner import run_job
from asp.jobs.services import job_named, job_start
from office.organization.models import Post
from office.organization.services import post_create
from tenants.context import bureau_context
from tests.support.bureaus import open_bureau
from tests.support.client import SiteClient
from tests.support.people import TESTER, people

NEW = "/organization/posts/new/"
KEY = "a-key-of-one-form"


@pytest.fixture(scope="module")
def cast():
    return people(open_bureau())


@pytest.fixture(scope="module")
def others():
    return people(open_bureau())


@pytest.fixture
def system(cast):
    with bureau_context(cast.bureau):
        Answer.objects.all().delete()
    return SiteClient(cast.bureau).login_as(cast.system)


def add(client, name="科长", *, key="", header="", **more):
    """Send the form for a new post; `key` as forms do, `header` as programs do."""
    values = {"name": name, "name_en": "", "rank": "10", "order": "1"} | more
    if key:
        # What a browser sends has the key in the form and no header.
        return client.post(NEW, values | {"idempotency_key": key}, HTTP_IDEMPOTENCY_KEY="")
    return client.post(NEW, values, HTTP_IDEMPOTENCY_KEY=header)


def count(cast, name):
    with bureau_context(cast.bureau):
        return Post.objects.filter(name=name).count()


def test_twenty_at_once_have_one_effect_and_one_answer(cast, system, monkeypatch):
    start = threading.Barrier(20)

    def send(client):
        try:
            start.wait(20)
            return add(client, "同时", key=KEY)
        finally:
            connection.close()

    clients = []
    for _ in range(20):
        client = SiteClient(cast.bureau)
        client.cookies = system.cookies
        clients.append(client)
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(send, clients))
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer["Location"] for answer in answers}) == 1
    assert sum("Idempotent-Replayed" not in answer for answer in answers) == 1
    assert count(cast, "同时") == 1


def test_without_a_key_each_counts(cast, system):
    """What is guarded here is the guard: the same test without it sees two."""
    first, second = add(system, "无键"), add(system, "无键")
    assert first.status_code == 302
    assert count(cast, "无键") + (second.status_code == 422) == 2


def test_a_changed_form_of_the_same_page_is_another_request(cast, system):
    add(system, "改一", key=KEY)
    add(system, "改二", key=KEY)
    assert (count(cast, "改一"), count(cast, "改二")) == (1, 1)


def test_a_program_that_uses_a_key_twice_is_told(cast, system):
    assert add(system, "程序", header="program-key-1").status_code == 302
    again = add(system, "程序", header="program-key-1")
    assert (again.status_code, again["Idempotent-Replayed"]) == (302, "true")
    other = add(system, "另一", header="program-key-1")
    assert other.status_code == 422
    assert other["Tb-Error-Code"] == "idempotency.key_reused"
    assert count(cast, "另一") == 0


def test_what_was_refused_may_be_tried_again(cast, system):
    assert add(system, "", key=KEY).status_code == 422
    with bureau_context(cast.bureau):
        assert not Answer.objects.exists()
        post_create(actor=TESTER, name="占用", rank=1)
    assert add(system, "占用", key=KEY).status_code == 422
    with bureau_context(cast.bureau):
        Post.objects.filter(name="占用").delete()
    assert add(system, "占用", key=KEY).status_code == 302


def test_what_fails_leaves_neither_effect_nor_key(cast, system, monkeypatch):
    def broken(*_args, **_kwargs):
        raise RuntimeError("power cut")

    system.raise_request_exception = False
    with monkeypatch.context() as patch:
        patch.setattr("asp.idempotency.middleware._keep", broken)
        assert add(system, "断电", key=KEY).status_code == 500
    assert count(cast, "断电") == 0
    assert add(system, "断电", key=KEY).status_code == 302
    assert count(cast, "断电") == 1


def test_a_key_is_worth_nothing_to_somebody_else(cast, system, others):
    add(system, "各自", key=KEY)
    theirs = SiteClient(others.bureau).login_as(others.system)
    assert "Idempotent-Replayed" not in add(theirs, "各自", key=KEY)
    assert (count(cast, "各自"), count(others, "各自")) == (1, 1)
    clerk = SiteClient(cast.bureau).login_as(cast.clerk)
    assert add(clerk, "各自", key=KEY).status_code == 403


def test_the_kept_answer_is_sealed_and_forgotten(cast, system):
    add(system, "封存", key=KEY)
    with bureau_context(cast.bureau):
        with connection.cursor() as cursor:
            cursor.execute("SELECT content, headers FROM idempotency_answer")
            ((content, _headers),) = cursor.fetchall()
        assert bytes(content)[:1] == b"\x01"
        Answer.objects.update(created_at=timezone.now() - datetime.timedelta(hours=25))
        run_job(job_start(actor=TESTER, job=job_named("idempotency.tidy")).id)
        assert not Answer.objects.exists()


def test_an_answer_that_is_too_long_is_not_given_twice_but_the_work_is_not_done_twice(
    cast, system, monkeypatch
):
    monkeypatch.setattr("asp.idempotency.middleware.LONGEST", -1)
    assert LONGEST > 0
    assert add(system, "很长", key=KEY).status_code == 302
    again = add(system, "很长", key=KEY)
    assert again.status_code == 409
    assert "already" in again.text
    assert count(cast, "很长") == 1


def test_every_form_carries_a_key_of_its_own(cast, system):
    pages = [system.get(NEW).text for _ in range(2)]
    keys = [re.findall(r'name="idempotency_key" value="([^"]{20})"', page) for page in pages]
    assert all(keys)
    flat = [key for found in keys for key in found]
    assert len(set(flat)) == len(flat)


@pytest.mark.parametrize("key", ["short", "with space in it", "x" * 129, "中文中文中文中文"])
def test_what_is_no_key_is_not_one(cast, system, key):
    name = f"非键{len(key)}{key[:2]}"
    answer = add(system, name, key=key)
    assert answer.status_code == 302
    with bureau_context(cast.bureau):
        assert not Answer.objects.exists()


def test_who_never_heard_the_first_answer_gets_its_cookies_too():
    """In the hall the draft is known by a cookie: without it, its form would be nobody's."""
    first = SiteClient("hall")
    first.get("/apply/")
    begun = first.post("/apply/begin/", HTTP_IDEMPOTENCY_KEY=KEY)
    # The same browser, to which the first answer never came.
    again = SiteClient("hall")
    again.cookies["tb_csrf"] = first.cookies["tb_csrf"].value
    repeated = again.post("/apply/begin/", HTTP_IDEMPOTENCY_KEY=KEY)
    assert repeated["Idempotent-Replayed"] == "true"
    assert repeated["Location"] == begun["Location"]
    cookie = repeated.cookies["tb_application"]
    assert cookie.OutputString() == begun.cookies["tb_application"].OutputString()
    assert again.get(repeated["Location"]).status_code == 200
