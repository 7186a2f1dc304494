"""What people are told about processes."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from asp.notify.kinds import Mail, register
from asp.ui.moments import moment_text
from asp.ui.text import localized

# What has happened to something that is followed, as it stands after its title.
NEWS: Final[dict[str, str | Promise]] = {
    "done": pgettext_lazy("followed", "a step was done"),
    "returned": pgettext_lazy("followed", "sent back"),
    "withdrawn": pgettext_lazy("followed", "withdrawn by who had sent it on"),
    "suspended": pgettext_lazy("followed", "suspended"),
    "resumed": pgettext_lazy("followed", "going on again"),
    "moved": pgettext_lazy("followed", "going on after another version of the process"),
    "completed": pgettext_lazy("followed", "completed"),
    "cancelled": pgettext_lazy("followed", "cancelled"),
    "rejected": pgettext_lazy("followed", "rejected"),
}


def _words(params: Mapping[str, Any]) -> Mapping[str, Any]:
    """Names in the reader's language, moments as people write them, what was said behind a colon."""
    said = params.get("words") or params.get("opinion") or params.get("note") or ""
    people = params.get("people") or ()
    return {
        **params,
        "title": params.get("title") or "–",
        "step": localized({"name": params.get("step"), "name_en": params.get("step_en")}) or "–",
        "person": params.get("person") or gettext("The system"),
        "people": gettext(", ").join(people) or "–",
        "said": gettext(": {words}").format(words=said) if said else "",
        "due": _moment(params.get("due")),
        "begins": _moment(params.get("begins")),
        "ends": _moment(params.get("ends")),
        "news": NEWS.get(str(params.get("news")), pgettext_lazy("followed", "something has happened")),
    }


def _moment(text: Any) -> str:
    found = parse_datetime(str(text)) if text else None
    return moment_text(found) if found is not None else "–"


def _kind(code: str, title: str | Promise, text: str | Promise, icon: str, mail: Mail = "no") -> None:
    register(
        f"workflow.{code}", title=title, text=text, icon=icon, mail=mail, sites=("bureau",), words=_words
    )


_kind(
    "arrived",
    _("Something has come for me"),
    _("To do: “{title}”, {step}, from {person}"),
    "checkbox",
    "daily",
)
_kind("urged", _("I am urged"), _("{person} urges you: “{title}”, {step}{said}"), "bell-ringing", "now")
_kind("due_soon", _("Something of mine is due soon"), _("“{title}”, {step}: due {due}"), "clock", "daily")
_kind(
    "late",
    _("Something of mine is overdue"),
    _("“{title}”, {step}: overdue since {due}"),
    "alert-triangle",
    "now",
)
_kind(
    "escalated",
    _("Something is overdue in my department"),
    _("“{title}”, {step}, has waited for {people} since {due}, when it was due"),
    "hierarchy-3",
    "now",
)
_kind(
    "returned",
    _("Something of mine was sent back"),
    _("“{title}” was sent back{said}"),
    "arrow-back-up",
    "now",
)
_kind("completed", _("Something of mine was completed"), _("“{title}” is completed"), "circle-check", "now")
_kind("cancelled", _("Something was cancelled"), _("“{title}” was cancelled"), "ban", "daily")
_kind("rejected", _("Something was rejected"), _("“{title}” was rejected at {step}{said}"), "circle-x", "now")
_kind("copied", _("Something is sent to me to read"), _("To read: “{title}”, after {step}"), "eye")
_kind(
    "stranded",
    _("Somebody has to be found for a step"),
    _("“{title}” waits at {step}, which nobody can do. Say who does it."),
    "user-question",
    "now",
)
_kind("followed", _("What I follow has moved"), _("“{title}”: {news}"), "star")
_kind(
    "stood_in",
    _("Something went to who stands in for me"),
    _("While you are away, {person} has “{title}”, {step}"),
    "user-check",
)
_kind(
    "deputy",
    _("I stand in for somebody"),
    _("You stand in for {person} from {begins} to {ends}{said}"),
    "user-check",
    "now",
)
