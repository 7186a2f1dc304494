"""Applications and openings of the fictional bodies, through the services that people use."""

import time

from asp.accounts.models import Account, AccountState, Duty
from asp.audit.actor import Actor
from asp.blobs.services import blob_write
from asp.jobs.runner import run_job
from provisioning import services
from provisioning.demo.accounts import ACTOR, activate
from provisioning.demo.county import PARENT, Body
from provisioning.demo.letter import letter_pdf
from provisioning.demo.secret import Secrets
from provisioning.models import Application, ApplicationState, Opening, OpeningState
from tenants.context import bureau_context, host_context
from tenants.models import Bureau, BureauState

LETTER_NAME = "授权书.pdf"
SECONDS_TO_WAIT = 120


class DemoError(Exception):
    """The demonstration could not be made; the message says why."""


def apply(secrets: Secrets, body: Body, *, number: int) -> Application:
    """Send the body's application in, unless that was done before. Host context."""
    from provisioning import codes

    secret = secrets.draft(body.slug)
    application = Application.objects.filter(draft_hash=codes.draft_hash(secret)).first()
    if application is None:
        application, _same = services.draft_begin(language="zh-hans", secret=secret)
    if application.state != ApplicationState.DRAFT:
        return application
    services.draft_save(application=application, values=_typed(body, number))
    blob = blob_write(actor=ACTOR, data=letter_pdf(), filename=LETTER_NAME, media_type="application/pdf")
    services.letter_attach(actor=ACTOR, application=application, blob=blob, filename=LETTER_NAME)
    return services.application_submit(
        actor=Actor.system("demo"),
        application=application,
        submission=_submission(body, number),
        secret=secret,
    )


def open_office(secrets: Secrets, body: Body, *, number: int, administrator: Account) -> Bureau:
    """Apply, approve, open and let the three administrators activate; each only if it was not done before."""
    by = Actor.of_account(administrator)
    with host_context():
        application = apply(secrets, body, number=number)
        if application.state == ApplicationState.SUBMITTED:
            services.application_approve(
                actor=by,
                application=application,
                revision=application.revision,
                slug=body.slug,
                quota_gb=body.quota_gb,
                functions=body.functions,
            )
            application.refresh_from_db()
        if application.state == ApplicationState.APPROVED:
            _run(services.opening_start(actor=by, application=application))
            application.refresh_from_db()
        bureau = application.bureau
        if bureau is None:
            raise DemoError(f"{body.slug}: the application is {application.state}")
        if bureau.state == BureauState.SETTING_UP:
            _activate_administrators(secrets, application, bureau)
            services.bureau_refresh(bureau_id=bureau.pk)
            bureau.refresh_from_db()
        return bureau


def ask_for_correction(secrets: Secrets, body: Body, *, number: int, administrator: Account) -> None:
    """An application that went back to its body with remarks."""
    with host_context():
        application = apply(secrets, body, number=number)
        if application.state == ApplicationState.SUBMITTED and application.revision == 1:
            remarks = dict(body.texts)
            general = remarks.pop("general", "")
            services.application_correct(
                actor=Actor.of_account(administrator),
                application=application,
                revision=1,
                remarks=remarks,
                general=general,
            )


def _run(opening: Opening) -> None:
    """Do the opening here; if a worker was faster, wait for it."""
    until = time.monotonic() + SECONDS_TO_WAIT
    while time.monotonic() < until:
        if opening.job_id is not None:
            run_job(opening.job_id)
        opening.refresh_from_db()
        if opening.state == OpeningState.DONE:
            return
        if opening.state == OpeningState.FAILED:
            raise DemoError(f"the opening failed: {opening.error_code} {opening.error_params}")
        time.sleep(0.2)
    raise DemoError("the opening did not end")


def _activate_administrators(secrets: Secrets, application: Application, bureau: Bureau) -> None:
    for person in application.administrators.all():
        with bureau_context(bureau.ref):
            account = Account.objects.get(pk=person.account_id)
        if account.state != AccountState.INVITED:
            continue
        # They have no mail address, so each fetches the activation in the hall.
        fetched = services.activation_fetch(actor=ACTOR, application=application, duty=person.duty)
        with bureau_context(bureau.ref):
            activate(secrets, site=bureau.slug, account=account, link=fetched.link)


def _people(body: Body, number: int) -> list[services.Person]:
    return [
        services.Person(
            duty=duty,
            name=name,
            login=f"{duty}.{body.slug}"[:32],
            phone=f"1380000{number:02d}{place:02d}",
        )
        for place, (duty, name) in enumerate(zip(Duty.values, body.administrators, strict=True), start=1)
    ]


def _submission(body: Body, number: int) -> services.Submission:
    return services.Submission(
        name=body.name,
        name_en=body.name_en,
        credit_code=body.credit_code,
        level=body.level,
        parent_body=PARENT,
        slug=body.slug,
        contact_name=body.contact,
        contact_phone=f"1380000{number:02d}00",
        contact_email="",
        quota_gb=body.quota_gb,
        functions=body.functions,
        administrators=_people(body, number),
    )


def _typed(body: Body, number: int) -> dict[str, object]:
    """The same as it would stand in the form, for a correction."""
    submission = _submission(body, number)
    typed: dict[str, object] = {
        name: getattr(submission, name)
        for name in (
            "name",
            "name_en",
            "credit_code",
            "level",
            "parent_body",
            "slug",
            "contact_name",
            "contact_phone",
            "quota_gb",
        )
    }
    typed["functions"] = list(submission.functions)
    for person in submission.administrators:
        for part in ("name", "login", "phone"):
            typed[f"{person.duty}_{part}"] = getattr(person, part)
    return typed
