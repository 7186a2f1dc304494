"""What people enter is looked for in everything that was logged: it must not be there.

The stories run in this process with the same formatter as in production, and every level that it tells.
"""

import io
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import clear_url_caches, path

from asp.accounts.access import anyone
from asp.accounts.models import Account
from asp.accounts.services import link_issue
from asp.blobs.services import blob_write
from asp.jobs.runner import run_job
from asp.messages.tasks import send_waiting
from asp.ui.logs import JsonFormatter, TextFormatter
from office.organization import services as organization
from tenants.context import bureau_context, host_context
from tests.asp.blobs.support import Tus
from tests.office.organization.cast import person_row, sheet_bytes
from tests.support.applications import submitted, values
from tests.support.client import SiteClient
from tests.support.people import TESTER, people

NAME, PHONE, MAIL, LOGIN = "令狐铁柱", "13912340987", "linghu@example.org", "linghutiezhu"
PASSWORD, FILE, QUERY = "Geheim-Wort-2026", "令狐的任命书.bin", "令狐铁柱的案子"
SECRETS = (NAME, PHONE, MAIL, LOGIN, PASSWORD, FILE, QUERY, "令狐")


@pytest.fixture
def told() -> Iterator[io.StringIO]:
    """Everything that is logged, as both formatters write it."""
    stream = io.StringIO()
    handlers = []
    for formatter in (JsonFormatter(), TextFormatter()):
        handler = logging.StreamHandler(stream)
        handler.setFormatter(formatter)
        logging.getLogger().addHandler(handler)
        handlers.append(handler)
    level = logging.getLogger().level
    logging.getLogger().setLevel(logging.INFO)
    yield stream
    logging.getLogger().setLevel(level)
    for handler in handlers:
        logging.getLogger().removeHandler(handler)


def assert_silent(told: io.StringIO, *more: str) -> None:
    text = told.getvalue()
    assert text, "the control: something was logged"
    for secret in (*SECRETS, *more):
        assert secret not in text, next(line for line in text.splitlines() if secret in line)


def test_signing_in_wrongly_until_the_lock(fresh_bureau, told):
    cast = people(fresh_bureau, mark="令狐")
    with bureau_context(fresh_bureau):
        Account.objects.filter(pk=cast.clerk.pk).update(login=LOGIN)
    client = SiteClient(fresh_bureau)
    for name in (NAME, PHONE, MAIL, *[LOGIN] * 7):
        client.post("/accounts/sign-in/", {"identifier": name, "password": PASSWORD})
    assert '"route": "accounts:sign-in"' in told.getvalue()
    assert_silent(told)


def test_an_application_with_mistakes_and_without(told):
    hall = SiteClient("hall")
    form = hall.post("/apply/begin/")["Location"]
    typed = values(contact_name=NAME, contact_phone=PHONE, contact_email=MAIL)
    hall.post(f"{form}save/", typed)
    hall.post(form, typed)
    hall.get(f"{form}?check=1")
    _application, code = submitted(contact_name=NAME, contact_phone=PHONE, contact_email=MAIL)
    hall.post("/track/", {"code": code, "phone": PHONE})
    assert_silent(told, code)


def test_links_searches_and_addresses_that_are_not_there(fresh_bureau, told):
    cast = people(fresh_bureau, mark="令狐")
    client = SiteClient(fresh_bureau).login_as(cast.head)
    client.get(f"/search/?q={QUERY}")
    client.get(f"/accounts/link/{'Tok3n' * 8}/")
    client.get(f"/{NAME}/{PHONE}/")
    client.post(f"/{NAME}/", HTTP_SEC_FETCH_SITE="cross-site", HTTP_ORIGIN=f"http://{LOGIN}.example.org")
    assert "Not Found" in told.getvalue()
    assert_silent(told, "Tok3n")


def test_an_import_and_an_upload(fresh_bureau, told, settings: Any):
    settings.URL_TABLES = {**settings.URL_TABLES, "bureau": "tests.office.library.urls"}
    cast = people(fresh_bureau)
    with bureau_context(fresh_bureau):
        content = sheet_bytes(
            person_row(NAME, login=LOGIN, phone=PHONE, department="办公室", post="主办"),
            person_row(NAME, login=LOGIN, phone=PHONE, department="没有的科", post="没有的岗"),
        )
        blob = blob_write(actor=TESTER, data=content, filename=f"{NAME}.xlsx")
        found = organization.import_begin(actor=TESTER, blob=blob, filename=f"{NAME}.xlsx")
        run_job(found.job_id)
        broken = blob_write(actor=TESTER, data=NAME.encode() * 50, filename=f"{NAME}.xlsx")
        found = organization.import_begin(actor=TESTER, blob=broken, filename=f"{NAME}.xlsx")
        run_job(found.job_id)
    client = SiteClient(fresh_bureau).login_as(cast.head)
    sender = Tus(client, client.site)
    sender.create(100, name=FILE, target="nowhere", purpose="library.file")
    sender.create(None, name=FILE, target=NAME, purpose="library.file")
    assert '"logger": "asp.jobs.attempts"' in told.getvalue()
    assert_silent(told)


def test_a_message_that_does_not_leave(fresh_bureau, told):
    with bureau_context(fresh_bureau):
        cast = people(fresh_bureau, mark="令狐")
        Account.objects.filter(pk=cast.clerk.pk).update(email=MAIL)
        cast.clerk.refresh_from_db()
        link_issue(actor=TESTER, account=cast.clerk, purpose="reset", channel="mail")

        class Run:
            def progress(self, *args: object, **kwargs: object) -> None:
                """Nobody looks."""

        send_waiting(Run())  # type: ignore[arg-type]
    SiteClient(fresh_bureau).get("/accounts/sign-in/")
    assert_silent(told)


def test_a_crash_in_a_view_and_an_error_of_the_database(fresh_bureau, told, monkeypatch):
    people(fresh_bureau)

    @anyone
    def crash(request: HttpRequest) -> HttpResponse:
        if "text" in request.GET:
            raise ValueError(f"{NAME} {PHONE} {request.GET}")
        with transaction.atomic():
            for _ in range(2):
                Account.objects.create(kind="staff", login=LOGIN, name=NAME, phone=PHONE, email=MAIL)
        return HttpResponse()

    import asp.config.urls_bureau as table

    monkeypatch.setattr(table, "urlpatterns", [*table.urlpatterns, path("crash/", crash, name="crash")])
    clear_url_caches()
    client = SiteClient(fresh_bureau)
    client.raise_request_exception = False
    try:
        assert client.get(f"/crash/?text={QUERY}").status_code == 500
        assert client.get("/crash/").status_code == 500
    finally:
        monkeypatch.undo()
        clear_url_caches()
    text = told.getvalue()
    assert "sqlstate 23505" in text
    assert "ValueError" in text
    assert_silent(told)


def test_the_search_finds_what_is_there(told):
    """The control: a line that does hold a name is found."""
    with host_context():
        logging.getLogger("asp.test").info("hello %s", NAME)
    with pytest.raises(AssertionError, match="令狐"):
        assert_silent(told)
