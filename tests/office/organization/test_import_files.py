"""What a spreadsheet may be, and what is said about one that may not."""

import datetime
import io
import re
import time
import zipfile
from typing import Any

import pytest
from openpyxl import Workbook

from office.organization.errors import ImportRefused
from office.organization.importing import cleaning, reader
from tests.office.organization.cast import HEADINGS, person_row, saved, sheet_bytes


def read(content: bytes) -> list[dict[str, Any]]:
    return cleaning.clean_rows(reader.read(io.BytesIO(content)).rows)


def refused(content: bytes) -> str:
    with pytest.raises(ImportRefused) as caught:
        read(content)
    assert caught.value.text
    return caught.value.code


def problems(row: dict[str, Any]) -> set[tuple[str, str]]:
    return {(column, code) for column, code, _params in row["p"]}


def test_it_reads_values_as_people_write_them() -> None:
    row = [
        "张　三",
        " San  Zhang ",
        "ＺＨＡＮＧ.San",
        13800000000.0,
        "San@Example.GOV.cn",
        "办公室 / 文秘科",
        "科长 ",
        7,
        "0571-88000000",
        3,
    ]
    (clean,) = read(sheet_bytes(row))
    assert clean["p"] == []
    assert clean["v"] == {
        "name": "张三",
        "name_en": "San Zhang",
        "login": "zhang.san",
        "phone": "13800000000",
        "email": "San@example.gov.cn",
        "department": "办公室/文秘科",
        "post": "科长",
        "staff_number": "7",
        "office_phone": "0571-88000000",
        "sort": "3",
    }


@pytest.mark.parametrize(
    "phone", ["１３８００００００００", "138 0000 0000", "+86 138-0000-0000", "13800000000.0", 13800000000]
)
def test_it_reads_phones_however_typed(phone: object) -> None:
    (clean,) = read(sheet_bytes(person_row("张三", phone=phone)))
    assert clean["v"]["phone"] == "13800000000"


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (person_row("", login="zhangsan"), ("name", "required")),
        (person_row("张三"), ("", "key_missing")),
        (person_row("张\u202e三", login="zhangsan"), ("name", "invisible")),
        (person_row("张/三", login="zhangsan"), ("name", "sign")),
        (person_row("张三", login="张三"), ("login", "login_invalid")),
        (person_row("张三", phone="12345"), ("phone", "phone_invalid")),
        (person_row("张三", phone="1.38E+10"), ("phone", "phone_invalid")),
        (person_row("张" * 61, login="zhangsan"), ("name", "too_long")),
        (
            person_row("张三", login="zhangsan", department="/".join("一二三四五六七八九")),
            ("department", "too_deep"),
        ),
        (person_row("张三", login="zhangsan", post=datetime.date(2026, 3, 5)), ("post", "is_date")),  # type: ignore[arg-type]
        (person_row("=1+1", login="zhangsan"), ("name", "formula")),
        (person_row("张三", login='=HYPERLINK("http://x")'), ("login", "formula")),
        (person_row("#N/A", login="zhangsan"), ("name", "error_value")),
        (["张三", "", "zhangsan", "", "不是邮箱", "办公室", "", "", "", ""], ("email", "email_invalid")),
        (
            ["张三", "", "zhangsan", "", "", "办公室", "", "", "javascript:", ""],
            ("office_phone", "office_phone_invalid"),
        ),
        (["张三", "", "zhangsan", "", "", "办公室", "", "", "", -1], ("sort", "sort_invalid")),
    ],
)
def test_it_says_which_cell_is_wrong(row: list[Any], expected: tuple[str, str]) -> None:
    (clean,) = read(sheet_bytes(row))
    assert expected in problems(clean)
    assert clean["n"] == 2


def test_it_refuses_both_rows_of_a_duplicate() -> None:
    rows = read(
        sheet_bytes(
            person_row("张三", login="zhangsan", phone="13800000000"),
            person_row("李四", login="lisi", phone="１３８ ０００００００ ０"),
            person_row("王五", login="ZhangSan"),
            person_row("赵六", login="zhaoliu"),
        )
    )
    assert ("phone", "phone_twice") in problems(rows[0])
    assert ("phone", "phone_twice") in problems(rows[1])
    assert ("login", "login_twice") in problems(rows[2])
    assert rows[0]["p"][0][2] == {"row": 4} or rows[0]["p"][1][2] == {"row": 3}
    assert rows[3]["p"] == []


def test_it_finds_the_headings_below_a_merged_title_and_in_either_language() -> None:
    (clean,) = read(sheet_bytes(person_row("张三", login="zhangsan"), title="云溪县某局人员花名册"))
    assert (clean["n"], clean["p"]) == (3, [])
    (clean,) = read(sheet_bytes(["张三", "zhangsan", "备注"], headings=["Name *", " ACCOUNT", "备注"]))
    assert clean["v"] == {"name": "张三", "login": "zhangsan"}


