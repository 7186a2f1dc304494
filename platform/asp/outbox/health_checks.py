"""Whether messages between sites arrive."""

import time

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from asp.outbox.relay.selectors import RelayFigures, relay_figures
from tenants.observe import alive
from tenants.observe.checks import Result, check, ok, warning, wrong

ROUND = "relay-round"
ROUND_WRONG = 30.0
WAITING_WARN, WAITING_WRONG = 60.0, 600.0


@check("relay", title=_("Messages between sites"), order=55, url_name="outbox:list")
def relay() -> Result:
    """The relay goes its rounds, nothing waits for long, nothing was given up."""
    rounds = [each.facts[ROUND] for each in alive.living() if ROUND in each.facts]
    return judged(relay_figures(), time.time() - max(rounds) if rounds else None)


def judged(figures: RelayFigures, round_age: float | None) -> Result:
    """Judge what waits and was given up, and the seconds since the relay's last round (None: no relay)."""
    if round_age is None or round_age >= ROUND_WRONG:
        return wrong(
            gettext_noop("No relay is at work."),
            gettext_noop(
                "Restart the relay. Until it works, messages wait where they were written; none is lost."
            ),
        )
    minutes = int(figures.oldest_waiting_seconds // 60)
    if figures.oldest_waiting_seconds >= WAITING_WARN:
        text = gettext_noop("{count} messages wait, the oldest for {minutes} minutes.")
        advice = gettext_noop("Look at the list of messages: it says why. The relay's log says more.")
        values = {"count": figures.waiting, "minutes": minutes}
        if figures.oldest_waiting_seconds >= WAITING_WRONG:
            return wrong(text, advice, **values)
        return warning(text, advice, **values)
    if figures.dead:
        return warning(
            gettext_noop("{count} messages were given up."),
            gettext_noop("Remove the cause, then send them again from the list of messages."),
            count=figures.dead,
        )
    if figures.held:
        return ok(
            gettext_noop("Messages arrive; {count} are held back for offices that are not at work."),
            count=figures.held,
        )
    return ok(gettext_noop("Messages arrive."))
