"""Applications for an office, without the pages."""

import secrets
from typing import Any

from asp.accounts.models import Duty
from asp.audit.actor import Actor
from asp.blobs.services import blob_write
from asp.jobs.models import Job
from asp.jobs.runner import Outcome, run_job
from provisioning import codes, credit_code, services
from provisioning.models import Application, Level, Opening
from tenants.context import host_context
from tests.support.people import TESTER

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def random_code() -> str:
    """A valid credit code that no real body has (district 999901)."""
    body = "".join(secrets.choice("0123456789") for _ in range(6))
    return credit_code.compose(register="11", district="999901", organisation=f"MB{body}")


def random_phone() -> str:
    """A mobile number of a series that tests use."""
    return f"139{secrets.randbelow(10**8):08d}"


def values(**changes: Any) -> dict[str, Any]:
    """What somebody types into the form; everything right."""
    mark = secrets.token_hex(3)
    typed: dict[str, Any] = {
        "name": f"云溪县测试{mark}局",
        "name_en": "Test Bureau",
        "credit_code": random_code(),
        "level": Level.COUNTY_BUREAU.value,
        "parent_body": "云溪县人民政府",
        "slug": f"t{mark}",
        "contact_name": "钱多宝",
        "contact_phone": random_phone(),
        "contact_email": "contact@example.org",
        "quota_gb": "20",
        "functions": ["library"],
        "note": "",
        "consent": "on",
    }
    for duty, name in zip(Duty.values, ("孙一", "李二", "周三"), strict=True):
        typed |= {
            f"{duty}_name": name,
            f"{duty}_login": f"{duty}.admin",
            f"{duty}_phone": random_phone(),
            f"{duty}_email": f"{duty}@example.org",
        }
    return typed | changes


def submission(typed: dict[str, Any]) -> services.Submission:
    """The same as the form would hand it over."""
    return services.Submission(
        **{
            key: typed[key]
            for key in (
                "name",
                "name_en",
                "credit_code",
                "level",
                "parent_body",
                "slug",
                "contact_name",
                "contact_phone",
                "contact_email",
                "note",
            )
        },
        quota_gb=int(typed["quota_gb"]),
        functions=tuple(typed["functions"]),
        administrators=tuple(
            services.Person(
                duty,
                typed[f"{duty}_name"],
                typed[f"{duty}_login"],
                typed[f"{duty}_phone"],
                typed[f"{duty}_email"],
            )
            for duty in Duty.values
        ),
    )


def submitted(**changes: Any) -> tuple[Application, str]:
    """An application that was sent in, and its tracking code."""
    typed = values(**changes)
    with host_context():
        application, secret = services.draft_begin(language="zh-hans")
        services.draft_save(application=application, values=typed)
        blob = blob_write(actor=TESTER, data=PDF, filename="授权书.pdf", media_type="application/pdf")
        services.letter_attach(actor=TESTER, application=application, blob=blob, filename="授权书.pdf")
        application = services.application_submit(
            actor=Actor.system("tests"), application=application, submission=submission(typed), secret=secret
        )
    return application, codes.tracking_code(secret)


def approved(**changes: Any) -> tuple[Application, str, Opening]:
    """An application that was approved as it was; its opening waits."""
    application, code = submitted(**changes)
    with host_context():
        opening = services.application_approve(
            actor=TESTER,
            application=application,
            revision=application.revision,
            slug=application.slug,
            quota_gb=application.quota_gb,
            functions=application.functions,
        )
    return application, code, opening


def run_opening(opening: Opening) -> Outcome:
    """Do what the provisioning worker does with an opening's job."""
    with host_context():
        outcome = run_job(Job.objects.get(pk=opening.job_id).pk)
        opening.refresh_from_db()
    return outcome


def opened(**changes: Any) -> tuple[Application, str]:
    """An application whose office is open."""
    application, code, opening = approved(**changes)
    assert run_opening(opening) == Outcome.DONE, (opening.error_code, opening.error_params)
    with host_context():
        application.refresh_from_db()
        return Application.objects.select_related("bureau").get(pk=application.pk), code
