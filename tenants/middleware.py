"""Give every request its site, its URL table and its database context."""

from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotFound
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _

from tenants import context, registry, routing, version
from tenants.models import BureauState
from tenants.site import Site

OPEN_STATES = {BureauState.SETTING_UP, BureauState.ACTIVE}
CLOSED_STATES = {BureauState.OPENING, BureauState.CLOSED}
ALWAYS_ANSWERED = ("/healthz", "/readyz")


class SiteMiddleware:
    """First of the middlewares that touch the database: nothing may run before the site is known."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # These must answer when the database does not, so they ask it nothing.
        asked = request.path in ALWAYS_ANSWERED
        site = routing.HALL if asked else routing.site_for(request.META.get("HTTP_HOST", ""))
        if site is None or (site.bureau and site.bureau.state in CLOSED_STATES):
            # Too early for the pages of a site: there is none.
            with _readers_language(request):
                text = _("There is no such address.")
            return HttpResponseNotFound(text, content_type="text/plain; charset=utf-8")
        request.site = site  # type: ignore[assignment]  # the stubs think of contrib.sites
        request.urlconf = settings.URL_TABLES[site.kind]
        token = context.enter(site)
        try:
            if not _is_open(site):
                return _closed(request, site)
            return self.get_response(request)
        finally:
            context.leave(token)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> None:
        """A function that the bureau has not switched on does not exist there."""
        match, bureau = request.resolver_match, context.current_site().bureau
        function = registry.by_code(match.app_names[0]) if match and match.app_names else None
        if function and function.optional and bureau and function.code not in bureau.functions:
            raise Http404


def _is_open(site: Site) -> bool:
    if site.bureau is None:
        return True
    return site.bureau.state in OPEN_STATES and site.bureau.version == version.code_version()


def _readers_language(request: HttpRequest) -> translation.override:
    """These answers come before anybody is known: the cookie or the browser says the language."""
    return translation.override(translation.get_language_from_request(request))


def _closed(request: HttpRequest, site: Site) -> HttpResponse:
    suspended = site.bureau is not None and site.bureau.state == BureauState.SUSPENDED
    values = {"suspended": suspended, "bureau": site.bureau}
    with _readers_language(request):
        response = render(request, "tenants/closed.html", values, status=503)
    response["Retry-After"] = "60"
    return response
