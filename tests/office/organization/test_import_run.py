"""From an uploaded file to people: preview, confirm, again, and against what is there."""

import io
import time
from typing import Any

import openpyxl
import pytest

from asp.accounts.models import Account, SubjectMembership
from asp.audit.models import Entry
from asp.blobs.models import Blob
from asp.blobs.services import blob_write
from asp.jobs.runner import run_job
from office.organization import errors, services
from office.organization.importing import workbook
from office.organization.importing.plan import Plan, plan
from office.organization.models import Appointment, Department, Import, ImportState, Member, Post
from office.organization.selectors import MemberFilter, member_list
from office.organization.tree import Tree
from tests.office.organization.cast import Office, person_row, sheet_bytes


def uploaded(office: Office, content: bytes, filename: str = "人员.xlsx") -> Import:
    """Upload and check a file."""
    blob = blob_write(actor=office.actor, data=content, filename=filename)
    found = services.import_begin(actor=office.actor, blob=blob, filename=filename)
    run_job(found.job_id)
    found.refresh_from_db()
    return found


def preview(found: Import) -> Plan:
    return plan(
        found.rows_read(), create_departments=found.create_departments, create_posts=found.create_posts
    )


def confirmed(office: Office, found: Import) -> Import:
    """Confirm and run."""
    found = services.import_confirm(actor=office.actor, import_id=found.pk)
    run_job(found.job_id)
    found.refresh_from_db()
    return found


def imported(office: Office, *rows: list[Any], create: bool = True) -> Import:
    """All of it."""
    found = uploaded(office, sheet_bytes(*rows))
    services.import_options(
        actor=office.actor, import_id=found.pk, create_departments=create, create_posts=create
    )
    return confirmed(office, found)


def state_of_people() -> list[Any]:
    """Everything that an import could change."""
    accounts = Account.objects.staff().order_by("login")
    return [
        list(accounts.values_list("pk", "login", "name", "phone", "email", "state", "password", "pinyin")),
        list(Member.objects.order_by("pk").values_list()),
        list(Appointment.objects.order_by("pk").values_list()),
        list(SubjectMembership.objects.order_by("pk").values_list()),
        list(Department.objects.order_by("pk").values_list()),
        list(Post.objects.order_by("pk").values_list()),
    ]


def test_new_people__get_accounts_places_and_memberships(office: Office) -> None:
    done = imported(
        office,
        person_row(
            "陈若水", login="chenruoshui", phone="13800000001", department="办公室/文秘科", post="科长"
        ),
        person_row("曾国强", phone="13800000002", department="办公室", post="联络员"),
        person_row("曾国强", phone="13800000003", department="办公室"),
    )
    assert done.state == ImportState.DONE
    assert done.counts == {"new": 3, "changed": 0, "unchanged": 0, "wrong": 0}
    account = Account.objects.get(login="chenruoshui")
    assert (account.kind, account.state, account.has_usable_password()) == ("staff", "invited", False)
    assert account.pinyin.startswith("chenruoshui")
    assert sorted(Account.objects.filter(name="曾国强").values_list("login", flat=True)) == [
        "zengguoqiang",
        "zengguoqiang2",
    ]
    tree = Tree()
    main = Appointment.objects.get(member__account=account)
    assert (tree.path(main.department_id), main.post.name, main.primary) == ("办公室/文秘科", "科长", True)
    kept = set(SubjectMembership.objects.filter(account=account).values_list("kind", "subject_id"))
    office_id = Department.objects.get(name="办公室").pk
    assert kept == {
        ("department", main.department_id),
        ("department_tree", main.department_id),
        ("department_tree", office_id),
        ("post", main.post_id),
    }
    assert Post.objects.filter(name="联络员").exists()
    assert Entry.objects.filter(action="organization.import_finished").count() == 1
    assert Entry.objects.filter(action="organization.member_created_by_import").count() == 3
    assert not Blob.objects.exclude(state="released").exists()


def test_same_file_twice__changes_nothing_twice(office: Office) -> None:
    rows = [
        person_row(
            "陈若水", login="chenruoshui", phone="13800000001", department="办公室/文秘科", post="科长"
        ),
        person_row("曾国强", phone="13800000002", department="办公室", post="联络员"),
        person_row("单小红", phone=13800000003, department="文秘科"),
    ]
    imported(office, *rows)
    before = state_of_people()
    again = imported(office, *rows)
    assert again.counts == {"new": 0, "changed": 0, "unchanged": 3, "wrong": 0}
    assert state_of_people() == before


