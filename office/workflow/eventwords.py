"""What happened to an instance, as a sentence (流转记录)."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from asp.jobs.values import fill
from office.workflow.models import Event

SENTENCES: Final[dict[str, str | Promise]] = {
    "started": _("{name} started it"),
    "arrived": _("It reached “{step}”"),
    "read": _("{name} read it"),
    "done": _("{name} did “{step}”"),
    "returned": _("{name} sent it back"),
    "withdrawn": _("{name} withdrew it"),
    "handed": _("{name} handed it over to {to}"),
    "added": _("{name} asked {to} to countersign"),
    "urged": _("{name} urged {to}"),
    "suspended": _("{name} suspended it"),
    "resumed": _("{name} resumed it"),
    "cancelled": _("{name} cancelled it"),
    "rejected": _("{name} rejected it at “{step}”"),
    "moved": _("{name} moved it to another version"),
    "reassigned": _("{name} gave it to {to}"),
    "message": _("A message came or was sent: {message}"),
    "timer": _("A waiting time was over"),
    "service": _("The system did “{step}”"),
    "failed": _("“{step}” failed"),
    "late": _("“{step}” became overdue"),
    "escalated": _("“{step}” was reported to {to}, because it is overdue"),
    "retried": _("{name} let the service of “{step}” try again"),
    "stood_in": _("{to} stands in for {other}"),
    "came_back": _("It went back to {to}, who is there again"),
    "completed": _("It was completed"),
    "saved": _("{name} saved the form"),
    "stranded": _("Nobody was found for “{step}”"),
}
# The same as a word, before what somebody said.
WORDS: Final[dict[str, str | Promise]] = {
    "returned": pgettext_lazy("opinion", "sent back"),
    "withdrawn": pgettext_lazy("opinion", "withdrawn"),
    "handed": pgettext_lazy("opinion", "handed over"),
    "added": pgettext_lazy("opinion", "countersigning"),
    "urged": pgettext_lazy("opinion", "urged"),
    "suspended": pgettext_lazy("opinion", "suspended"),
    "resumed": pgettext_lazy("opinion", "resumed"),
    "cancelled": pgettext_lazy("opinion", "cancelled"),
    "rejected": pgettext_lazy("opinion", "rejected"),
    "moved": pgettext_lazy("opinion", "other version"),
    "reassigned": pgettext_lazy("opinion", "given to somebody else"),
}


def event_sentence(event: Event, step: str, *, bare: bool = False) -> str:
    """The sentence of an event in the language that is active now; `bare`: only what kind of act it was."""
    if bare:
        return str(WORDS.get(event.kind, ""))
    text = str(SENTENCES.get(event.kind, event.kind))
    if event.kind == "urged" and not event.params.get("to"):  # as it was written down at first
        text = gettext("{name} urged it")
    to = event.params.get("to")
    names = [str(each) for each in to] if isinstance(to, list) else [str(to or "–")]
    # What no person did was done by a part of the system, whatever its name.
    name = event.actor_name if event.actor_id else gettext("The system")
    if event.for_name and event.actor_id:
        name = gettext("{name} for {other}").format(name=name, other=event.for_name)
    filled = {
        "name": name,
        "other": event.for_name or "–",
        "step": step or event.params.get("step") or event.node or "–",
        "to": gettext(", ").join(names),
        "message": event.params.get("message", "–"),
    }
    return fill(text, filled)
