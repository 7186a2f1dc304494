"""What the host has announced, for everybody in the office."""

import uuid

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from asp.accounts.access import signed_in
from office.notices import selectors

PAGE_SIZE = 20


@signed_in
@require_safe
def notice_list(request: HttpRequest) -> HttpResponse:
    """Notices that stand."""
    page = Paginator(selectors.notice_list(), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "notices/list.html", {"page": page})


@signed_in
@require_safe
def notice_detail(request: HttpRequest, hostnotice_id: uuid.UUID) -> HttpResponse:
    """One notice."""
    return render(request, "notices/detail.html", {"notice": selectors.notice_get(hostnotice_id)})