def test_confirm_twice__runs_once(office: Office) -> None:
    found = uploaded(office, sheet_bytes(person_row("陈若水", login="chen", department="办公室")))
    services.import_options(
        actor=office.actor, import_id=found.pk, create_departments=True, create_posts=False
    )
    first = services.import_confirm(actor=office.actor, import_id=found.pk)
    second = services.import_confirm(actor=office.actor, import_id=found.pk)
    assert first.job_id == second.job_id
    run_job(first.job_id)
    run_job(first.job_id)
    after = services.import_confirm(actor=office.actor, import_id=found.pk)
    assert (after.state, Member.objects.count()) == (ImportState.DONE, 1)


def test_changes__follow_the_key_and_leave_what_is_blank(office: Office) -> None:
    imported(
        office,
        person_row("陈若水", login="chen", phone="13800000001", department="办公室", post="科长"),
        person_row("周启明", phone="13800000002", department="办公室"),
    )
    found = uploaded(
        office,
        sheet_bytes(
            ["陈若水", "Chen Ruoshui", "chen", "13800000009", "", "", "", "", "", ""],
            person_row("周启明", phone="13800000002", department="综合科"),
        ),
    )
    services.import_options(
        actor=office.actor, import_id=found.pk, create_departments=True, create_posts=False
    )
    found.refresh_from_db()
    changes = {row.values["name"]: row.changes for row in preview(found).of("changed")}
    assert changes == {
        "陈若水": {"name_en": ("", "Chen Ruoshui"), "phone": ("13800000001", "13800000009")},
        "周启明": {"department": ("办公室", "综合科")},
    }
    confirmed(office, found)
    chen = Account.objects.get(login="chen")
    assert (chen.phone, chen.member.appointments.get().post.name) == ("13800000009", "科长")
    zhou = Account.objects.get(phone="13800000002")
    place = zhou.member.appointments.get().department
    assert place.name == "综合科"
    assert set(SubjectMembership.objects.filter(account=zhou).values_list("subject_id", flat=True)) == {
        place.pk
    }


def test_second_places__are_kept(office: Office) -> None:
    one = services.department_create(actor=office.actor, name="一处")
    two = services.department_create(actor=office.actor, name="二处")
    three = services.department_create(actor=office.actor, name="三处")
    services.member_create(
        actor=office.actor,
        name="陈若水",
        login="chen",
        places=[services.Place(one.id), services.Place(two.id)],
    )
    imported(office, person_row("陈若水", login="chen", department="三处"))
    held = Appointment.objects.filter(member__account__login="chen")
    assert set(held.values_list("department_id", "primary")) == {(three.id, True), (two.id, False)}
    imported(office, person_row("陈若水", login="chen", department="二处"))
    assert set(held.values_list("department_id", "primary")) == {(two.id, True)}


def test_conflicts_with_the_database__are_wrong_rows(office: Office) -> None:
    imported(
        office,
        person_row("陈若水", login="chen", phone="13800000001"),
        person_row("周启明", login="zhou", phone="13800000002"),
    )
    found = uploaded(
        office,
        sheet_bytes(
            person_row("冒名者", login="maoming", phone="13800000002"),
            person_row("管理员", login="system.admin"),
            person_row("无部门", login="wubumen", department=""),
            person_row("新部门", login="xinbumen", department="没有的科"),
            person_row("新职务", login="xinzhiwu", post="没有的职务"),
            person_row("陈若水", phone="13800000001"),
            person_row("陈若水", login="chen"),
        ),
    )
    codes = [{code for _column, code, _params in row.problems} for row in preview(found).rows]
    assert codes == [
        {"phone_taken"},
        {"login_administrator"},
        {"required"},
        {"department_missing"},
        {"post_missing"},
        set(),
        {"person_twice"},
    ]
    before = Account.objects.count()
    done = confirmed(office, found)
    assert done.counts == {"new": 0, "changed": 0, "unchanged": 1, "wrong": 6}
    assert Account.objects.count() == before


