"""Exports of the log: what they hold, who may fetch them, and that they disappear."""

import csv
import datetime
import hashlib
import io
import tracemalloc
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.utils import timezone
from openpyxl import load_workbook

from asp.audit import selectors
from asp.audit.actor import Actor
from asp.audit.exporting import files, services
from asp.audit.filtering import Wanted
from asp.audit.models import Entry, Seal
from asp.audit.sealer import seal
from asp.audit.services import record
from asp.blobs import store, sweeping
from asp.blobs.models import Blob, BlobState
from asp.blobs.sealed import object_name
from asp.blobs.services import blob_open, quota_get
from asp.jobs.models import Job, JobState
from asp.jobs.runner import Outcome, run_job
from tenants.context import bureau_context, current_site
from tests.asp.audit.crowd import crowd
from tests.asp.audit.log import write
from tests.support.client import SiteClient
from tests.support.host import host_administrators
from tests.support.people import activate, people

ZH = {"HTTP_ACCEPT_LANGUAGE": "zh-CN"}


@pytest.fixture
def cast(make_bureau):
    found = people(make_bureau())
    write(found.bureau, 60)
    with bureau_context(found.bureau):
        seal(full=True)
    return found


@pytest.fixture
def client(cast):
    return SiteClient(cast.bureau).login_as(cast.audit)


def ask(client, query="action=tests.thing_done", kind="csv", **headers):
    return client.post(f"/audit/exports/new/?{query}", {"kind": kind}, **headers)


def make(bureau) -> Job:
    """Let the one export that was asked for be made."""
    with bureau_context(bureau):
        (job,) = Job.objects.filter(name=services.EXPORT, state=JobState.QUEUED)
        assert run_job(job.id) == Outcome.DONE
        return Job.objects.get(id=job.id)


def content(bureau, job: Job) -> bytes:
    with bureau_context(bureau), blob_open(Blob.objects.get(id=job.result["blob"])) as file:
        return file.read()


def read_csv(data: bytes) -> tuple[dict[str, str], list[dict[str, str]]]:
    """What the export says of itself, and its lines by heading."""
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    empty = rows.index([])
    return dict(rows[:empty]), [dict(zip(rows[empty + 1], row, strict=True)) for row in rows[empty + 2 :]]


def test_it_holds_exactly_what_the_filter_shows(client, cast):
    assert ask(client, 'action=tests.thing_done&text="thing 59"').status_code == 302
    job = make(cast.bureau)
    about, lines = read_csv(content(cast.bureau, job))
    with bureau_context(cast.bureau):
        shown = selectors.entry_page(Wanted(action="tests.thing_done", text='"thing 59"')).rows
        seals = {str(each.entry): each for each in Seal.objects.all()}
    assert [line["Number"] for line in lines] == [str(row.entry.id) for row in shown]
    (line,) = lines
    assert line["Action"] == "Did thing 59 to 文件"
    assert line["Person"] == "System: Background work"
    assert line["Place in the chain"] == str(seals[line["Number"]].seq)
    assert line["Digest of the entry"] == seals[line["Number"]].entry_digest
    assert about["Number of entries"] == "1"
    assert about["Action"] == "Did … to …"
    assert about["Text"] == '"thing 59"'


def test_all_pages_are_in_it_newest_first(client, cast):
    ask(client)
    about, lines = read_csv(content(cast.bureau, make(cast.bureau)))
    assert [line["Action"] for line in lines] == [f"Did thing {n} to 文件" for n in range(59, -1, -1)]
    assert about["Number of entries"] == "60"


def test_it_can_be_checked(client, cast):
    """The head that it names is the chain's, and the log names the file's digest."""
    ask(client)
    job = make(cast.bureau)
    data = content(cast.bureau, job)
    about, _lines = read_csv(data)
    with bureau_context(cast.bureau):
        head = Seal.objects.get(seq=int(about["Checked up to seal"].removeprefix("#")))
        entry = Entry.objects.get(action="audit.exported")
        asked = Entry.objects.get(action="audit.export_asked")
    assert about["Digest of that seal"] == head.digest
    assert about["Seal chain"] == "in order"
    assert about["Exported by"] == cast.audit.name
    assert about["Audit log of"] == cast.bureau.name_en
    assert entry.params["sha256"] == hashlib.sha256(data).hexdigest()
    assert (entry.actor_id, entry.params["entries"]) == (cast.audit.pk, 60)
    assert asked.params["filter"] == ["action=tests.thing_done"]


def test_a_chain_that_was_changed_is_said(client, cast, as_owner):
    with as_owner(cast.bureau):
        Entry.objects.filter(action="tests.thing_done").order_by("id")[:1].get()
        first = Entry.objects.filter(action="tests.thing_done").order_by("id").first()
        Entry.objects.filter(id=first.id).update(target_name="另一个文件")
    ask(client)
    about, _lines = read_csv(content(cast.bureau, make(cast.bureau)))
    assert about["Seal chain"] == "1 sign of a change"


