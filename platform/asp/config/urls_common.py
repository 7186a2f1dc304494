"""What every site answers, and the addresses that apps declare in their `function.py`."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from asp.accounts.access import anyone
from infra import health
from tenants import registry


@anyone
@never_cache
@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """This process is alive."""
    return JsonResponse({"status": "ok"})


@anyone
@never_cache
@require_safe
def readyz(_request: HttpRequest) -> HttpResponse:
    """Everything that a request may need answers: each part by name; 503 if one does not."""
    probes = [health.database(), health.cache(), health.storage(), health.queue()]
    ready = all(each.ok for each in probes)
    parts = {each.name: "ok" if each.ok else "failed" for each in probes}
    return JsonResponse({"status": "ok" if ready else "failed", **parts}, status=200 if ready else 503)


def urls_of(site_kind: str) -> list[URLPattern | URLResolver]:
    """Return the URL table of one kind of site."""
    patterns: list[URLPattern | URLResolver] = [
        path("healthz", healthz, name="healthz"),
        path("readyz", readyz, name="readyz"),
        path("ui/", include("asp.ui.urls")),
    ]
    for function in registry.functions():
        module = function.urls_on(site_kind)
        if module:
            patterns.append(path(function.path, include(module)))
    return patterns
