"""Rules that every model keeps. The lists of exceptions may only shrink."""

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from tenants import registry
from tenants.version import bureau_app_labels

# Third-party tables with integer keys.
INTEGER_KEYS = {
    "axes.AccessAttempt",
    "axes.AccessAttemptExpiration",
    "axes.AccessFailureLog",
    "axes.AccessLog",
    "auth.Group",
    "auth.Permission",
    "contenttypes.ContentType",
}
# Keys that are no identifiers: one row per version, session, bureau or repeated request.
NATURAL_KEYS = {
    "tenants.SchemaTemplate",
    "accounts.Session",
    "audit_heads.Head",
    "idempotency.Answer",
    "blobs.StorageAccount",
    "provisioning.Attempts",
}


def our_models() -> list[type[models.Model]]:
    return [
        each
        for each in apps.get_models()
        if each.__module__.split(".")[0] in {"asp", "office", "tenants", "provisioning"}
    ]


def test_keys_are_uuids():
    others = {
        each._meta.label
        for each in apps.get_models()
        if not each._meta.proxy and not isinstance(each._meta.pk, models.UUIDField | models.OneToOneField)
    }
    assert others - NATURAL_KEYS <= INTEGER_KEYS
    assert INTEGER_KEYS - others <= INTEGER_KEYS - others, "shrink the list"


def test_no_foreign_key_leaves_a_bureaus_schema():
    labels = set(bureau_app_labels())
    for model in apps.get_models():
        if model._meta.app_label in labels:
            for field in model._meta.get_fields():
                if isinstance(field, models.ForeignKey):
                    assert field.related_model._meta.app_label in labels, f"{field} leaves the bureau"


def test_nothing_refers_by_django_permission_or_generic_key():
    assert not any(config.name == "django.contrib.admin" for config in apps.get_app_configs())
    assert "django.contrib.auth" not in settings.TENANT_APPS
    assert "django.contrib.contenttypes" not in settings.TENANT_APPS


@pytest.mark.parametrize("code", [each.code for each in registry.functions()] or ["none"])
def test_a_functions_steps_can_be_imported(code):
    function = registry.by_code(code)
    for name in ("seed", "opened", "export", "erase", "restored", "deadlines"):
        function.step(name)


def test_no_text_field_has_a_like_index_by_accident():
    """`db_index` and `unique` on text make a second index for LIKE in every bureau."""
    labels = set(bureau_app_labels())
    doubled = {
        f"{model._meta.label}.{field.name}"
        for model in our_models()
        if model._meta.app_label in labels
        for field in model._meta.local_fields
        if isinstance(field, models.CharField | models.TextField)
        and not field.primary_key
        and (field.db_index or field.unique)
    }
    assert doubled == set()
