"""From an opened office to one that works: the administrators' activations, and the state that follows."""

import uuid
from dataclasses import dataclass

from django.db import transaction

from asp.accounts import services as accounts
from asp.accounts.models import Account, AccountState, Link
from asp.accounts.selectors import administrators_ready
from asp.audit.actor import Actor
from asp.audit.services import record
from asp.messages.channels import relay_configured
from provisioning.errors import AlreadyActive, OfficeNotOpen
from provisioning.models import Administrator, Application, ApplicationState, Event, EventKind
from tenants import routing
from tenants.context import bureau_context
from tenants.models import Bureau, BureauState


@dataclass(frozen=True, slots=True)
class Fetched:
    """An activation as it was handed out: by mail (then no address is shown), or as an address."""

    administrator: Administrator
    url: str = ""
    mailed_to: str = ""
    link: Link | None = None


@transaction.atomic
def activation_fetch(*, actor: Actor, application: Application, duty: str) -> Fetched:
    """Issue a fresh activation for one of the three administrators; former ones are void.

    The caller has checked tracking code and the administrator's own phone. Where mail leaves the house
    and the person has an address, it goes there; otherwise the caller shows it to them.
    Raises OfficeNotOpen, AlreadyActive.
    """
    application = (
        Application.objects.select_for_update(of=("self",)).select_related("bureau").get(pk=application.pk)
    )
    person = application.administrators.get(duty=duty)
    bureau = application.bureau
    if application.state != ApplicationState.OPENED or bureau is None or person.account_id is None:
        raise OfficeNotOpen
    if bureau.state not in (BureauState.SETTING_UP, BureauState.ACTIVE):
        raise OfficeNotOpen
    by_mail = relay_configured() and bool(person.email)
    with bureau_context(bureau.ref):
        account = Account.objects.get(pk=person.account_id)
        if account.state != AccountState.INVITED:
            raise AlreadyActive
        inside = Actor(kind=actor.kind, id=None, name=person.name, ip=actor.ip, request_id=actor.request_id)
        link = accounts.link_issue(
            actor=inside, account=account, purpose="activation", channel="mail" if by_mail else "hall"
        )
        url = "" if by_mail else accounts.link_url(link)
    record(
        actor=Actor(kind=actor.kind, id=None, name=person.name, ip=actor.ip, request_id=actor.request_id),
        action="provisioning.activation_mailed" if by_mail else "provisioning.activation_fetched",
        target_kind="provisioning.application",
        target_id=application.pk,
        target_name=application.name,
        params={"name": application.name, "person": person.name, "duty": duty},
    )
    return Fetched(person, url=url, mailed_to=person.email if by_mail else "", link=link)


@transaction.atomic
def bureau_refresh(*, bureau_id: uuid.UUID) -> bool:
    """Note which of the three are active; with the last one the bureau is, too. Return whether it became so.

    Host context. Asks the office for nothing but the state of the three accounts that were created here.
    """
    bureau = Bureau.objects.select_for_update().filter(pk=bureau_id).first()
    if bureau is None or bureau.state != BureauState.SETTING_UP:
        return False
    with bureau_context(bureau.ref):
        active = dict(
            Account.objects.administrators()
            .filter(activated_at__isnull=False)
            .values_list("id", "activated_at")
        )
        ready = administrators_ready()
    application = Application.objects.filter(bureau=bureau).first()
    if application is not None:
        for person in application.administrators.filter(activated_at=None, account_id__in=active):
            person.activated_at = active[person.account_id]
            person.save(update_fields=["activated_at"])
    if not ready:
        return False
    bureau.state = BureauState.ACTIVE
    bureau.save(update_fields=["state"])
    if application is not None:
        Event.objects.create(application=application, kind=EventKind.ACTIVATED)
    record(
        actor=Actor.system("provisioning"),
        action="provisioning.bureau_activated",
        target_kind="tenants.bureau",
        target_id=bureau.pk,
        target_name=bureau.name,
        params={"name": bureau.name},
    )
    transaction.on_commit(routing.forget)
    return True


def bureaus_refresh() -> int:
    """Look at every office that is being set up; return how many became active."""
    waiting = Bureau.objects.filter(state=BureauState.SETTING_UP).values_list("id", flat=True)
    return sum(bureau_refresh(bureau_id=bureau_id) for bureau_id in list(waiting))
