"""The names a bureau may have in addresses."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

SLUG = re.compile(r"[a-z](-?[a-z0-9]){1,30}\Z")
SLUG_MAX_LENGTH = 31
RESERVED_SLUGS = frozenset(
    ["host", "hall", "content", "static", "transfer", "live", "www", "mail", "smtp", "imap", "api", "admin"],
)


def validate_slug(value: str) -> None:
    """Raise ValidationError unless `value` may stand before the host's domain as a bureau's address."""
    if len(value) > SLUG_MAX_LENGTH or not SLUG.match(value):
        raise ValidationError(
            _(
                "Use 2 to 31 small letters, digits and single hyphens, beginning with a letter "
                "and not ending with a hyphen."
            ),
            code="slug",
        )
    if value in RESERVED_SLUGS:
        raise ValidationError(_("This address is kept for the host itself."), code="slug_reserved")
