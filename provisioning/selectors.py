"""Reads of provisioning; all of them on hall or host, none inside a bureau."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext

from asp.blobs.models import Blob, BlobState
from asp.jobs.models import OPEN_STATES, Job, JobState
from asp.jobs.texts import INTERNAL, REASONS, job_error
from asp.jobs.values import fill
from provisioning.models import Application, ApplicationState, Opening, OpeningState
from tenants import version
from tenants.fleet import errors as fleet_errors
from tenants.models import Bureau, BureauState, BureauUpgrade, ReadySchema

SERVED_STATES = (BureauState.SETTING_UP, BureauState.ACTIVE)
UPGRADES = ("provisioning.upgrade_fleet", "provisioning.upgrade_bureau")
BUREAU_SORTS = {
    "name": ("name", "id"),
    "state": ("state", "name", "id"),
    "quota": ("quota_bytes", "name", "id"),
    "version": ("version", "name", "id"),
    "people": ("figures__people", "name", "id"),
    "used": ("figures__storage_used", "name", "id"),
    "activity": ("figures__last_activity_at", "name", "id"),
    "opened": ("opened_at", "id"),
}


# ----- the hall


def bureaus_served(*, query: str = "") -> QuerySet[Bureau]:
    """Bureaus whose office can be visited, narrowed down by name or address."""
    bureaus = Bureau.objects.filter(state__in=SERVED_STATES)
    return _matching(bureaus, query).order_by("name")


def slug_is_taken(slug: str) -> bool:
    """Whether a bureau has the address, or an approval has promised it."""
    return (
        Bureau.objects.filter(slug=slug).exists()
        or Application.objects.filter(granted_slug=slug, state=ApplicationState.APPROVED).exists()
    )


def bureau_with_code(code: str) -> Bureau | None:
    """The bureau that has a credit code and is not closed."""
    return Bureau.objects.filter(credit_code=code).exclude(state=BureauState.CLOSED).first() if code else None


# ----- applications in the console


def application_list(*, state: str = "", query: str = "") -> QuerySet[Application]:
    """Applications that were sent in, the latest first."""
    rows = Application.objects.exclude(state=ApplicationState.DRAFT)
    if state in ApplicationState.values:
        rows = rows.filter(state=state)
    query = query.strip()[:100].replace("\x00", "")
    if query:
        rows = rows.filter(
            Q(name__icontains=query)
            | Q(name_en__icontains=query)
            | Q(credit_code__istartswith=query)
            | Q(slug__icontains=query)
            | Q(contact_name__icontains=query)
        )
    return rows.order_by("-submitted_at", "-id")


def application_counts() -> dict[str, int]:
    """How many applications are in each state; drafts are nobody's business."""
    rows = Application.objects.exclude(state=ApplicationState.DRAFT).order_by()
    counts = dict(rows.values_list("state").annotate(n=Count("id")))
    return {str(state): counts.get(state, 0) for state in ApplicationState.values if state != "draft"}


def application_get(application_id: uuid.UUID) -> Application:
    """One application that was sent in, or Http404."""
    rows = Application.objects.exclude(state=ApplicationState.DRAFT).select_related("bureau")
    application = rows.filter(pk=application_id).first()
    if application is None:
        raise Http404
    return application


def letter_of(application: Application) -> Blob | None:
    """The authorisation letter that was sent in."""
    return Blob.objects.filter(pk=application.letter_blob).first() if application.letter_blob else None


def letter_in_draft(application: Application) -> tuple[str, Blob] | None:
    """The letter that the next submission would carry: name and content; None if it is missing or gone."""
    held = (BlobState.CHECKING, BlobState.READY)
    for key, name in (
        (application.new_letter_blob, application.new_letter_name),
        (application.letter_blob, application.letter_name),
    ):
        blob = Blob.objects.filter(pk=key, state__in=held).first() if key else None
        if blob is not None:
            return name, blob
    return None


def duplicates_of(application: Application) -> tuple[list[Bureau], list[Application]]:
    """Bureaus and other applications with the same credit code, name or address."""
    same_bureau = Q(name=application.name) | Q(slug=application.slug)
    same = Q(name=application.name) | Q(slug=application.slug)
    if application.credit_code:
        same_bureau |= Q(credit_code=application.credit_code)
        same |= Q(credit_code=application.credit_code)
    bureaus = Bureau.objects.filter(same_bureau).exclude(pk=application.bureau_id)
    others = Application.objects.filter(same).exclude(pk=application.pk)
    others = others.exclude(
        state__in=(ApplicationState.DRAFT, ApplicationState.REJECTED, ApplicationState.OPENED)
    )
    return list(bureaus[:10]), list(others[:10])


# ----- openings


@dataclass(frozen=True)
class StepLine:
    """One step as the page shows it: state is done, now, failed or next."""

    code: str
    text: str | Promise
    state: str
    seconds: float | None
    params: dict[str, Any]


@dataclass(frozen=True)
class OpeningView:
    """An opening with what its job says of it now."""

    opening: Opening
    state: str
    lines: list[StepLine]
    reason: str

    @property
    def is_open(self) -> bool:
        """Whether the page has to ask again."""
        return self.state in (OpeningState.WAITING, OpeningState.RUNNING)

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(line.state == "done" for line in self.lines)

    @property
    def current(self) -> StepLine | None:
        """The step that is under way, or failed."""
        return next((line for line in self.lines if line.state in ("now", "failed")), None)

    @property
    def seconds(self) -> float:
        """The time of the steps that are done."""
        return sum(line.seconds or 0.0 for line in self.lines)


