"""The column of the spreadsheet that says who heads the department of a row."""

import io
from typing import Any

import openpyxl
import pytest

from asp.accounts.models import Account
from asp.accounts.services import account_disable
from asp.audit.models import Entry
from office.organization import services
from office.organization.importing import workbook
from office.organization.models import Department
from office.organization.selectors import MemberFilter, member_list
from office.organization.tree import Tree
from tests.office.organization.cast import HEADINGS, Office, person_row, sheet_bytes
from tests.office.organization.test_import_run import confirmed, preview, state_of_people, uploaded
from tests.support.client import SiteClient

HEADED = [*HEADINGS, "负责人"]


def row(name: str, login: str, head: Any, department: str = "办公室") -> list[Any]:
    return [*person_row(name, login=login, department=department), head]


def checked(office: Office, *rows: list[Any]) -> Any:
    found = uploaded(office, sheet_bytes(*rows, headings=HEADED))
    return services.import_options(
        actor=office.actor, import_id=found.pk, create_departments=True, create_posts=True
    )


def imported(office: Office, *rows: list[Any]) -> Any:
    return confirmed(office, checked(office, *rows))


def heads() -> dict[str, str]:
    rows = Department.objects.filter(head__isnull=False)
    return dict(rows.values_list("name", "head__login"))


def acts() -> list[tuple[str, str]]:
    found = Entry.objects.filter(action__startswith="organization.department_head").order_by("id")
    return [(each.action.rpartition("_")[2], each.params["head"]) for each in found]


def problems(planned: Any) -> list[list[str]]:
    return [[code for _column, code, _params in each.problems] for each in planned.rows]


def test_it_makes_people_heads_and_the_same_file_changes_nothing_twice(office: Office) -> None:
    rows = (row("陈若水", "chen", "是"), row("周启明", "zhou", "", "办公室/文秘科"), row("宋听雨", "song", "YES", "办公室/文秘科"))  # fmt: skip
    assert imported(office, *rows).counts == {"new": 3, "changed": 0, "unchanged": 0, "wrong": 0}
    assert heads() == {"办公室": "chen", "文秘科": "song"}
    assert acts() == [("set", "陈若水"), ("set", "宋听雨")]
    before = state_of_people()
    again = imported(office, *rows)
    assert again.counts == {"new": 0, "changed": 0, "unchanged": 3, "wrong": 0}
    assert state_of_people() == before
    assert len(acts()) == 2


def test_another_head_takes_the_place_of_the_former(office: Office) -> None:
    imported(office, row("陈若水", "chen", "是"), row("周启明", "zhou", ""))
    found = checked(office, row("周启明", "zhou", "是"), row("陈若水", "chen", ""))
    (changed,) = preview(found).of("changed")
    assert changed.changes == {"head": ("陈若水", "周启明")}
    page = SiteClient(office.bureau).login_as(office.system).get(f"/organization/imports/{found.pk}/").content
    assert "周启明" in page.decode()
    assert "Head of the department" in page.decode()
    confirmed(office, found)
    assert heads() == {"办公室": "zhou"}


@pytest.mark.parametrize("word", ["否", "No", 0, False])
def test_no_takes_somebody_off_and_a_blank_cell_leaves_them(office: Office, word: Any) -> None:
    imported(office, row("陈若水", "chen", "是"))
    assert imported(office, row("陈若水", "chen", "")).counts["unchanged"] == 1
    assert heads() == {"办公室": "chen"}
    assert imported(office, row("陈若水", "chen", word)).counts["changed"] == 1
    assert heads() == {}
    assert imported(office, row("陈若水", "chen", word)).counts["unchanged"] == 1
    assert acts() == [("set", "陈若水"), ("cleared", "陈若水")]


def test_a_head_who_moves_leaves_one_department_and_heads_the_other(office: Office) -> None:
    imported(office, row("陈若水", "chen", "是"))
    imported(office, row("陈若水", "chen", "是", "财务科"))
    assert heads() == {"财务科": "chen"}


def test_it_says_what_is_wrong_and_changes_nothing(office: Office) -> None:
    planned = preview(checked(office, row("陈若水", "chen", "也许")))
    assert problems(planned) == [["head_invalid"]]
    both = preview(checked(office, row("陈若水", "chen", "是"), row("周启明", "zhou", "是")))
    assert problems(both) == [["head_twice"], ["head_twice"]]
    # Also where one of them is there already and the file does not repeat the department.
    imported(office, row("陈若水", "chen", ""))
    both = preview(checked(office, row("陈若水", "chen", "是", ""), row("周启明", "zhou", "是")))
    assert problems(both) == [["head_twice"], ["head_twice"]]
    account_disable(actor=office.actor, account=Account.objects.get(login="chen"))
    assert problems(preview(checked(office, row("陈若水", "chen", "是")))) == [["head_disabled"]]
    assert heads() == {}


def test_the_template_offers_it_and_the_list_says_it(office: Office) -> None:
    imported(office, row("陈若水", "chen", "是"), row("周启明", "zhou", ""))
    template = openpyxl.load_workbook(io.BytesIO(workbook.template(Tree(), []))).worksheets[0]
    assert "负责人\nHead" in [each.value for each in template[1]]
    content = workbook.staff_list(member_list(MemberFilter()), Tree())
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    place = [each.value for each in sheet[1]].index("负责人\nHead")
    said = {cells[2].value: cells[place].value for cells in sheet.iter_rows(min_row=2)}
    assert (said["chen"], said["zhou"] or "") == ("是", "")
    assert preview(uploaded(office, content)).counts == {"new": 0, "changed": 0, "unchanged": 2, "wrong": 0}
