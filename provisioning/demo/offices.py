"""What works in the fictional offices: departments, people, a few files; by the offices' own services."""

from typing import Any

from django.db import transaction

from asp.accounts.models import Account, Duty
from asp.audit.actor import Actor
from asp.blobs.services import blob_write
from office.library import services as library
from office.organization import selectors as organization_selectors
from office.organization import services as organization
from provisioning.demo import documents, processes
from provisioning.demo.accounts import activate
from provisioning.demo.county import Body, File
from provisioning.demo.secret import Secrets
from tenants.context import bureau_context
from tenants.site import BureauRef


def furnish(
    secrets: Secrets, body: Body, bureau: BureauRef, *, number: int, with_processes: bool = True
) -> None:
    """Set up departments, posts, staff and files, all or nothing, unless that was done before."""
    with bureau_context(bureau):
        if Account.objects.staff().exists():
            return
        with transaction.atomic():
            system = Actor.of_account(Account.objects.administrators().get(duty=Duty.SYSTEM))
            departments = _departments(system, body)
            people = _people(system, body, departments, number=number)
            _heads(system, body, departments, people)
            present = {}
            for worker in body.staff:
                if worker.signs_in:
                    activate(secrets, site=bureau.slug, account=people[worker.name])
                    present[worker.name] = Account.objects.get(pk=people[worker.name].pk)
            _files(body, departments, present)
            leader, head, clerk = (present[name] for name in _cast(body))
            documents.set_up(leader, head, code=body.agency_code)
            if with_processes:
                processes.set_up(leader, head, clerk)


def _cast(body: Body) -> tuple[str, str, str]:
    """The leader, the head of the section whose people sign in, and a clerk of it."""
    here = [worker for worker in body.staff if worker.signs_in]
    section = [worker.name for worker in here if worker.department == 1]
    return here[0].name, section[0], section[1]


def staff_who_sign_in(body: Body, bureau: BureauRef) -> list[tuple[Account, str]]:
    """The accounts of staff that have a password, with their post."""
    names = {worker.name: worker.post for worker in body.staff if worker.signs_in}
    with bureau_context(bureau):
        found = {account.name: account for account in Account.objects.staff().filter(name__in=names)}
    return [(found[name], post) for name, post in names.items() if name in found]


def _departments(actor: Actor, body: Body) -> list[Any]:
    made: list[Any] = []
    for name, name_en, parent in body.departments:
        above = made[parent] if parent is not None else None
        made.append(organization.department_create(actor=actor, name=name, name_en=name_en, parent=above))
    return made


def _people(actor: Actor, body: Body, departments: list[Any], *, number: int) -> dict[str, Account]:
    for name, name_en, rank in body.posts:
        organization.post_create(actor=actor, name=name, name_en=name_en, rank=rank)
    posts = {post.name: post.pk for post in organization_selectors.post_list()}
    people = {}
    for place, worker in enumerate(body.staff, start=1):
        member = organization.member_create(
            actor=actor,
            name=worker.name,
            phone=f"1380001{number:02d}{place:02d}",
            places=[organization.Place(departments[worker.department].pk, posts[worker.post])],
            staff_number=f"{number:02d}{place:03d}",
            sort=place,
        )
        people[worker.name] = member.account
    return people


def _heads(actor: Actor, body: Body, departments: list[Any], people: dict[str, Account]) -> None:
    """Whoever stands first in a department heads it: the leader the office, section chiefs their sections."""
    for place, department in enumerate(departments):
        chosen = next((worker for worker in body.staff if worker.department == place), None)
        if chosen is not None:
            organization.department_update(
                actor=actor,
                department=department,
                name=department.name,
                name_en=department.name_en,
                head=people[chosen.name].pk,
            )


def _files(body: Body, departments: list[Any], present: dict[str, Account]) -> None:
    """Put the files where they belong, each in the name of somebody who works there and can sign in."""
    folders: dict[tuple[str, str], Any] = {}
    for file in body.files:
        owner = present[_owner_of(file, body)]
        actor = Actor.of_account(owner)
        key = (file.cabinet, file.folder)
        if key not in folders:
            top = _top(file, actor, owner, departments)
            folders[key] = library.folder_create(actor=actor, parent=top, name=file.folder)
        blob = blob_write(actor=actor, data=file.text.encode(), filename=file.name, media_type="text/plain")
        library.file_store(actor=actor, place=folders[key], name=file.name, blob=blob)


def _owner_of(file: File, body: Body) -> str:
    here = [worker for worker in body.staff if worker.signs_in]
    if file.cabinet.isdigit():
        return next(worker.name for worker in here if worker.department == int(file.cabinet))
    return file.cabinet or here[0].name


def _top(file: File, actor: Actor, owner: Account, departments: list[Any]) -> Any:
    """The top folder of the cabinet that a demonstration file lies in."""
    if not file.cabinet:
        cabinet = library.cabinet_open_unit(actor=actor)
    elif file.cabinet.isdigit():
        department = departments[int(file.cabinet)]
        cabinet = library.cabinet_open_department(
            actor=actor, department_id=department.pk, name=department.name
        )
    else:
        cabinet = library.cabinet_open_personal(actor=actor, account=owner)
    # Rights are kept on the account's object, and the cabinet may have just been made: a fresh one.
    return library.folder_get_for(account=Account.objects.get(pk=owner.pk), node_id=cabinet.pk)
