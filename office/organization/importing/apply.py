"""Writes a plan: everything or nothing, in a fixed number of statements for each thousand people."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from asp.accounts import pinyin
from asp.accounts.models import Account, AccountKind, AccountState
from asp.audit.actor import Actor
from asp.audit.services import record
from office.organization.importing.headship import heads_put
from office.organization.importing.plan import ACCOUNT_FIELDS, MEMBER_FIELDS, Plan, PlannedRow, plan
from office.organization.memberships import memberships_refresh
from office.organization.models import Appointment, Department, Member, Post
from office.organization.services.departments import create_within, tree_locked
from office.organization.services.heads import heads_settle
from office.organization.services.posts import post_create
from office.organization.tree import Tree

BATCH = 500
DEFAULT_RANK = 50
Progress = Callable[[int, int, str], None]


@transaction.atomic
def apply(
    *,
    actor: Actor,
    rows: list[dict[str, Any]],
    filename: str,
    create_departments: bool,
    create_posts: bool,
    progress: Progress,
) -> Plan:
    """Import `rows` as they compare with the people there are now; return what was done.

    Rows that cannot be imported are left out and are in the plan with their reasons.
    """
    tree = tree_locked()
    done = plan(rows, create_departments=create_departments, create_posts=create_posts, tree=tree, lock=True)
    todo = [row for row in done.rows if row.kind in ("new", "changed")]
    total = len(todo) + 1
    progress(0, total, "structure")
    tree = _create_departments(actor, tree, done)
    _create_posts(actor, done)
    new = done.of("new")
    changed = done.of("changed")
    for start in range(0, len(new), BATCH):
        _create_people(new[start : start + BATCH])
        progress(min(start + BATCH, len(new)), total, "people")
    for start in range(0, len(changed), BATCH):
        _change_people(changed[start : start + BATCH])
        progress(len(new) + min(start + BATCH, len(changed)), total, "people")
    progress(len(todo), total, "memberships")
    moved = [row.account.id for row in todo if row.account is not None and (row.kind == "new" or row.moves)]
    memberships_refresh(account_ids=moved, tree=tree)
    heads_settle(actor=actor, tree=tree, account_ids=set(moved))
    heads_put(actor=actor, tree=tree, rows=todo)
    for row in todo:
        _record(actor, row, filename)
    return done


def _create_departments(actor: Actor, tree: Tree, done: Plan) -> Tree:
    """Create missing departments from the top down; point the rows at them."""
    created: dict[tuple[str, ...], uuid.UUID] = {}
    for path in done.new_departments:
        at: Department | None = None
        for name in path:
            below = tree.children(at.id if at else None)
            found = next((each for each in below if _same(each, name)), None)
            if found is None:
                found = create_within(actor=actor, tree=tree, name=name, parent=at)
                tree = Tree([*tree.by_id.values(), found])
            at = found
        if at is not None:
            created[path] = at.id
    for row in done.rows:
        if row.new_department and row.kind != "wrong":
            row.department_id = created[row.new_department]
    return tree


def _same(department: Department, name: str) -> bool:
    wanted = name.casefold()
    return wanted in (department.name.casefold(), department.name_en.casefold(), department.code.casefold())


def _create_posts(actor: Actor, done: Plan) -> None:
    created: dict[str, Post] = {}
    for name in done.new_posts:
        key = name.casefold()
        if key not in created:
            created[key] = post_create(actor=actor, name=name, rank=DEFAULT_RANK)
    for row in done.rows:
        if row.new_post and row.kind != "wrong":
            row.post_id = created[row.new_post.casefold()].id


def _create_people(rows: list[PlannedRow]) -> None:
    members, appointments = [], []
    for row in rows:
        values = row.values
        row.account = Account(
            kind=AccountKind.STAFF,
            state=AccountState.INVITED,
            login=row.login,
            name=values["name"],
            name_en=values.get("name_en", ""),
            phone=values.get("phone", ""),
            email=values.get("email", ""),
            # bulk_create does not call save(), which would work this out.
            pinyin=pinyin.search_text(values["name"]),
            # Unusable until the activation link sets one; costs no Argon2.
            password=make_password(None),
        )
        row.member = _member(row)
        members.append(row.member)
        appointments.append(_appointment(row))
    Account.objects.bulk_create([row.account for row in rows if row.account is not None])
    Member.objects.bulk_create(members)
    Appointment.objects.bulk_create(appointments)


def _change_people(rows: list[PlannedRow]) -> None:
    accounts, members, new_members = [], [], []
    for row in rows:
        account, member = row.account, row.member
        if account is None:
            raise ValueError("a changed row has an account")
        if row.changes.keys() & set(ACCOUNT_FIELDS):
            for column in row.changes.keys() & set(ACCOUNT_FIELDS):
                setattr(account, column, row.values[column])
            account.pinyin = pinyin.search_text(account.name)
            accounts.append(account)
        if member is None:
            row.member = _member(row)
            new_members.append(row.member)
        elif row.changes.keys() & set(MEMBER_FIELDS):
            for column in row.changes.keys() & set(MEMBER_FIELDS):
                setattr(member, column, int(row.values[column]) if column == "sort" else row.values[column])
            members.append(member)
    Account.objects.bulk_update(accounts, [*ACCOUNT_FIELDS, "pinyin"])
    Member.objects.bulk_create(new_members)
    Member.objects.bulk_update(members, list(MEMBER_FIELDS))
    _change_places([row for row in rows if row.moves and row.department_id is not None])


def _change_places(rows: list[PlannedRow]) -> None:
    """The main place becomes what the row says; other places stay, unless they are the same."""
    doubled, moved, new = [], [], []
    for row in rows:
        held = list(row.member.appointments.all()) if row.member is not None else []
        main = next((each for each in held if each.primary), None)
        target = (row.department_id, row.post_id)
        doubled += [
            each.id for each in held if not each.primary and (each.department_id, each.post_id) == target
        ]
        if main is None:
            new.append(_appointment(row))
        else:
            main.department_id, main.post_id = row.department_id, row.post_id  # type: ignore[assignment]
            moved.append(main)
    if doubled:
        Appointment.objects.filter(pk__in=doubled).delete()
    Appointment.objects.bulk_update(moved, ["department", "post"])
    Appointment.objects.bulk_create(new)


def _member(row: PlannedRow) -> Member:
    return Member(
        account=row.account,
        staff_number=row.values.get("staff_number", ""),
        office_phone=row.values.get("office_phone", ""),
        sort=int(row.values.get("sort", 0)),
    )


def _appointment(row: PlannedRow) -> Appointment:
    if row.department_id is None:
        raise ValueError("a planned row has a department")
    return Appointment(member=row.member, department_id=row.department_id, post_id=row.post_id, primary=True)


def _record(actor: Actor, row: PlannedRow, filename: str) -> None:
    if row.account is None:
        raise ValueError("an imported row has an account")
    record(
        actor=actor,
        action=f"organization.member_{'created' if row.kind == 'new' else 'changed'}_by_import",
        target_kind="accounts.account",
        target_id=row.account.id,
        target_name=row.account.name,
        params={
            "filename": filename,
            "row": row.number,
            "login": row.account.login,
            "fields": sorted(row.changes),
        },
    )
