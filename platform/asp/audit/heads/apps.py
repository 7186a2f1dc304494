from django.apps import AppConfig


class AuditHeadsConfig(AppConfig):
    """A shared-schema app of its own, because `asp.audit` has its tables in every bureau as well."""

    name = "asp.audit.heads"
    label = "audit_heads"
