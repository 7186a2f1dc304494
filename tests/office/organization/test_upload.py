"""The spreadsheet on its way in: who may send one, and what arrives."""

from typing import TYPE_CHECKING, Any

import pytest

from asp.blobs.models import Blob
from asp.jobs.runner import run_job
from office.organization.models import Import, ImportState
from office.organization.uploads import MOST_BYTES, PURPOSE
from tenants.site import Site
from tests.asp.blobs.support import Tus
from tests.office.organization.cast import Office, active, person_row, sheet_bytes
from tests.support.client import SiteClient

if TYPE_CHECKING:
    from asp.accounts.models import Account


@pytest.fixture(autouse=True)
def transfer_urls(settings: Any) -> None:
    """The addresses of *transfer*, which knows no pages of the office."""
    settings.URL_TABLES = dict.fromkeys(settings.URL_TABLES, "asp.config.urls_transfer")


def sender(office: Office, account: "Account | None") -> Tus:
    client = SiteClient(office.bureau)
    return Tus(client.login_as(account) if account else client, Site("bureau", office.bureau))


def test_it_begins_an_import(office: Office) -> None:
    body = sheet_bytes(person_row("陈若水", login="chen", department="办公室"))
    result = sender(office, office.system).whole(body, name="人员.xlsx", purpose=PURPOSE)
    found = Import.objects.get(pk=result["id"])
    assert (found.state, found.filename, found.created_by) == (
        ImportState.CHECKING,
        "人员.xlsx",
        office.system.pk,
    )
    run_job(found.job_id)  # type: ignore[arg-type]
    found.refresh_from_db()
    assert found.state == ImportState.PREVIEWED
    assert Blob.objects.get().state == "released"


def test_it_is_for_the_system_administrator_alone(office: Office) -> None:
    from office.organization import services

    department = services.department_create(actor=office.actor, name="办公室")
    member = services.member_create(actor=office.actor, name="陈若水", places=[services.Place(department.id)])
    for account in (office.security, office.audit, active(member.account)):
        assert sender(office, account).create(100, name="a.xlsx", purpose=PURPOSE).status_code == 403
    assert sender(office, None).create(100, name="a.xlsx", purpose=PURPOSE).status_code in (401, 403, 404)
    assert not Import.objects.exists()


def test_it_takes_five_megabytes(office: Office) -> None:
    tus = sender(office, office.system)
    assert tus.create(MOST_BYTES + 1, name="a.xlsx", purpose=PURPOSE).status_code == 413
    assert tus.create(MOST_BYTES, name="a.xlsx", purpose=PURPOSE).status_code == 201
