"""Performers (办理人) as people read and choose them."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from asp.accounts.models import Role
from asp.accounts.subjects import (
    DEPARTMENT,
    PERSON,
    POST,
    ROLE,
    Subject,
    SubjectChoice,
    subject_labels,
    subject_search,
)
from asp.forms import Definition as Form
from asp.forms.directories import directory
from asp.ui.text import localized
from office.workflow.bpmn.compare import HEADS, PERFORMERS
from office.workflow.bpmn.elements import PERFORMER_KINDS, WITHOUT_REF, Performer

# Which kind of subject a performer refers to. A department is meant without those below it.
SUBJECTS = {"account": PERSON, "post": POST, "department": DEPARTMENT, "role": ROLE}
KINDS_OF_SUBJECTS = {kind: each for each, kind in SUBJECTS.items()}
ICONS = {
    "starter": "user-circle", "account": "user", "post": "id-badge-2", "department": "building-community",
    "role": "shield", "head": "hierarchy-2", "former": "history", "field": "forms", "chosen": "user-question",
}  # fmt: skip
FOUND = 6


@dataclass(frozen=True, slots=True)
class Shown:
    """A performer with its words; `known` is false for somebody who is not here (any more)."""

    performer: Performer
    label: str
    icon: str
    known: bool = True

    @property
    def key(self) -> str:
        """As forms send it."""
        return key_of(self.performer)


def key_of(performer: Performer) -> str:
    """`post:0190…`, `starter:`; `performer_of` reads it back."""
    return f"{performer.kind}:{performer.ref}"


def performer_of(key: str) -> Performer:
    """Read what `key_of` gave. Raises ValueError."""
    kind, _colon, ref = key.partition(":")
    if kind not in PERFORMER_KINDS or (kind in WITHOUT_REF) == bool(ref) or len(ref) > 200:
        raise ValueError(key)
    return Performer(kind, ref)


class Names:
    """Names of performers, asked for together."""

    def __init__(
        self,
        performers: Iterable[Performer],
        *,
        steps: dict[str, str] | None = None,
        form: Form | None = None,
    ) -> None:
        self.steps = steps or {}
        self.fields = {each.name: each.label.text for each in form.fields} if form else {}
        wanted = {each: subject_of(each) for each in performers}
        self.choices = subject_labels(each for each in wanted.values() if each is not None)
        codes = {each.ref for each, subject in wanted.items() if each.kind == "role" and subject is None}
        self.roles = (
            {each.code: localized(each) for each in Role.objects.filter(code__in=codes)} if codes else {}
        )

    def name(self, performer: Performer) -> str | None:
        """What the reference is called; None if nobody knows it."""
        subject = subject_of(performer)
        if subject is not None:
            choice = self.choices.get(subject)
            return choice.label if choice else None
        if performer.kind == "role":
            return self.roles.get(performer.ref)
        if performer.kind == "head":
            # Whoever did a step, or is named in a field, has a head as well.
            return self.steps.get(performer.ref) or self.fields.get(performer.ref)
        if performer.kind == "former":
            return self.steps.get(performer.ref)
        if performer.kind == "field":
            return self.fields.get(performer.ref)
        return None

    def shown(self, performer: Performer) -> Shown:
        """With its words."""
        if performer.kind in WITHOUT_REF:
            return Shown(performer, str(PERFORMERS[performer.kind]), ICONS[performer.kind])
        if performer.kind == "head" and performer.ref in HEADS:
            label = str(PERFORMERS["head"]).format(ref=HEADS[performer.ref])
            return Shown(performer, label, ICONS["head"])
        name = self.name(performer)
        label = str(PERFORMERS[performer.kind]).format(ref=name or performer.ref)
        return Shown(performer, label, ICONS[performer.kind], known=name is not None)


def subject_of(performer: Performer) -> Subject | None:
    """The subject that a performer refers to by its key."""
    kind = SUBJECTS.get(performer.kind) or (DEPARTMENT if performer.kind == "head" else None)
    try:
        return Subject(kind, uuid.UUID(performer.ref)) if kind else None
    except ValueError:
        return None


def subject_performer(subject: Subject) -> Performer | None:
    """The performer that stands for a subject that was picked; None for what cannot act (everybody)."""
    kind = KINDS_OF_SUBJECTS.get(subject.kind)
    return Performer(kind, str(subject.id)) if kind else None


def search(query: str) -> list[tuple[str, SubjectChoice]]:
    """People, posts, departments and roles by name: key of the performer, and its words."""
    if not query:
        return []
    found = subject_search(query, kinds=(PERSON,), limit=FOUND)
    departments = directory("department")
    for each in departments.search(query, FOUND) if departments else ():
        found.append(
            SubjectChoice(Subject(DEPARTMENT, each.id), each.label, each.detail, ICONS["department"])
        )
    found += subject_search(query, kinds=(POST, ROLE), limit=FOUND)
    return [
        (key_of(performer), choice) for choice in found if (performer := subject_performer(choice.subject))
    ]


def ready(
    steps: Iterable[tuple[str, str]], form: Form | None, *, copies: bool = False
) -> list[tuple[str, str, str]]:
    """What can be chosen without looking for it: key, words, icon. `steps`: id and name of other steps."""
    found = [("starter:", gettext("The starter"), ICONS["starter"])]
    for ref, words in HEADS.items():
        found.append((f"head:{ref}", str(PERFORMERS["head"]).format(ref=words), ICONS["head"]))
    if not copies:
        found.append(("chosen:", pgettext("performer", "Chosen in the step before"), ICONS["chosen"]))
    for node, name in steps:
        found.append((f"former:{node}", str(PERFORMERS["former"]).format(ref=name), ICONS["former"]))
    for each in form.fields if form else ():
        if each.kind == "person":
            label = str(PERFORMERS["field"]).format(ref=each.label.text)
            found.append((f"field:{each.name}", label, ICONS["field"]))
    return found


KIND_WORDS = {
    "starter": _("Starter"), "account": _("Person"), "post": _("Post"), "department": _("Department"),
    "role": _("Role"), "head": _("Head"), "former": _("Former step"), "field": _("Field of the form"),
    "chosen": _("Chosen"),
}  # fmt: skip