def opening_get(opening_id: uuid.UUID) -> Opening:
    """One opening, or Http404."""
    opening = (
        Opening.objects.select_related("application", "application__bureau").filter(pk=opening_id).first()
    )
    if opening is None:
        raise Http404
    return opening


def opening_view(opening: Opening) -> OpeningView:
    """Put an opening's row and its job's progress together."""
    from provisioning.opening import STEPS
    from provisioning.tasks import STEP_TEXTS

    job = Job.objects.filter(pk=opening.job_id).first() if opening.job_id is not None else None
    state, reason = _state_of(opening, job)
    steps = opening.steps
    current = opening.failed_step
    if state == OpeningState.RUNNING and job is not None:
        steps = job.progress_params.get("steps", [])
        current = job.progress_code
    done = {step["code"]: step for step in steps}
    lines = []
    for code in STEPS:
        step = done.get(code)
        if step is not None or state == OpeningState.DONE:
            mark = "done"
        elif code == current:
            mark = "failed" if state == OpeningState.FAILED else "now"
        else:
            mark = "next"
        lines.append(
            StepLine(
                code,
                STEP_TEXTS[code],
                mark,
                step["seconds"] if step else None,
                step.get("params", {}) if step else {},
            )
        )
    return OpeningView(opening, state, lines, reason)


def openings_under_way() -> list[OpeningView]:
    """Openings that wait or run now."""
    rows = Opening.objects.filter(state__in=(OpeningState.WAITING, OpeningState.RUNNING))
    views = [opening_view(each) for each in rows.select_related("application")[:20]]
    return [each for each in views if each.is_open]


def _state_of(opening: Opening, job: Job | None) -> tuple[str, str]:
    """The state, and the reason of a failure in the reader's language. A job can end without its opening
    hearing of it: its worker vanished too often, or somebody cancelled it while it waited."""
    if opening.is_open and (job is None or job.state in (JobState.FAILED, JobState.CANCELLED)):
        return OpeningState.FAILED, job_error(job) if job is not None else ""
    if opening.state == OpeningState.FAILED:
        text = REASONS.get(opening.error_code, opening.error_text)
        text = text or REASONS[INTERNAL]
        return OpeningState.FAILED, fill(gettext(text), opening.error_params)
    return opening.state, ""


# ----- bureaus in the console


def bureau_list(
    *, query: str = "", state: str = "", level: str = "", function: str = "", sort: str = ""
) -> QuerySet[Bureau]:
    """All bureaus, filtered and sorted as the console asks."""
    bureaus = _matching(Bureau.objects.select_related("figures"), query)
    if state in BureauState.values:
        bureaus = bureaus.filter(state=state)
    if level:
        bureaus = bureaus.filter(level=level)
    if function:
        bureaus = bureaus.filter(functions__contains=[function])
    fields = BUREAU_SORTS.get(sort.lstrip("-"), BUREAU_SORTS["name"])
    if sort.startswith("-"):
        fields = (f"-{fields[0]}", *fields[1:])
    return bureaus.order_by(*fields)


def bureau_get(bureau_id: uuid.UUID) -> Bureau:
    """One bureau, or Http404."""
    bureau = Bureau.objects.select_related("figures").filter(pk=bureau_id).first()
    if bureau is None:
        raise Http404
    return bureau


@dataclass(frozen=True)
class HostFigures:
    """The numbers of the overview."""

    bureaus: int
    active: int
    setting_up: int
    suspended: int
    outdated: int
    promised_bytes: int
    submitted: int
    pool: int


def host_figures() -> HostFigures:
    """Count what exists."""
    bureaus = Bureau.objects.exclude(state=BureauState.CLOSED)
    counts = dict(bureaus.order_by().values_list("state").annotate(n=Count("id")))
    code = version.code_version()
    return HostFigures(
        bureaus=sum(counts.values()),
        active=counts.get(BureauState.ACTIVE, 0),
        setting_up=counts.get(BureauState.SETTING_UP, 0),
        suspended=counts.get(BureauState.SUSPENDED, 0),
        outdated=bureaus.exclude(version=code).count(),
        promised_bytes=sum(bureaus.values_list("quota_bytes", flat=True)),
        submitted=Application.objects.filter(state=ApplicationState.SUBMITTED).count(),
        pool=ReadySchema.objects.filter(version=code).count(),
    )


def fleet_jobs() -> list[Job]:
    """Upgrades that were asked for in the console and are under way."""
    return list(Job.objects.filter(name__in=UPGRADES, state__in=OPEN_STATES).order_by("id")[:20])


def upgrade_failure(failure: BureauUpgrade | None) -> str:
    """Why an office could not be upgraded, in the reader's language; empty if it was not tried."""
    return fleet_errors.text_of(failure.error, failure.params) if failure else ""


def _matching(bureaus: QuerySet[Bureau], query: str) -> QuerySet[Bureau]:
    query = query.strip()[:100].replace("\x00", "")
    if not query:
        return bureaus
    return bureaus.filter(
        Q(name__icontains=query)
        | Q(name_en__icontains=query)
        | Q(slug__icontains=query)
        | Q(credit_code__istartswith=query)
    )
