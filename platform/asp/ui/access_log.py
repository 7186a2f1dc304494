"""One line and a few counts for each answered request: which view, how long, how many statements."""

import logging
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from asp.ui.logs import route_of
from tenants.observe import fields, metrics

log = logging.getLogger("asp.access")

QUIET = frozenset({"healthz", "readyz"})  # asked every few seconds by machines; counted, not told


class AccessLogMiddleware:
    """Stands right behind the request's number, so that it sees every answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        tally = fields.Tally()
        token = fields.tally.set(tally)
        begun = time.perf_counter()
        status = 500
        try:
            response = self.get_response(request)
            status = response.status_code
            return response
        finally:
            fields.tally.reset(token)
            _tell(request, status, time.perf_counter() - begun, tally)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> None:
        """A slow statement names the view that sent it."""
        tally = fields.tally.get()
        if tally is not None:
            tally.route = route_of(request)


def _tell(request: HttpRequest, status: int, seconds: float, tally: fields.Tally) -> None:
    route, site = route_of(request), getattr(request, "site", None)
    kind = site.kind if site is not None else "none"
    metrics.requests.labels(metrics.PROCESS, kind, route, f"{status // 100}xx").inc()
    metrics.request_seconds.labels(metrics.PROCESS, kind).observe(seconds)
    if site is not None and site.bureau is not None:
        metrics.bureau_requests.labels(site.bureau.slug).inc()
    if route in QUIET:
        return
    line = {
        "method": request.method if request.method in METHODS else "other",
        "route": route,
        "status": status,
        "ms": round(seconds * 1000, 1),
        "queries": tally.queries,
        "query_ms": round(tally.seconds * 1000, 1),
    }
    if site is not None:
        line["site"] = site.key
    log.info("request", extra={"fields": line})


METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
