"""System checks of the interface."""

from typing import Any

from django.core.checks import CheckMessage, Info, register

from asp.ui.bundle import BundleMissing, manifest


@register("ui")
def bundle_is_built(**_: Any) -> list[CheckMessage]:
    """Say so when pages would come without styles and scripts."""
    try:
        manifest()
    except BundleMissing as error:
        return [Info(str(error), hint="npm ci && npm run build in platform/asp/ui/frontend", id="ui.I001")]
    return []
