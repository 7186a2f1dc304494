"""Sending an application in, the first time and after a correction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from asp.accounts.models import Account, Duty
from asp.audit.actor import Actor
from asp.audit.services import record
from asp.notify.services import announce
from provisioning import codes
from provisioning.credit_code import check
from provisioning.errors import AdministratorsIncomplete, CodeInvalid, LetterMissing
from provisioning.models import Administrator, Application, ApplicationState, Event, EventKind
from provisioning.services.drafts import editable_locked, letter_take
from tenants.context import host_context


@dataclass(frozen=True, slots=True)
class Person:
    """One of the three administrators (三员) as the applicant names them."""

    duty: str
    name: str
    login: str
    phone: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class Submission:
    """What an application says, checked by the form."""

    name: str
    name_en: str
    credit_code: str
    level: str
    parent_body: str
    slug: str
    contact_name: str
    contact_phone: str
    contact_email: str
    quota_gb: int
    administrators: Sequence[Person]
    functions: Sequence[str] = field(default_factory=tuple)
    note: str = ""


@transaction.atomic
def application_submit(
    *, actor: Actor, application: Application, submission: Submission, secret: str | None = None
) -> Application:
    """Send an application in, or in again after a correction.

    `secret` is the draft's: the tracking code comes from it, so it is needed the first time.
    Raises NotEditable, CodeInvalid, AdministratorsIncomplete, LetterMissing.
    """
    application = editable_locked(application)
    _check(submission)
    again = application.state == ApplicationState.CORRECTION
    for name in (
        "name",
        "name_en",
        "credit_code",
        "level",
        "parent_body",
        "slug",
        "contact_name",
        "contact_phone",
        "contact_email",
        "quota_gb",
        "note",
    ):
        setattr(application, name, getattr(submission, name))
    application.functions = sorted(submission.functions)
    now = timezone.now()
    application.state = ApplicationState.SUBMITTED
    application.revision += 1
    application.remarks = {}
    application.submitted_at = now
    application.consented_at = application.consented_at or now
    if not again:
        if secret is None:
            raise ValueError("the first submission needs the draft's secret")
        application.tracking_hash = codes.tracking_hash(codes.tracking_code(secret))
    letter_take(actor=actor, application=application)
    if application.letter_blob is None:
        raise LetterMissing
    application.save()
    _administrators_replace(application, submission.administrators)
    Event.objects.create(
        application=application,
        kind=EventKind.RESUBMITTED if again else EventKind.SUBMITTED,
        actor_name=application.contact_name,
    )
    record(
        actor=actor,
        action="provisioning.application_resubmitted" if again else "provisioning.application_submitted",
        target_kind="provisioning.application",
        target_id=application.pk,
        target_name=application.name,
        params={"name": application.name},
    )
    _administrators_tell(application, again=again)
    return application


def _administrators_tell(application: Application, *, again: bool) -> None:
    with host_context():
        announce(
            kind=f"provisioning.application_{'resubmitted' if again else 'submitted'}",
            to=Account.objects.administrators().filter(duty=Duty.SYSTEM).values_list("pk", flat=True),
            params={"name": application.name},
            url=reverse(
                "provisioning:application-detail", urlconf=settings.URL_TABLES["host"], args=[application.pk]
            ),
            about=application.pk,
        )


def administrators_problem(people: Sequence[Person]) -> bool:
    """Whether these are not three different people with one duty each."""
    return (
        {each.duty for each in people} != set(Duty.values)
        or len(people) != len(Duty.values)
        or len({each.phone for each in people}) != len(people)
        or len({each.login for each in people}) != len(people)
        or len({each.name for each in people}) != len(people)
    )


def _check(submission: Submission) -> None:
    if not check(submission.credit_code).is_valid:
        raise CodeInvalid(params={"code": submission.credit_code})
    if administrators_problem(submission.administrators):
        raise AdministratorsIncomplete


def _administrators_replace(application: Application, people: Sequence[Person]) -> None:
    application.administrators.all().delete()
    order: Mapping[str, int] = {duty: place for place, duty in enumerate(Duty.values)}
    for person in sorted(people, key=lambda each: order[each.duty]):
        Administrator.objects.create(
            application=application,
            duty=person.duty,
            name=person.name,
            login=person.login,
            phone=person.phone,
            email=person.email,
        )
