"""What pages that live on several sites need to know about their frame."""

from django.http import HttpRequest


def frame(request: HttpRequest) -> str:
    """Return the base template of the site that `request` came to."""
    return "ui/host.html" if request.site.kind == "host" else "ui/office.html"  # type: ignore[attr-defined]
