"""Activation for people who have not used it yet: by mail, or as slips of paper for the department."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from asp.accounts.models import AccountState, Link
from asp.accounts.services import link_issue, link_url
from asp.audit.actor import Actor
from asp.audit.services import record
from asp.messages.channels import relay_configured
from office.organization import errors
from office.organization.models import Member

SLIPS_AT_ONCE = 200
MAILS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Slip:
    """What a person needs on paper (激活单). `url` is a secret: it is printed and kept nowhere."""

    member: Member
    link: Link
    url: str


@dataclass(frozen=True, slots=True)
class Invited:
    """How many were written to, and how many could not be."""

    sent: int
    without_address: int


@transaction.atomic
def slips_issue(*, actor: Actor, members: Sequence[Member]) -> list[Slip]:
    """Make a fresh link for each of these people who is not active yet; former links are void.

    Raises NobodyToInvite, TooManySlips.
    """
    waiting = _waiting(members, limit=SLIPS_AT_ONCE)
    slips = []
    for member in waiting:
        link = link_issue(actor=actor, account=member.account, purpose="activation", channel="slip")
        slips.append(Slip(member, link, link_url(link)))
    record(actor=actor, action="organization.slips_printed", params={"count": len(slips)})
    return slips


@transaction.atomic
def invite_by_mail(*, actor: Actor, members: Sequence[Member]) -> Invited:
    """Send a fresh link to each of these people who is not active yet and has a mail address.

    Raises NobodyToInvite, TooManySlips, NoRelay.
    """
    if not relay_configured():
        raise errors.NoMailRelay
    waiting = _waiting(members, limit=MAILS_AT_ONCE)
    reachable = [each for each in waiting if each.account.email]
    for member in reachable:
        link_issue(actor=actor, account=member.account, purpose="activation", channel="mail")
    return Invited(len(reachable), len(waiting) - len(reachable))


def _waiting(members: Sequence[Member], *, limit: int) -> list[Member]:
    waiting = [each for each in members if each.account.state == AccountState.INVITED]
    if not waiting:
        raise errors.NobodyToInvite
    if len(waiting) > limit:
        raise errors.TooManySlips(params={"limit": limit, "count": len(waiting)})
    return waiting
