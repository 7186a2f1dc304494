"""Forms of the calendar."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from asp.ui.forms import DateField, Form
from asp.workdays.arithmetic.hours import OfficeHours
from asp.workdays.notice.text import MOST_CHARACTERS
from asp.workdays.selectors.pages import FIRST, LAST


class NoticeForm(Form):
    """The text of a notice, and the year it is for."""

    year = forms.IntegerField(label=_("Year"), min_value=FIRST, max_value=LAST)
    number = forms.CharField(
        label=_("Number of the notice"),
        max_length=100,
        required=False,
        help_text=_("Empty: as it stands in the text."),
    )
    text = forms.CharField(
        label=_("Text of the notice, or a table of dates"),
        max_length=MOST_CHARACTERS,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false", "translate": "no"}),
        help_text=_(
            "Paste the whole notice from the State Council's site. Or paste rows from a spreadsheet: date, “off” or "
            "“work”, name."
        ),
    )
    provisional = forms.BooleanField(
        label=_("Expected only, not published yet: stays provisional"), required=False
    )


class ConfirmForm(NoticeForm):
    """The same, confirmed: with the number of the calendar that the preview was made from."""

    seen = forms.IntegerField(min_value=0)


class LocalDayForm(Form):
    """A day of the bureau's own."""

    day = DateField(label=_("Day"))
    works = forms.ChoiceField(
        label=_("In this office the day is"),
        choices=[("off", _("off")), ("work", _("worked"))],
        widget=forms.RadioSelect,
        initial="off",
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=100,
        help_text=_("The decision it follows, for example a local holiday or duty in an emergency."),
    )


class HoursForm(Form):
    """Office hours of a day: morning and afternoon; without an afternoon, one span."""

    morning_from = forms.TimeField(
        label=_("Morning from"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    morning_to = forms.TimeField(
        label=_("Morning to"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    afternoon_from = forms.TimeField(
        label=_("Afternoon from"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    afternoon_to = forms.TimeField(
        label=_("Afternoon to"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )

    @staticmethod
    def initial_of(hours: OfficeHours) -> dict[str, datetime.time]:
        """The fields for hours that are in force."""
        names = (("morning_from", "morning_to"), ("afternoon_from", "afternoon_to"))
        return {
            name: time
            for pair, span in zip(names, hours.spans, strict=False)
            for name, time in zip(pair, span, strict=True)
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        begin, end = cleaned.get("afternoon_from"), cleaned.get("afternoon_to")
        if (begin is None) != (end is None):
            self.add_error("afternoon_to", _("Say both when the afternoon begins and when it ends."))
            return cleaned
        spans = [(cleaned["morning_from"], cleaned["morning_to"])]
        if begin and end:
            spans.append((begin, end))
        try:
            cleaned["hours"] = OfficeHours(tuple(spans))
        except ValueError:
            self.add_error(None, _("Office hours follow one another and do not overlap."))
        return cleaned
