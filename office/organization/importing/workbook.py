"""Writes spreadsheets: the template, the staff list, the rows that were refused."""

import io
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from asp.ui.cells import safe
from office.organization.importing.columns import COLUMNS
from office.organization.importing.plan import PlannedRow
from office.organization.importing.texts import cell_text
from office.organization.models import Member, Post
from office.organization.tree import Tree

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEMPLATE_ROWS = 2000
_HEAD = PatternFill("solid", fgColor="E8EEF7")

INSTRUCTIONS = (
    ("姓名", "必填。", "Name", "Required."),
    (
        "账号、手机号",
        "至少填一项。按账号认人；账号空着就按手机号认人。新人员没填账号的，按姓名拼音生成。",
        "Account, mobile",
        "At least one. People are recognised by account, or by mobile number where the account is blank. "
        "New people without one get an account from the pinyin of their name.",
    ),
    (
        "部门",
        "新人员必填。下级部门写路径，如“办公室/文秘科”；全局只有一个同名部门时可以只写名称。",
        "Department",
        "Required for new people. Write the path for departments below others, like 办公室/文秘科; the bare "
        "name will do if only one department is called so.",
    ),
    ("职务", "可不填。", "Post", "Optional."),
    (
        "负责人",
        "填“是”的人成为本行部门的负责人，每个部门一人，替换原来的负责人；填“否”的不再担任；空着不改动。",
        "Head",
        "Whoever has 是 (yes) here heads the department of the row, one person each, in place of the former head; "
        "with 否 (no) they no longer do; blank leaves it as it is.",
    ),
    (
        "排序号",
        "0 到 999999 的整数，同一职务级别内按它排列。",
        "Order",
        "A whole number from 0 to 999999; decides among people of the same rank.",
    ),
    (
        "空单元格",
        "已有人员的空单元格不改动原来的内容。",
        "Blank cells",
        "For people who are there already, a blank cell leaves things as they are.",
    ),
    (
        "不要用",
        "公式、合并单元格。每个文件最多 5,000 行；只读第一张可见的、有表头的工作表。",
        "Do not use",
        "Formulas or merged cells. At most 5,000 rows; only the first visible sheet with headings is read.",
    ),
    (
        "密码",
        "不在表里，也不会生成。每人通过激活链接或激活单自己设置。",
        "Passwords",
        "Are not in the file and not invented: each person sets one by a link or a slip.",
    ),
)


def template(tree: Tree, posts: Iterable[Post]) -> bytes:
    """The file to fill in, with the bureau's departments and posts to choose from."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "人员 Staff"
    _head(sheet, [each.heading for each in COLUMNS], [each.width for each in COLUMNS])
    for place in range(1, len(COLUMNS) + 1):
        # As text: a telephone number is no amount.
        sheet.column_dimensions[get_column_letter(place)].number_format = "@"
    lists = book.create_sheet("选项 Lists")
    lists.sheet_state = "hidden"
    paths = [tree.path(node.department.id, language="zh-hans") for node in tree.walk()]
    _choices(sheet, lists, "department", 1, paths)
    _choices(sheet, lists, "post", 2, [each.name for each in posts])
    _choices(sheet, lists, "head", 3, ["是", "否"])
    _instructions(book.create_sheet("说明 Instructions"))
    return _bytes(book)


def staff_list(members: Iterable[Member], tree: Tree) -> bytes:
    """The staff list (人员名册); with the template's columns, so that it can be changed and imported again."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "人员 Staff"
    extra = [("状态\nState", 12), ("其他任职\nOther posts", 30)]
    _head(
        sheet,
        [*(each.heading for each in COLUMNS), *(name for name, _width in extra)],
        [*(each.width for each in COLUMNS), *(width for _name, width in extra)],
    )
    for member in members:
        account = member.account
        places = [
            (tree.path(each.department_id, language="zh-hans"), each.post.name if each.post else "")
            for each in member.appointments.all()
        ]
        department, post = places[0] if places else ("", "")
        main = next((each.department_id for each in member.appointments.all() if each.primary), None)
        heads = main in tree.by_id and tree.by_id[main].head_id == account.pk
        others = "；".join(" ".join(part for part in place if part) for place in places[1:])
        sheet.append(
            [
                safe(each)
                for each in (
                    account.name,
                    account.name_en,
                    account.login,
                    account.phone,
                    account.email,
                    department,
                    post,
                    "是" if heads else "",
                    member.staff_number,
                    member.office_phone,
                    member.sort,
                    account.get_state_display(),
                    others,
                )
            ]
        )
    return _bytes(book)


def refused_rows(rows: Sequence[PlannedRow]) -> bytes:
    """The rows that were refused, as they were written, with the reasons in the reader's language."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "人员 Staff"
    headings = [*(each.heading for each in COLUMNS), gettext("Row"), gettext("What is wrong")]
    _head(sheet, headings, [*(each.width for each in COLUMNS), 8, 80])
    for row in rows:
        reasons = "\n".join(cell_text(problem) for problem in row.problems)
        cells = [safe(row.raw.get(each.code, row.values.get(each.code, ""))) for each in COLUMNS]
        sheet.append([*cells, str(row.number), safe(reasons)])
        sheet.cell(sheet.max_row, len(headings)).alignment = Alignment(wrap_text=True, vertical="top")
    return _bytes(book)


def _head(sheet: Worksheet, headings: Sequence[str], widths: Sequence[int]) -> None:
    sheet.append(list(headings))
    for place, width in enumerate(widths, start=1):
        cell = sheet.cell(1, place)
        cell.font, cell.fill = Font(bold=True), _HEAD
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.row_dimensions[1].height = 32
    sheet.freeze_panes = "B2"


def _choices(sheet: Worksheet, lists: Worksheet, code: str, place: int, texts: list[str]) -> None:
    """A drop-down of `texts` for a column. Other values are allowed: they may be created on import."""
    if not texts:
        return
    for number, text in enumerate(texts, start=1):
        lists.cell(number, place, safe(text))
    letter = get_column_letter(place)
    rule = DataValidation(
        type="list",
        formula1=f"'{lists.title}'!${letter}$1:${letter}${len(texts)}",
        allow_blank=True,
        showErrorMessage=False,
    )
    column = get_column_letter(next(n for n, each in enumerate(COLUMNS, start=1) if each.code == code))
    rule.add(f"{column}2:{column}{TEMPLATE_ROWS + 1}")
    sheet.add_data_validation(rule)


def _instructions(sheet: Worksheet) -> None:
    sheet.column_dimensions["A"].width = 18
    sheet.column_dimensions["B"].width = 60
    sheet.column_dimensions["C"].width = 18
    sheet.column_dimensions["D"].width = 70
    for row in INSTRUCTIONS:
        sheet.append(list(row))
        for place in range(1, 5):
            sheet.cell(sheet.max_row, place).alignment = Alignment(wrap_text=True, vertical="top")
        sheet.cell(sheet.max_row, 1).font = sheet.cell(sheet.max_row, 3).font = Font(bold=True)


def _bytes(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
