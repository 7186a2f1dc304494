"""The probe of what open pages are told."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from asp.live import audiences, tickets
from asp.live.services import publish
from tenants.context import current_bureau, current_site, site_context
from tenants.isolation.attempts import canary, decoy_site
from tenants.isolation.registry import Finding, broken, held, not_tried, probe
from tenants.keys import uuid7


@probe(
    "live.tickets",
    control="3.live",
    title=_("News of other offices on open pages"),
    explanation=_(
        "Open pages show a ticket to hear what has changed. We show one at another office's address, in another browser, "
        "changed, and try to send news to people elsewhere."
    ),
)
def live() -> Finding:
    host, session = f"{current_bureau().slug}.{settings.ASP.base_domain}", canary()
    mine = audiences.account(uuid7())
    token = tickets.issue(
        site=current_site().key, host=host, account=str(uuid7()), session_key=session, audiences=[mine]
    )
    if not _is_taken(token, host, session):
        return not_tried(_("This office's own ticket was not taken, so nothing can be said of others."))
    shown = [
        (token, f"decoy.{settings.ASP.base_domain}", session),
        (token, host, canary()),
        (token, host, ""),
        (token[:-2] + ("AA" if token[-2:] != "AA" else "BB"), host, session),
    ]
    taken = sum(_is_taken(*each) for each in shown)
    with site_context(decoy_site()):
        theirs = audiences.everybody()
    sent = True
    try:
        publish(kind="probe", to=[theirs])
    except ValueError:
        sent = False
    if taken or sent:
        return broken(_("A ticket was taken elsewhere, or news could be sent to another office."))
    return held(
        _("{tried} tickets were refused, and news for another office was not sent."), tried=len(shown)
    )


def _is_taken(token: str, host: str, session: str) -> bool:
    try:
        tickets.read(token, host=host, session_key=session)
    except tickets.TicketRefused:
        return False
    return True