def test_a_workbook_has_the_same(client, cast):
    ask(client, kind="xlsx")
    job = make(cast.bureau)
    book = load_workbook(io.BytesIO(content(cast.bureau, job)))
    sheet, about = book["Entries"], book["About this export"]
    assert sheet.max_row == 61
    assert [cell.value for cell in sheet[1]][:4] == [
        "Place in the chain",
        "Time (Asia/Shanghai)",
        "Person",
        "Action",
    ]
    moment = sheet.cell(2, 2).value
    now = timezone.now().astimezone(datetime.timezone(datetime.timedelta(hours=8))).replace(tzinfo=None)
    assert datetime.timedelta() <= now - moment < datetime.timedelta(minutes=5)
    assert {about.cell(n, 1).value for n in range(1, about.max_row + 1)} >= {"Seal chain", "Exported by"}
    assert job.result["filename"].endswith(".xlsx")


def test_it_is_written_in_the_readers_language(client, cast):
    ask(client, **ZH)
    about, lines = read_csv(content(cast.bureau, make(cast.bureau)))
    assert about["条目数"] == "60"
    assert lines[0]["人员"] == "系统：后台任务程序"
    assert "时间（北京时间）" in lines[0]


HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://evil","x")', "a\x01b"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_cell_is_a_formula(client, cast, kind):
    with bureau_context(cast.bureau), transaction.atomic():
        for text in HOSTILE:
            record(
                actor=Actor("staff", None, text, None, "=cmd"),
                action="tests.thing_done",
                target_name=text,
                params={"thing": text},
            )
    ask(client, "action=tests.thing_done&since=2020-01-01", kind=kind)
    data = content(cast.bureau, make(cast.bureau))
    if kind == "csv":
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    else:
        assert b"<f>" not in zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")
        rows = [[cell.value for cell in row] for sheet in load_workbook(io.BytesIO(data)) for row in sheet]
    cells = [cell for row in rows for cell in row if isinstance(cell, str)]
    assert "'=1+1" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_a_name_with_a_secrecy_mark_does_not_stop_it(client, cast):
    """The log tells that such a file was refused; so does its export."""
    with bureau_context(cast.bureau), transaction.atomic():
        record(actor=Actor.system("worker"), action="blobs.secret_refused", target_name="机密★1年.docx")
    ask(client, "result=refused")
    assert "机密★1年.docx" in content(cast.bureau, make(cast.bureau)).decode()


def test_nothing_that_fits_is_said_and_no_work_begins(client, cast):
    page = ask(client, "person=nobody")
    assert page.status_code == 409
    assert "nothing to export" in page.text
    with bureau_context(cast.bureau):
        assert not Job.objects.filter(name=services.EXPORT).exists()
        assert not Entry.objects.filter(action="audit.export_asked").exists()


@pytest.mark.parametrize(("query", "kind"), [("", "pdf"), ("since=nonsense", "csv"), ("source=x", "csv")])
def test_what_is_no_question_is_refused(client, query, kind):
    assert ask(client, query, kind).status_code == 400


def test_one_at_a_time(client, cast):
    ask(client)
    again = ask(client, "")
    assert again.status_code == 409
    assert "still being made" in again.text
    make(cast.bureau)
    assert ask(client, "").status_code == 302


def test_the_one_who_asked_fetches_it_and_that_is_written_down(client, cast):
    ask(client)
    job = make(cast.bureau)
    page = client.get("/audit/")
    assert f"/audit/exports/{job.id}/" in page.text
    answer = client.get(f"/audit/exports/{job.id}/")
    assert answer.status_code == 302
    assert ".content." in answer["Location"]
    with bureau_context(cast.bureau):
        assert Entry.objects.filter(action="audit.export_fetched", actor_id=cast.audit.pk).count() == 1
    fetched = SiteClient("hall").get(
        answer["Location"].split("localhost", 1)[1].lstrip(":0123456789"),
        HTTP_HOST=answer["Location"].split("/")[2],
    )
    assert hashlib.sha256(b"".join(fetched.streaming_content)).hexdigest() == job.result["sha256"]


def test_nobody_else_fetches_it(client, cast, make_bureau):
    ask(client)
    job = make(cast.bureau)
    address = f"/audit/exports/{job.id}/"
    for who, status in (("system", 403), ("security", 403), ("head", 403)):
        assert SiteClient(cast.bureau).login_as(getattr(cast, who)).get(address).status_code == status
    other = people(make_bureau())
    assert SiteClient(other.bureau).login_as(other.audit).get(address).status_code == 404
    with bureau_context(cast.bureau):
        cast.audit.__class__.objects.filter(pk=cast.audit.pk).update(state="disabled")
        from asp.accounts.services import account_create
        from tests.support.people import TESTER

        successor = activate(
            account_create(actor=TESTER, kind="administrator", duty="audit", login="audit.two", name="继任者")
        )
    theirs = SiteClient(cast.bureau).login_as(successor)
    assert theirs.get(address).status_code == 404
    assert str(job.id) not in theirs.get("/audit/").text
    assert SiteClient(cast.bureau).get(address).status_code == 302


