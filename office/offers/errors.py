"""What the security administrator is told about offers."""

from django.utils.translation import gettext_lazy as _

from asp.ui.errors import Conflict


class OfferOver(Conflict):
    """The host has withdrawn it."""

    code = "offers.over"
    message = _("The host no longer offers this role.")


class OfferMoved(Conflict):
    """A newer version came while the page was open, or somebody else was faster."""

    code = "offers.moved"
    message = _("This offer has changed in the meantime. Look at it again, then decide.")


class OfferTaken(Conflict):
    """A role was made of it already."""

    code = "offers.taken"
    message = _("A role has been made of this offer already.")


class OfferNotTaken(Conflict):
    """There is no role into which anything could be taken over."""

    code = "offers.not_taken"
    message = _("No role has been made of this offer. Accept it first.")
