"""Bureaus, their addresses, and the ready schemas; all in the public schema, host side only."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_tenants.models import DomainMixin, TenantMixin

from tenants.keys import uuid7
from tenants.naming import SLUG_MAX_LENGTH, validate_slug
from tenants.site import BureauRef


class BureauState(models.TextChoices):
    """Where a bureau's office stands."""

    OPENING = "opening", _("Being opened")
    SETTING_UP = "setting_up", _("Being set up")
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    MAINTENANCE = "maintenance", _("Under maintenance")
    CLOSED = "closed", _("Closed")


class Bureau(TenantMixin):
    """A bureau (委办局) with an office of its own: one schema, role, storage prefix and key."""

    auto_create_schema = False
    auto_drop_schema = False

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.CharField(max_length=SLUG_MAX_LENGTH, unique=True, validators=[validate_slug])
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=200, blank=True)
    credit_code = models.CharField(max_length=18, blank=True)
    level = models.CharField(max_length=32, blank=True)
    parent_body = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=16, choices=BureauState.choices, default=BureauState.OPENING)
    storage_prefix = models.CharField(max_length=40, unique=True)
    wrapped_key = models.BinaryField()
    functions = ArrayField(models.CharField(max_length=32), default=list, blank=True)
    quota_bytes = models.BigIntegerField()
    language = models.CharField(max_length=10, default="zh-hans")
    accent = models.CharField(max_length=7, blank=True)
    version = models.CharField(max_length=16)
    created_at = models.DateTimeField(auto_now_add=True)
    opened_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def ref(self) -> BureauRef:
        """The part of the row that everybody may see, detached from the database."""
        return BureauRef(
            id=self.id,
            schema=self.schema_name,
            slug=self.slug,
            name=self.name,
            name_en=self.name_en,
            state=self.state,
            version=self.version,
            language=self.language,
            accent=self.accent,
            storage_prefix=self.storage_prefix,
            wrapped_key=bytes(self.wrapped_key),
            functions=frozenset(self.functions),
        )


class Domain(DomainMixin):
    """A domain of a bureau's own; `<slug>.<BASE_DOMAIN>` needs no row."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    verified_at = models.DateTimeField(null=True, blank=True)


class ReadySchema(models.Model):
    """A schema in the pool, built and seeded, that waits for a bureau to claim it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    schema = models.CharField(max_length=63)
    version = models.CharField(max_length=16)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.schema


class SchemaTemplate(models.Model):
    """The SQL text of one version of a bureau's schema, from which ready schemas are replayed."""

    version = models.CharField(max_length=16, primary_key=True)
    text = models.TextField()
    migrations = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.version


class FleetUpgrade(models.Model):
    """One run over the offices whose schemas are not of the code's version; see `tenants.fleet`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.CharField(max_length=16)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    canary_id = models.UUIDField(null=True)
    total = models.PositiveIntegerField()
    stopped = models.BooleanField(default=False)  # at the canary: nobody else was touched
    interrupted = models.BooleanField(default=False)  # found unfinished by the next that upgrades

    def __str__(self) -> str:
        return f"{self.version}: {self.total}"


class BureauUpgrade(models.Model):
    """How the upgrade of one bureau's schema ended. Holds names of tables, never values from them."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    upgrade = models.ForeignKey(FleetUpgrade, on_delete=models.CASCADE, related_name="bureaus")
    bureau_id = models.UUIDField()
    from_version = models.CharField(max_length=16)
    milliseconds = models.PositiveIntegerField()
    error = models.CharField(max_length=32, blank=True)  # see `tenants.fleet.errors`; empty: it succeeded
    params = models.JSONField(default=dict)
    ended_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["bureau_id", "-ended_at"], name="bureau_upgrade_latest")]

    def __str__(self) -> str:
        return f"{self.bureau_id} {self.error or 'done'}"


class Doorbell(models.Model):
    """See `tenants.doorbell`. Bureaus may only insert rows of their own."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    bureau_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=16)
    ref = models.UUIDField(null=True)
    rung_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.ref or ''}"
