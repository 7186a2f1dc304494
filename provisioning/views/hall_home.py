"""The hall's start page: which bureaus are served, how to apply, where an application stands."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from asp.accounts.access import anyone
from provisioning import selectors
from provisioning.forms.tracking import TrackForm
from tenants.models import Bureau

PER_PAGE = 60


@anyone
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Bureaus with the address of their office, narrowed down by `q`."""
    query = request.GET.get("q", "")[:100].replace("\x00", "")
    page = Paginator(selectors.bureaus_served(query=query), PER_PAGE).get_page(request.GET.get("page"))
    for bureau in page.object_list:
        bureau.office_url = office_url(bureau)  # type: ignore[attr-defined]
    return render(
        request,
        "provisioning/hall/home.html",
        {
            "page": page,
            "query": query,
            "total": selectors.bureaus_served().count(),
            "track_form": TrackForm(),
            "base": settings.ASP.base_domain,
        },
    )


def office_url(bureau: Bureau) -> str:
    """The absolute address of a bureau's office."""
    return f"{settings.ASP.origin(f'{bureau.slug}.{settings.ASP.base_domain}')}/"
