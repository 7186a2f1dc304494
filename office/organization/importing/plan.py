"""Compares the rows of a file with the people there are: who is new, who changes, what is wrong.

The key of a person is the account column, else the mobile number. A blank cell leaves what is there.
"""

import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from asp.accounts.models import Account, AccountKind
from office.organization import logins
from office.organization.importing.headship import Headship
from office.organization.importing.places import PlaceBook
from office.organization.importing.texts import Problem
from office.organization.models import Member
from office.organization.tree import Tree

Kind = Literal["new", "changed", "unchanged", "wrong"]
KINDS: tuple[Kind, ...] = ("new", "changed", "unchanged", "wrong")
ACCOUNT_FIELDS = ("login", "name", "name_en", "phone", "email")
MEMBER_FIELDS = ("staff_number", "office_phone", "sort")


@dataclass
class PlannedRow:
    """What would happen to one row. `changes` holds (before, after) for each field that changes."""

    number: int
    kind: Kind
    values: dict[str, str]
    raw: dict[str, str]
    problems: list[Problem]
    login: str = ""
    account: Account | None = None
    member: Member | None = None
    changes: dict[str, tuple[str, str]] = field(default_factory=dict)
    # Where the person will be: a department (or the path of one to be created), a post likewise.
    department_id: uuid.UUID | None = None
    new_department: tuple[str, ...] = ()
    post_id: uuid.UUID | None = None
    new_post: str = ""

    @property
    def main(self) -> uuid.UUID | None:
        """The department in which the person mainly works now."""
        held = self.member.appointments.all() if self.member is not None else ()
        return next((each.department_id for each in held if each.primary), None)

    @property
    def moves(self) -> bool:
        """Whether the main appointment changes."""
        return "department" in self.changes or "post" in self.changes

    def shown(self, column: str) -> str:
        """The text of a column for the preview: as it will be, or as it was written if that is refused."""
        if column == "login" and self.login:
            return self.login
        return self.values.get(column) or self.raw.get(column, "")


@dataclass
class Plan:
    """What would happen to a whole file."""

    rows: list[PlannedRow]
    new_departments: list[tuple[str, ...]]
    new_posts: list[str]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows of each kind."""
        counted = Counter(row.kind for row in self.rows)
        return {kind: counted[kind] for kind in KINDS}

    def of(self, kind: Kind) -> list[PlannedRow]:
        """The rows of one kind."""
        return [row for row in self.rows if row.kind == kind]


def plan(
    rows: Iterable[dict[str, Any]],
    *,
    create_departments: bool,
    create_posts: bool,
    tree: Tree | None = None,
    lock: bool = False,
) -> Plan:
    """Work out what importing `rows` (see `cleaning.clean_rows`) would do now.

    With `lock`, the people concerned stay locked until the end of the transaction.
    """
    planned = [PlannedRow(each["n"], "new", each["v"], each.get("r", {}), list(each["p"])) for each in rows]
    people = _People([row for row in planned if not row.problems], lock=lock)
    tree = tree or Tree()
    places = PlaceBook(tree, create_departments=create_departments, create_posts=create_posts)
    targets: dict[uuid.UUID, PlannedRow] = {}
    for row in planned:
        if not row.problems:
            people.identify(row)
        if row.account is not None and not row.problems:
            other = targets.setdefault(row.account.id, row)
            if other is not row:
                row.problems.append(["", "person_twice", {"row": other.number}])
        # Also for rows that are refused already: all that is wrong is said at once.
        places.resolve(row)
    headship = Headship(planned, tree)
    headship.judge()
    good = [row for row in planned if not row.problems]
    taken = people.logins_taken(good)
    for row in planned:
        if row.problems:
            row.kind = "wrong"
        elif row.account is None:
            row.login = row.values.get("login") or logins.suggest(
                row.values["name"], row.values.get("phone", ""), taken
            )
            taken.add(row.login)
        else:
            row.login = row.values.get("login") or row.account.login
            row.changes = _changes(row, places)
            row.changes |= headship.change(row)
            row.kind = "changed" if row.changes else "unchanged"
    paths = dict.fromkeys(row.new_department for row in good if row.new_department)
    posts = dict.fromkeys(row.new_post for row in good if row.new_post)
    return Plan(planned, list(paths), list(posts))


class _People:
    """The accounts that the rows may mean."""

    def __init__(self, rows: list[PlannedRow], *, lock: bool) -> None:
        wanted_logins = {row.values["login"] for row in rows if "login" in row.values}
        wanted_phones = {row.values["phone"] for row in rows if "phone" in row.values}
        accounts = Account.objects.order_by("id")
        if lock:
            accounts = accounts.select_for_update()
        self.by_login = {each.login: each for each in accounts.filter(login__in=wanted_logins)}
        by_phone = accounts.filter(kind=AccountKind.STAFF, phone__in=wanted_phones)
        self.by_phone = {each.phone: each for each in by_phone}
        found = {each.id for each in (*self.by_login.values(), *self.by_phone.values())}
        held = Member.objects.filter(account_id__in=found).prefetch_related("appointments")
        self.members = {each.account_id: each for each in held}

    def identify(self, row: PlannedRow) -> None:
        """Find out who is meant."""
        login, phone = row.values.get("login"), row.values.get("phone")
        owner = self.by_phone.get(phone or "")
        account = self.by_login.get(login) if login else owner
        if account is not None and account.kind != AccountKind.STAFF:
            row.problems.append(["login", "login_administrator", {}])
            return
        if owner is not None and (account is None or owner.id != account.id):
            row.problems.append(["phone", "phone_taken", {"name": owner.name, "login": owner.login}])
            return
        row.account = account
        row.member = self.members.get(account.id) if account is not None else None

    def logins_taken(self, rows: list[PlannedRow]) -> set[str]:
        """Account names that a new person cannot get."""
        taken = {row.values["login"] for row in rows if "login" in row.values}
        if any(row.account is None and "login" not in row.values for row in rows):
            taken |= set(Account.objects.order_by().values_list("login", flat=True))
        return taken


def _changes(row: PlannedRow, places: PlaceBook) -> dict[str, tuple[str, str]]:
    account, member = row.account, row.member
    found: dict[str, tuple[str, str]] = {}
    for column in ACCOUNT_FIELDS:
        now = str(getattr(account, column))
        if column in row.values and row.values[column] != now:
            found[column] = (now, row.values[column])
    for column in MEMBER_FIELDS:
        now = str(getattr(member, column)) if member is not None else ""
        if column in row.values and row.values[column] != now:
            found[column] = (now, row.values[column])
    main = (
        next((each for each in member.appointments.all() if each.primary), None)
        if member is not None
        else None
    )
    old_department = main.department_id if main is not None else None
    old_post = main.post_id if main is not None else None
    if row.new_department or (row.department_id and row.department_id != old_department):
        found["department"] = (places.path(old_department), row.values["department"])
    if row.new_post or (row.post_id and row.post_id != old_post):
        found["post"] = (places.post_name(old_post), row.values["post"])
    # What the file does not say stays as it is.
    if row.department_id is None and not row.new_department:
        row.department_id = old_department
    if row.post_id is None and not row.new_post:
        row.post_id = old_post
    return found
