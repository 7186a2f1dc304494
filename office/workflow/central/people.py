"""Who in this bureau is meant by the roles that a template needs: proposals, and putting them into its steps."""

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import override

from asp.accounts.models import Role
from asp.accounts.subjects import DEPARTMENT, POST, ROLE, Subject, subject_search
from asp.forms.directories import directory
from office.workflow.bpmn.elements import Performer
from office.workflow.central import NeededRole, Template
from office.workflow.managing.performers import subject_performer

People = Mapping[str, Sequence[Performer]]


def proposals(template: Template) -> dict[str, list[Performer]]:
    """For each role that the template needs, who bears its name here: a role, else a post, else a department."""
    with override("zh-hans"):  # the names that templates know
        return {each.key: _proposed(each) for each in template.roles}


def _proposed(needed: NeededRole) -> list[Performer]:
    names = (needed.name, *needed.also)
    role = Role.objects.filter(code=needed.key).first() or Role.objects.filter(name__in=names).first()
    if role is not None:
        return _performers(Subject(ROLE, role.pk))
    for post in subject_search("", kinds=(POST,), limit=500):
        if post.label in names:
            return _performers(post.subject)
    departments = directory("department")
    for each in departments.search("", 500) if departments else ():
        if each.label in names:
            return _performers(Subject(DEPARTMENT, each.id))
    return []


def _performers(subject: Subject) -> list[Performer]:
    found = subject_performer(subject)
    return [found] if found else []


def steps_with(steps: Mapping[str, Any], people: People) -> dict[str, Any]:
    """The template's steps with the people of this bureau; a role that nobody was named for stays as it is."""
    made = copy.deepcopy(dict(steps))
    for step in _all(made["steps"]):
        for key in ("performers", "copies"):
            if key in step:
                step[key] = _replaced(step[key], people)
    return made


def _all(items: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for each in items:
        yield from each.get("parallel", [each])


def _replaced(performers: list[dict[str, str]], people: People) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for each in performers:
        named = people.get(each.get("ref", "")) if each["kind"] == "role" else None
        for one in [{"kind": p.kind, "ref": p.ref} if p.ref else {"kind": p.kind} for p in named or ()] or [
            each
        ]:
            if one not in found:
                found.append(one)
    return found
