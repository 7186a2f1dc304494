"""The columns of the staff spreadsheet: the same for template, import, refused rows and export."""

import re
import unicodedata
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `aliases` are other headings that people use for it, in small letters without blanks."""

    code: str
    zh: str
    en: str
    label: str | Promise
    width: int
    aliases: tuple[str, ...] = ()

    @property
    def heading(self) -> str:
        """What the template writes: both languages, so that one file serves readers of either."""
        return f"{self.zh}\n{self.en}"


COLUMNS = (
    Column("name", "姓名", "Name", _("Full name"), 14, ("名字", "人员姓名", "fullname")),
    Column("name_en", "英文名", "English name", _("English name"), 20, ("英文姓名", "拼音姓名")),
    Column(
        "login",
        "账号",
        "Account",
        _("Account"),
        18,
        ("帐号", "用户名", "登录名", "accountname", "login", "username"),
    ),
    Column(
        "phone",
        "手机号",
        "Mobile",
        _("Mobile number"),
        16,
        ("手机", "手机号码", "移动电话", "mobilenumber", "phone"),
    ),
    Column(
        "email", "邮箱", "Email", _("Mail address"), 26, ("电子邮箱", "电子邮件", "邮件", "e-mail", "mail")
    ),
    Column("department", "部门", "Department", _("Department"), 26, ("科室", "所在部门", "处室", "所属部门")),
    Column("post", "职务", "Post", _("Post"), 16, ("岗位", "职位", "position")),
    Column(
        "head", "负责人", "Head", _("Head of the department"), 10, ("部门负责人", "科室负责人", "是否负责人")
    ),
    Column("staff_number", "工号", "Staff number", _("Staff number"), 14, ("人员编号", "编号", "staffno")),
    Column("office_phone", "办公电话", "Office phone", _("Office phone"), 16, ("座机", "电话", "办公室电话")),
    Column("sort", "排序号", "Order", _("Order"), 10, ("排序", "序号", "顺序")),
)
# What a cell of the column “head” holds when it is read.
YES, NO = "yes", "no"
BY_CODE = {each.code: each for each in COLUMNS}
_MARKS = re.compile(r"[\s*＊:：()()_-]+")


def heading_key(text: str) -> str:
    """A heading as it is compared: compatibility form, small letters, no blanks or marks."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", text)).lower()


HEADINGS = {
    heading_key(text): column.code
    for column in COLUMNS
    for text in (column.zh, column.en, column.heading, *column.aliases)
}