def test_refused_rows__come_back_with_reasons_and_can_be_mended(office: Office) -> None:
    done = imported(
        office,
        person_row("陈若水", login="chen"),
        person_row("=1+1", login="formula"),
        person_row("坏号\x0b码".replace("\x0b", ""), phone="123"),
    )
    assert done.counts["wrong"] == 2
    rows = list(done.rows_read())
    assert [each["n"] for each in rows] == [3, 4]
    from office.organization.views.imports import _refused

    sheet = openpyxl.load_workbook(io.BytesIO(workbook.refused_rows(_refused(done)))).worksheets[0]
    assert sheet.cell(2, 1).value == "'=1+1"
    assert sheet.cell(2, 1).data_type == "s"
    assert sheet.cell(3, 12).value
    sheet.cell(2, 1).value = "改好了"
    sheet.cell(3, 4).value = "13800000005"
    stream = io.BytesIO()
    sheet.parent.save(stream)
    assert preview(uploaded(office, stream.getvalue())).counts["new"] == 2


def test_export__can_be_imported_again_unchanged(office: Office) -> None:
    imported(
        office,
        [
            "陈若水",
            "Chen",
            "chen",
            "13800000001",
            "a@b.cn",
            "办公室/文秘科",
            "科长",
            "007",
            "+86 571 88000000",
            5,
        ],
        person_row("周启明", login="zhou", department="办公室"),
    )
    content = workbook.staff_list(member_list(MemberFilter()), Tree())
    assert preview(uploaded(office, content)).counts == {"new": 0, "changed": 0, "unchanged": 2, "wrong": 0}


def test_template__is_read_and_offers_what_there_is(office: Office) -> None:
    services.department_create(actor=office.actor, name="办公室")
    content = workbook.template(Tree(), Post.objects.all())
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert [each.sheet_state for each in book.worksheets] == ["visible", "hidden", "visible"]
    sheet = book.worksheets[0]
    assert len(sheet.data_validations.dataValidation) == 3
    sheet.append(["陈若水", None, "chen", None, None, "办公室", "科员"])
    stream = io.BytesIO()
    book.save(stream)
    assert preview(uploaded(office, stream.getvalue())).counts["new"] == 1


@pytest.mark.parametrize("content", [b"not a spreadsheet", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600])
def test_bad_file__fails_in_words_and_gives_the_storage_back(office: Office, content: bytes) -> None:
    found = uploaded(office, content)
    assert (found.state, found.blob_id) == (ImportState.FAILED, None)
    assert found.problem["code"].startswith("organization.")
    with pytest.raises(errors.ImportStateError):
        services.import_confirm(actor=office.actor, import_id=found.pk)
    assert not Member.objects.exists()


def test_discard__forgets_the_rows(office: Office) -> None:
    found = uploaded(office, sheet_bytes(person_row("陈若水", login="chen")))
    found = services.import_discard(actor=office.actor, import_id=found.pk)
    assert (found.state, found.rows) == (ImportState.DISCARDED, None)
    with pytest.raises(errors.ImportStateError):
        services.import_confirm(actor=office.actor, import_id=found.pk)


def test_two_thousand_people__in_less_than_twenty_seconds(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        person_row(
            f"张{'一二三四五六七八九十'[n % 10]}{'甲乙丙丁戊己庚辛壬癸'[n // 10 % 10]}",
            login=f"staff{n:04d}" if n % 2 else "",
            phone=f"138{n:08d}",
            department=f"{n % 40 // 6 + 1}处/{n % 40 + 1}科",
            post="科员",
        )
        for n in range(2000)
    ]
    began = time.monotonic()
    found = uploaded(office, sheet_bytes(*rows))
    checked = time.monotonic()
    services.import_options(
        actor=office.actor, import_id=found.pk, create_departments=True, create_posts=True
    )
    done = confirmed(office, found)
    took = time.monotonic() - checked
    with capsys.disabled():
        print(f"\n2,000 people: check {checked - began:.1f} s, confirm to job done {took:.1f} s")
    assert done.counts["new"] == 2000
    assert SubjectMembership.objects.filter(account__kind="staff").count() == 2000 * 4
    assert took < 20
    again = time.monotonic()
    assert preview(uploaded(office, sheet_bytes(*rows))).counts["unchanged"] == 2000
    with capsys.disabled():
        print(f"again, to the preview: {time.monotonic() - again:.1f} s")
