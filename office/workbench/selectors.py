"""What the workbench shows, gathered from the public doors of the apps that know it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from asp.accounts import origins
from asp.accounts.models import Account, AccountState, Duty, Role, RoleGrant, TOTPDevice
from asp.accounts.selectors import account_list
from asp.audit.selectors import Wanted, chain_state, entries_wanted, entry_page
from asp.blobs.services import quota_get
from asp.jobs.models import OPEN_STATES, Job, JobState
from asp.ui.moments import local, today
from asp.ui.text import localized, reads_chinese
from office.library.services import recent_for, usage_for
from office.organization.selectors import figures, main_place_of
from office.workflow.services import todo_brief
from tenants.context import current_bureau

RECENT = 8
SHOWN_JOBS = 5
LIBRARY = "library"
LIBRARY_CODE = "library.use"
WEEKDAYS = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do first (初次设置), and whether it is done."""

    title: str | Promise
    text: str
    url: str
    done: bool


def greeting(account: Account) -> dict[str, Any]:
    """The date as the page's title, and a word that fits the hour."""
    now, day = local(timezone.now()), today()
    if reads_chinese():
        title = f"{day.month}月{day.day}日 {WEEKDAYS[day.weekday()]}"
    else:
        title = f"{WEEKDAYS[day.weekday()]} {day.day} {day:%B}"
    words = (
        (5, gettext("It is late, {name}")),
        (11, gettext("Good morning, {name}")),
        (14, gettext("Good day, {name}")),
        (18, gettext("Good afternoon, {name}")),
        (24, gettext("Good evening, {name}")),
    )
    hello = next(text for until, text in words if now.hour < until)
    return {"today": title, "hello": hello.format(name=localized(account))}


def administrators_waiting() -> list[dict[str, Any]]:
    """While the office is being set up: the three administrators, and who of them is still to activate."""
    if current_bureau().state != "setting_up":
        return []
    held = Account.objects.administrators().exclude(state=AccountState.DISABLED)
    holders = {each.duty: each for each in held}
    return [{"duty": duty.label, "account": holders.get(duty.value)} for duty in Duty]


def jobs_under_way(account: Account) -> list[Job]:
    """Work that this person started and that is not over."""
    return list(Job.objects.filter(actor_id=account.pk, state__in=OPEN_STATES).order_by("-id")[:SHOWN_JOBS])


def for_staff(account: Account) -> dict[str, Any]:
    """What waits for the person, files used lately, storage, and where the person works."""
    place = main_place_of(account)
    found: dict[str, Any] = {
        "todo": todo_brief(account=account),
        "department": place[0] if place else None,
        "post": place[1] if place else None,
        "second_factor": account.has_second_factor,
    }
    if LIBRARY in current_bureau().functions and account.has_code(LIBRARY_CODE):
        found |= {"library": True, "recent": recent_for(account, RECENT), "usage": usage_for(account)}
    return found


def for_system() -> dict[str, Any]:
    """How far the office is set up, storage, and work that went wrong."""
    numbers = figures()
    quota = quota_get()
    failed = Job.objects.filter(state=JobState.FAILED).order_by("-id")[:SHOWN_JOBS]
    steps = _first_steps(numbers)
    return {
        "figures": numbers,
        "quota": quota,
        "quota_used": quota.used + quota.reserved,
        "failed_jobs": list(failed),
        "steps": steps,
        "steps_done": sum(step.done for step in steps),
    }


def _first_steps(numbers: Any) -> list[Step]:
    ready = _duties_active()
    given = _roles_given()
    return [
        Step(
            _("Three administrators activate their accounts"),
            gettext("{n} of 3 are active; staff can sign in once all are").format(n=ready),
            "",
            ready == len(Duty.values),
        ),
        Step(
            _("Create departments"),
            gettext("There are {n}").format(n=numbers.departments),
            reverse("organization:department-list"),
            numbers.departments > 0,
        ),
        Step(
            _("Check the posts and their rank"),
            gettext("There are {n}; five came with the office").format(n=numbers.posts),
            reverse("organization:post-list"),
            numbers.posts > 0,
        ),
        Step(
            _("Import staff"),
            gettext("{n} people").format(n=numbers.people),
            reverse("organization:import-list"),
            numbers.people > 0,
        ),
        Step(
            _("Hand out activations"),
            gettext("{active} active, {invited} still to activate").format(
                active=numbers.active, invited=numbers.invited
            ),
            reverse("organization:member-list") + "?state=invited",
            numbers.active > 0 and numbers.invited == 0,
        ),
        Step(
            _("The security administrator gives roles"),
            gettext("{n} given, besides “Staff” for everybody").format(n=given),
            "",
            given > 0,
        ),
    ]


def _duties_active() -> int:
    active = Account.objects.administrators().filter(state=AccountState.ACTIVE)
    return active.order_by().values("duty").distinct().count()


def _roles_given() -> int:
    return RoleGrant.objects.exclude(subject_kind="everybody").count()


def for_security() -> dict[str, Any]:
    """Locked accounts, second factors, roles."""
    locked = list(account_list(state="locked")[:SHOWN_JOBS])
    states = Account.objects.order_by().values("state").annotate(n=Count("pk"))
    return {
        "locked": locked,
        "states": {each["state"]: each["n"] for each in states},
        "with_factor": TOTPDevice.objects.filter(confirmed=True).values("user").distinct().count(),
        "roles": Role.objects.count(),
        "given": _roles_given(),
        "disabled": Account.objects.filter(state=AccountState.DISABLED).count(),
        "proposed": [each for each in origins.proposed() if each.waits][:SHOWN_JOBS],
    }


def for_audit() -> dict[str, Any]:
    """Where the chain stands, and what was done last."""
    return {
        "chain": chain_state(),
        "today_count": entries_wanted(Wanted(since=today())).count(),
        "latest": entry_page(Wanted(), size=RECENT).rows,
    }