def test_it_is_gone_after_a_day(client, cast):
    ask(client)
    job = make(cast.bureau)
    with bureau_context(cast.bureau):
        used = quota_get().used
        blob = Blob.objects.get(id=job.result["blob"])
        assert sweeping.expire_blobs() == 0
        late = timezone.now() - datetime.timedelta(seconds=1)
        Blob.objects.filter(id=blob.id).update(expires_at=late)
        assert sweeping.expire_blobs() == 1
        blob.refresh_from_db()
        assert blob.state == BlobState.ERASED
        assert blob.wrapped_key is None
        assert quota_get().used == used - blob.size
        assert list(store.objects(object_name(current_site(), blob.id))) == []
        Job.objects.filter(id=job.id).update(result={**job.result, "expires_at": late.isoformat()})
    assert client.get(f"/audit/exports/{job.id}/").status_code == 410
    assert "The file is gone" in client.get("/audit/").text


def test_a_file_whose_day_is_over_is_not_given_even_before_it_is_erased(client, cast):
    ask(client)
    job = make(cast.bureau)
    with bureau_context(cast.bureau):
        over = (timezone.now() - datetime.timedelta(minutes=1)).isoformat()
        Job.objects.filter(id=job.id).update(result={**job.result, "expires_at": over})
    assert client.get(f"/audit/exports/{job.id}/").status_code == 410


def test_a_cancelled_one_leaves_nothing(client, cast):
    """Cancelled at the last moment: the file that was stored is given up with its row."""
    ask(client)
    with bureau_context(cast.bureau):
        (job,) = Job.objects.filter(name=services.EXPORT)
        kept = services.blob_write

        def cancelled_meanwhile(**given):
            with ThreadPoolExecutor(1) as pool:  # a request of its own, on a connection of its own
                assert pool.submit(cancel).result().status_code == 302
            return kept(**given)

        def cancel():
            try:
                return client.post(f"/jobs/{job.id}/cancel/")
            finally:
                connection.close()

        services.blob_write = cancelled_meanwhile
        try:
            assert run_job(job.id) == Outcome.STOPPED
        finally:
            services.blob_write = kept
        assert not Blob.objects.filter(expires_at__isnull=False).exists()
        assert not Entry.objects.filter(action="audit.exported").exists()
        assert Job.objects.get(id=job.id).state == JobState.CANCELLED
    assert client.get(f"/audit/exports/{job.id}/").status_code == 404


def test_a_worker_that_died_after_storing_it_is_followed_without_a_second_file(client, cast):
    ask(client)
    job = make(cast.bureau)
    with bureau_context(cast.bureau):
        Job.objects.filter(id=job.id).update(state=JobState.QUEUED, result=None)
        assert run_job(job.id) == Outcome.DONE
        assert Job.objects.get(id=job.id).result == job.result
        assert Blob.objects.filter(expires_at__isnull=False).count() == 1
        assert Entry.objects.filter(action="audit.exported").count() == 1


def test_entries_that_came_later_are_not_in_it(client, cast):
    ask(client)
    write(cast.bureau, 3)
    _about, lines = read_csv(content(cast.bureau, make(cast.bureau)))
    assert len(lines) == 60


def test_a_sheet_that_is_full_is_followed_by_another(client, cast, monkeypatch):
    monkeypatch.setattr(files, "SHEET_ROWS", 25)
    ask(client, kind="xlsx")
    book = load_workbook(io.BytesIO(content(cast.bureau, make(cast.bureau))))
    assert book.sheetnames == ["Entries", "Entries 2", "Entries 3", "About this export"]
    assert [sheet.max_row for sheet in book.worksheets[:3]] == [26, 26, 11]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_many_entries_are_written_with_little_memory(cast, kind):
    """Four times as many rows need hardly more memory."""
    crowd(cast.bureau, 4000)

    def peak(count: int) -> int:
        with bureau_context(cast.bureau):
            newest = Entry.objects.order_by("id").values_list("id", flat=True)[count - 1]
            tracemalloc.start()
            write_ = files.spreadsheet if kind == "xlsx" else files.plain
            with write_(services.columns(), services.lines(Wanted(), newest), lambda n: [("n", str(n))]):
                _now, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        return most

    few, many = peak(1000), peak(4000)
    assert many < few + 2 * 1024 * 1024


def test_the_hosts_audit_administrator_exports_the_hosts_log():
    system, _security, audit = host_administrators()
    client = SiteClient("host").login_as(audit)
    assert ask(client, "").status_code == 302
    from tenants.context import host_context

    with host_context():
        job = Job.objects.filter(name=services.EXPORT, actor_id=audit.pk).latest("id")
        assert run_job(job.id) == Outcome.DONE
        job.refresh_from_db()
        with blob_open(Blob.objects.get(id=job.result["blob"])) as file:
            about, lines = read_csv(file.read())
    assert about["Audit log of"] == "the host"
    assert len(lines) == int(about["Number of entries"])
    assert client.get(f"/audit/exports/{job.id}/").status_code == 302
    assert ask(SiteClient("host").login_as(system)).status_code == 403
