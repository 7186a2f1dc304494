"""The audit log's background work: sealing when it is rung for, a full pass now and then, verification."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from asp.audit.actor import Actor
from asp.audit.exporting.services import EXPORT, export_make
from asp.audit.sealer import seal
from asp.audit.services import record
from asp.audit.signing import heads_sign
from asp.audit.verifier import verify
from asp.jobs import JobRun, job, periodic
from asp.jobs.bells import Answer, Bell, answers

FULL_PASS_SECONDS = 3600


@answers("audit")
def seal_rung(bells: Sequence[Bell]) -> Answer:
    """Seal what has been committed on the site that rang."""
    if seal(refs=[bell.ref for bell in bells if bell.ref]) is None:
        return Answer.later(0.5)
    return Answer.all(bells)


@periodic(every=FULL_PASS_SECONDS)
@job("audit.seal_all", title=_("Seal the audit log completely"), scope="any")
def seal_all(_run: JobRun) -> dict[str, int]:
    """Seal what no doorbell tells of: rows of very long transactions, rows put in by hand."""
    return {"sealed": seal(full=True) or 0}


@periodic(every=6 * 3600)
@job("audit.sign_heads", title=_("Sign the ends of all audit logs"), scope="host")
def sign_heads(_run: JobRun) -> dict[str, int]:
    """Once a day for each chain; looked at more often, for offices that were opened in between."""
    return {"signed": heads_sign()}


@job(
    "audit.verify",
    title=_("Check the audit log"),
    scope="any",
    texts={"walking": _("Checking entry {done} of {total}")},
    cancellable=True,
)
def verify_log(run: JobRun) -> dict[str, object]:
    """Walk the chain and keep the report; the check is itself an entry of the log."""

    def progress(done: int, total: int) -> None:
        run.progress(done, total, code="walking", params={"done": done, "total": total})

    report = verify(progress=progress)
    with transaction.atomic():
        record(
            actor=Actor.of_job(run),
            action="audit.verified" if report.ok else "audit.tampering_found",
            params={"sealed": report.sealed, "findings": len(report.findings) + report.more_findings},
        )
    return report.as_json()


@job(
    EXPORT,
    title=_("Export the audit log (.{kind})"),
    scope="any",
    texts={
        "checking": _("Checking entry {done} of {total}"),
        "writing": _("Writing entry {done} of {total}"),
        "storing": _("Storing the file"),
    },
    cancellable=True,
)
def export_log(
    run: JobRun, *, wanted: dict[str, Any], kind: str, language: str, newest: str
) -> dict[str, Any]:
    """Make the file that somebody asked for; it can be fetched for a day."""
    return export_make(run, wanted=wanted, kind=kind, language=language, newest=newest)
