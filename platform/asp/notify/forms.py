"""How a person wishes to be told."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from asp.notify.kinds import Kind
from asp.notify.models import DAILY_AT, Wishes
from asp.notify.wishes import wish_for

MAIL_CHOICES = (("no", _("No mail")), ("now", _("Mail at once")), ("daily", _("In the daily mail")))


class WishesForm(forms.Form):
    """Two fields for each kind, and the hours."""

    quiet_from = forms.TimeField(
        label=_("Quiet from"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    quiet_until = forms.TimeField(
        label=_("Quiet until"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    daily_at = forms.TimeField(
        label=_("Daily mail at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )

    def __init__(self, data: Any = None, *, kinds: list[Kind], wishes: Wishes | None) -> None:
        hours = {
            "quiet_from": wishes and wishes.quiet_from,
            "quiet_until": wishes and wishes.quiet_until,
            "daily_at": wishes.daily_at if wishes else DAILY_AT,
        }
        super().__init__(data, initial=hours)
        self._kinds = kinds
        for kind in kinds:
            wish = wish_for(wishes, kind)
            self.fields[f"listed.{kind.code}"] = forms.BooleanField(
                label=_("In the list"), required=False, initial=wish.listed
            )
            self.fields[f"mail.{kind.code}"] = forms.ChoiceField(
                label=_("Mail"), choices=MAIL_CHOICES, initial=wish.mail
            )

    def lines(self) -> list[tuple[Kind, forms.BoundField, forms.BoundField]]:
        """Each kind with its two fields."""
        return [(kind, self[f"listed.{kind.code}"], self[f"mail.{kind.code}"]) for kind in self._kinds]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        begin: datetime.time | None = cleaned.get("quiet_from")
        end: datetime.time | None = cleaned.get("quiet_until")
        if (begin is None) != (end is None) and not self.errors:
            self.add_error("quiet_until" if end is None else "quiet_from", _("Give both times, or neither."))
        return cleaned

    def choices(self) -> dict[str, dict[str, Any]]:
        """What was chosen, where it differs from what the kind proposes."""
        found = {}
        for kind in self._kinds:
            listed, mail = self.cleaned_data[f"listed.{kind.code}"], self.cleaned_data[f"mail.{kind.code}"]
            if not listed or mail != kind.mail:
                found[kind.code] = {"listed": listed, "mail": mail}
        return found
