"""Tables of the organization app; they exist in every bureau's schema."""

from office.organization.models.imports import Import, ImportState
from office.organization.models.people import Appointment, Member
from office.organization.models.structure import MAX_DEPTH, Department, Post

__all__ = ["MAX_DEPTH", "Appointment", "Department", "Import", "ImportState", "Member", "Post"]
