"""What people are told about files."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from asp.notify.kinds import register
from office.library.models import Level


def _words(params: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        level = str(Level(params["level"]).label)
    except (KeyError, ValueError):
        level = "–"
    return {**params, "level": level}


register(
    "library.shared",
    title=_("Something is shared with me"),
    text=_("{person} shares “{name}” with you ({level})"),
    icon="folder-share",
    mail="daily",
    sites=("bureau",),
    words=_words,
)
