"""Applications for an office, how they were decided and opened; all in the public schema, host side only."""

from provisioning.models.announcement import Announcement
from provisioning.models.application import (
    Administrator,
    Application,
    ApplicationState,
    Event,
    EventKind,
    Level,
)
from provisioning.models.attempts import Attempts
from provisioning.models.figures import BureauFigures
from provisioning.models.opening import Opening, OpeningState
from provisioning.models.role_template import RoleTemplate, RoleTemplateOffer, RoleTemplateVersion

__all__ = [
    "Administrator",
    "Announcement",
    "Application",
    "ApplicationState",
    "Attempts",
    "BureauFigures",
    "Event",
    "EventKind",
    "Level",
    "Opening",
    "OpeningState",
    "RoleTemplate",
    "RoleTemplateOffer",
    "RoleTemplateVersion",
]
