"""The application for an office (申请 ASP 服务), its three administrators and its history."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from asp.accounts.models import Duty
from tenants.keys import uuid7
from tenants.models import Bureau
from tenants.naming import SLUG_MAX_LENGTH

GIBIBYTE = 1024**3


class Level(models.TextChoices):
    """What kind of body applies (层级)."""

    COUNTY_BUREAU = "county_bureau", _("County bureau")
    GOVERNMENT_OFFICE = "government_office", _("County government office")
    TOWNSHIP = "township", _("Township government")
    STREET = "street", _("Street office")
    PARTY_BODY = "party_body", _("Party body")
    CONGRESS = "congress", _("Office of the people's congress or the CPPCC")
    PEOPLES_ORGANISATION = "peoples_organisation", _("People's organisation")
    PUBLIC_INSTITUTION = "public_institution", _("Public institution")
    VERTICAL = "vertical", _("Body led by the city or province")
    OTHER = "other", _("Other body")


class ApplicationState(models.TextChoices):
    """Where an application stands. Whether an approved one is being opened says its latest Opening."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Being reviewed")
    CORRECTION = "correction", _("To be corrected")
    REJECTED = "rejected", _("Rejected")
    APPROVED = "approved", _("Approved")
    OPENED = "opened", _("Office open")


EDITABLE_STATES = (ApplicationState.DRAFT, ApplicationState.CORRECTION)
PENDING_STATES = (ApplicationState.SUBMITTED, ApplicationState.CORRECTION, ApplicationState.APPROVED)


class Application(models.Model):
    """One application. `draft` keeps what was typed, right or wrong; the columns what was sent in.

    `revision` counts how often it was sent in: an administrator decides the revision that they saw.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    state = models.CharField(max_length=16, choices=ApplicationState.choices, default=ApplicationState.DRAFT)
    revision = models.PositiveIntegerField(default=0)
    draft = models.JSONField(default=dict)
    draft_hash = models.CharField(max_length=64)
    tracking_hash = models.CharField(max_length=64, null=True, blank=True)

    name = models.CharField(max_length=100, blank=True)
    name_en = models.CharField(max_length=200, blank=True)
    credit_code = models.CharField(max_length=18, blank=True)
    level = models.CharField(max_length=32, choices=Level.choices, blank=True)
    parent_body = models.CharField(max_length=200, blank=True)
    slug = models.CharField(max_length=SLUG_MAX_LENGTH, blank=True)
    contact_name = models.CharField(max_length=100, blank=True)
    contact_phone = models.CharField(max_length=20, blank=True)
    contact_email = models.EmailField(max_length=254, blank=True)
    quota_gb = models.PositiveIntegerField(default=0)
    functions = ArrayField(models.CharField(max_length=32), default=list, blank=True)
    note = models.TextField(blank=True)
    language = models.CharField(max_length=10, default="zh-hans")
    letter_blob = models.UUIDField(null=True, blank=True)
    letter_name = models.CharField(max_length=255, blank=True)
    # What was uploaded since the last submission; gone after a day unless it is sent in.
    new_letter_blob = models.UUIDField(null=True, blank=True)
    new_letter_upload = models.UUIDField(null=True, blank=True)
    new_letter_name = models.CharField(max_length=255, blank=True)
    consented_at = models.DateTimeField(null=True, blank=True)

    remarks = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    granted_slug = models.CharField(max_length=SLUG_MAX_LENGTH, blank=True)
    granted_quota_gb = models.PositiveIntegerField(default=0)
    granted_functions = ArrayField(models.CharField(max_length=32), default=list, blank=True)
    decided_by = models.UUIDField(null=True, blank=True)
    decided_by_name = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    bureau = models.OneToOneField(
        Bureau, on_delete=models.PROTECT, null=True, blank=True, related_name="application"
    )

    created_at = models.DateTimeField(auto_now_add=True)
    saved_at = models.DateTimeField(auto_now=True)
    submitted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["draft_hash"], name="provisioning_application_draft"),
            models.UniqueConstraint(fields=["tracking_hash"], name="provisioning_application_tracking"),
            # Two approvals cannot promise one address.
            models.UniqueConstraint(
                fields=["granted_slug"],
                condition=models.Q(state="approved"),
                name="provisioning_application_slug_granted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.state}"

    @property
    def is_editable(self) -> bool:
        """Whether the applicant may change it now."""
        return self.state in EDITABLE_STATES

    @property
    def granted_quota_bytes(self) -> int:
        """The approved storage in bytes."""
        return self.granted_quota_gb * GIBIBYTE


class Administrator(models.Model):
    """One of the three administrators (三员) whom the application names."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="administrators", db_index=False
    )
    duty = models.CharField(max_length=16, choices=Duty.choices)
    name = models.CharField(max_length=100)
    login = models.CharField(max_length=32)
    phone = models.CharField(max_length=20)
    email = models.EmailField(max_length=254, blank=True)
    account_id = models.UUIDField(null=True, blank=True)
    activated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["application", "duty"], name="provisioning_administrator_duty"),
        ]

    def __str__(self) -> str:
        return f"{self.duty} {self.name}"


class EventKind(models.TextChoices):
    """What happened to an application, as the applicant reads it."""

    SUBMITTED = "submitted", _("Sent in")
    RESUBMITTED = "resubmitted", _("Sent in again")
    CORRECTION = "correction", _("Correction asked for")
    REJECTED = "rejected", _("Rejected")
    APPROVED = "approved", _("Approved")
    OPENING_FAILED = "opening_failed", _("The opening did not succeed")
    OPENED = "opened", _("The office was opened")
    ACTIVATED = "activated", _("All three administrators are active")


class Event(models.Model):
    """One line of the history that applicant and administrators see."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=16, choices=EventKind.choices)
    actor_name = models.CharField(max_length=200, blank=True)
    params = models.JSONField(default=dict)
    occurred_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.occurred_at:%Y-%m-%d %H:%M}"

    @property
    def words(self) -> str:
        """What the administrator wrote: the reason, or what is to be corrected; may be empty."""
        return str(self.params.get("general") or self.params.get("reason") or "")
