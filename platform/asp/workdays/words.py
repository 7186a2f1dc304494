"""Names of festivals and weekdays in the reader's language."""

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from asp.ui.text import reads_chinese
from asp.workdays.arithmetic import statutory

FESTIVALS: dict[str, str | Promise] = {
    statutory.NEW_YEAR: _("New Year's Day"),
    statutory.SPRING_FESTIVAL: _("Spring Festival"),
    statutory.QINGMING: _("Qingming Festival"),
    "清明": _("Qingming Festival"),
    statutory.LABOUR_DAY: _("Labour Day"),
    statutory.DRAGON_BOAT: _("Dragon Boat Festival"),
    statutory.MID_AUTUMN: _("Mid-Autumn Festival"),
    statutory.NATIONAL_DAY: _("National Day"),
}
WEEKDAYS = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)


def festival_name(name: str) -> str:
    """Return what a holiday is called; names that only the notice knows stay as it has them."""
    parts = [str(FESTIVALS.get(part, part)) for part in name.split("、")]
    return ("、" if reads_chinese() else ", ").join(parts)


def weekday_name(number: int) -> str | Promise:
    """Return the name of a weekday, 0 for Monday."""
    return WEEKDAYS[number]


def months_of_year() -> list[str]:
    """Return the names of the months."""
    return [
        gettext("January"),
        gettext("February"),
        gettext("March"),
        gettext("April"),
        gettext("May"),
        gettext("June"),
        gettext("July"),
        gettext("August"),
        gettext("September"),
        gettext("October"),
        gettext("November"),
        gettext("December"),
    ]
