"""What is wrong with a file or a cell, in words. Stored as code and parameters, read in either language."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from office.organization import names
from office.organization.importing.columns import BY_CODE

Problem = list[Any]  # [column code or "", problem code, parameters]

CELL: dict[str, str | Promise] = {
    **names.PROBLEMS,
    "required": _("This must be filled in."),
    "key_missing": _("Fill in the account or the mobile number: one of them is needed to tell people apart."),
    "formula": _("This cell holds a formula. Put the result in as a value (copy, then paste as values)."),
    "error_value": _("This cell shows an error ({text}) instead of a value."),
    "is_date": _("This cell holds a date or time. Format it as text and type it again."),
    "merged": _("This row is part of merged cells ({range}). Take the merging away."),
    "login_invalid": _("An account begins with a letter and has 2 to 32 letters (a–z), digits, . - or _"),
    "phone_invalid": _("This is not a mobile number of eleven digits."),
    "email_invalid": _("This is not a mail address."),
    "office_phone_invalid": _("This is not a telephone number."),
    "sort_invalid": _("This must be a whole number from 0 to 999999."),
    "too_deep": _("Departments can be at most {limit} levels deep."),
    "login_twice": _("The account is also in row {row}."),
    "phone_twice": _("The mobile number is also in row {row}."),
    "person_twice": _("This means the same person as row {row}."),
    "login_administrator": _("This account belongs to an administrator, who is not staff."),
    "phone_taken": _("This mobile number belongs to {name} ({login})."),
    "department_missing": _(
        "There is no department “{path}”. Create it, or tick “create missing departments”."
    ),
    "department_ambiguous": _(
        "There are several departments “{path}”. Write the path from the top, like 办公室/文秘科."
    ),
    "head_invalid": _(
        "Write 是 (yes) for whoever heads the department, 否 (no) for who does not, or nothing."
    ),
    "head_nowhere": _("Say which department this person heads: fill in the department."),
    "head_twice": _("Row {row} is to head the same department. Only one of them can."),
    "head_disabled": _("This account is disabled; it cannot head a department."),
    "post_missing": _("There is no post “{name}”. Create it, or tick “create missing posts”."),
}

FILE: dict[str, str | Promise] = {
    "organization.not_xlsx": _("This is not an Excel file (.xlsx)."),
    "organization.old_xls": _(
        "This is an old Excel file (.xls) or one with a password, whatever its name says. "
        "Open it, save it as .xlsx without a password, and upload it again."
    ),
    "organization.bomb": _("This file unpacks to more than {limit} and was not opened."),
    "organization.unsafe_xml": _(
        "This file contains declarations that a spreadsheet never needs. It was not opened."
    ),
    "organization.broken": _(
        "This file is damaged and cannot be read. Open it, save it again, and upload it again."
    ),
    "organization.no_header": _(
        "No heading row was found. The first visible sheet needs a row with the headings of the template, "
        "at least name and account or mobile number."
    ),
    "organization.heading_missing": _("A column is missing: {columns}. Take the headings from the template."),
    "organization.heading_twice": _("There are two columns “{column}”. Take one away."),
    "organization.too_many_rows": _(
        "There are more than {limit} rows. Split the file and import the parts one by one."
    ),
    "organization.too_many_blank": _(
        "The sheet goes on for more than {limit} rows, most of them blank. Delete the blank rows below the last person."
    ),
    "organization.no_rows": _("There are no people below the headings."),
}


def cell_text(problem: Problem) -> str:
    """`Mobile number: This is not …` in the reader's language."""
    column, code, params = problem
    said = str(CELL[code]).format(**params)
    return f"{BY_CODE[column].label}: {said}" if column in BY_CODE else said


def file_text(code: str, params: dict[str, Any]) -> str:
    """Why a whole file was refused."""
    text = FILE.get(code)
    return str(text).format(**params) if text is not None else code
