"""Words that several pages of provisioning share."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tenants.models import BureauState

# Labels of our own: an account's "active" reads differently in Chinese.
BUREAU_STATES = {
    BureauState.OPENING: _("Being opened"),
    BureauState.SETTING_UP: _("Being set up"),
    BureauState.ACTIVE: _("At work"),
    BureauState.SUSPENDED: _("Suspended"),
    BureauState.MAINTENANCE: _("Under maintenance"),
    BureauState.CLOSED: _("Closed down"),
}


def without_county(name: str) -> str:
    """Return a body's name without the county's own name before it, unless nothing would be left."""
    for county in (settings.ASP.county_name, settings.ASP.county_name_en):
        rest = name.removeprefix(county).strip() if county else name
        if rest and rest != name:
            return rest
    return name
