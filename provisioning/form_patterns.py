"""What this app lends to forms: the shape of a unified social credit code (统一社会信用代码)."""

from django.utils.translation import gettext_lazy as _

from asp.forms import Pattern, pattern_register
from provisioning import credit_code


def _normalise(text: str) -> str:
    code = credit_code.normalise(text)
    if not credit_code.check(code).is_valid:
        raise ValueError("no credit code")
    return code


def register() -> None:
    """Called when Django is ready."""
    pattern_register(
        Pattern(
            "credit_code",
            _("Unified social credit code"),
            _normalise,
            _("Write the 18 characters of the unified social credit code; one of them is not right."),
        )
    )