def test_it_refuses_rows_of_merged_cells() -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(HEADINGS)
    for number in range(3):
        sheet.append(person_row(f"张{'一二三'[number]}", login=f"zhang{number}"))
    sheet.merge_cells("F2:F3")
    rows = read(saved(book))
    assert [("", "merged") in problems(row) for row in rows] == [True, True, False]


def test_it_ignores_hidden_sheets() -> None:
    book = Workbook()
    hidden = book.worksheets[0]
    hidden.append(HEADINGS)
    hidden.append(person_row("暗中", login="anzhong"))
    hidden.sheet_state = "hidden"
    shown = book.create_sheet("人员")
    shown.append(HEADINGS)
    shown.append(person_row("张三", login="zhangsan"))
    (clean,) = read(saved(book))
    assert clean["v"]["name"] == "张三"


@pytest.mark.parametrize(
    ("headings", "code"),
    [
        (["甲", "乙", "丙"], "organization.no_header"),
        (["姓名", "部门"], "organization.heading_missing"),
        (["账号", "手机号"], "organization.heading_missing"),
        (["姓名", "账号", "Account"], "organization.heading_twice"),
    ],
)
def test_it_refuses_wrong_columns(headings: list[str], code: str) -> None:
    assert refused(sheet_bytes(["a", "b", "c"], headings=headings)) == code


def test_it_refuses_an_empty_sheet() -> None:
    assert refused(sheet_bytes()) == "organization.no_rows"


def test_it_refuses_a_renamed_xls() -> None:
    assert refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000) == "organization.old_xls"


@pytest.mark.parametrize("content", [b"", b"name,login\nx,y\n", b"PK\x03\x04 not really", b"%PDF-1.7"])
def test_it_refuses_what_is_no_archive(content: bytes) -> None:
    assert refused(content) == "organization.not_xlsx"


def test_it_refuses_an_archive_that_is_no_workbook() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("hello.txt", "hello")
    assert refused(stream.getvalue()) == "organization.not_xlsx"


def changed(content: bytes, part: str, change: Any) -> bytes:
    """The same archive with one part rewritten."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for each in old.infolist():
            data = old.read(each)
            new.writestr(each.filename, change(data) if each.filename == part else data)
    return out.getvalue()


def test_it_refuses_a_zip_bomb_before_unpacking() -> None:
    good = sheet_bytes(person_row("张三", login="zhangsan"))
    bomb = changed(good, "xl/worksheets/sheet1.xml", lambda data: data + b" " * (80 * 1024 * 1024))
    assert len(bomb) < 1024 * 1024
    assert refused(bomb) == "organization.bomb"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_it_refuses_xml_entities(encoding: str) -> None:
    bomb = (
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/></worksheet>'
    ).encode(encoding)
    good = sheet_bytes(person_row("张三", login="zhangsan"))
    assert refused(changed(good, "xl/worksheets/sheet1.xml", lambda _data: bomb)) == "organization.unsafe_xml"


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"])
def test_it_refuses_damaged_parts(part: str) -> None:
    good = sheet_bytes(person_row("张三", login="zhangsan"))
    broken = changed(good, part, lambda data: data[: len(data) // 2])
    assert refused(broken) in {"organization.broken", "organization.no_rows", "organization.no_header"}


def test_it_refuses_a_truncated_file() -> None:
    good = sheet_bytes(*[person_row(f"张三{n}", login=f"zhang{n}") for n in range(50)])
    assert refused(good[: len(good) // 2]) == "organization.not_xlsx"


def test_it_refuses_more_than_five_thousand_rows() -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(HEADINGS)
    for number in range(5001):
        sheet.append(person_row("张三", login=f"zhang{number}"))
    assert refused(saved(book)) == "organization.too_many_rows"


def test_it_refuses_a_hundred_thousand_rows_without_reading_them_all() -> None:
    """As large as people have them: a real sheet, of one row again and again."""

    def repeated(data: bytes) -> bytes:
        found = re.search(rb'<row r="2".*?</row>', data, re.DOTALL)
        assert found
        row = re.sub(rb' r="[A-Z]*2"', b"", found[0])  # without numbers: each is the next
        size = b'<dimension ref="A1:J100001"/>'
        return re.sub(rb"<dimension[^>]*/>", size, data.replace(found[0], row * 100_000))

    good = sheet_bytes(person_row("张三", login="zhangsan"))
    large = changed(good, "xl/worksheets/sheet1.xml", repeated)
    began = time.process_time()
    assert refused(large) == "organization.too_many_rows"
    assert time.process_time() - began < 5.0


def test_it_refuses_a_sheet_that_goes_on_forever() -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(HEADINGS)
    sheet.append(person_row("张三", login="zhangsan"))
    sheet.cell(1_048_576, 1, "李四")
    assert refused(saved(book)) == "organization.too_many_blank"


def test_sheets_are_read_through_defusedxml() -> None:
    """openpyxl takes lxml as soon as it is installed, and then other errors and other entities."""
    import openpyxl

    assert openpyxl.DEFUSEDXML
    assert not openpyxl.LXML
