"""Content: downloads, which are on record, and older versions."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from asp.accounts.access import requires
from asp.audit.actor import Actor
from asp.blobs.models import Blob
from asp.blobs.services import download_url
from asp.ui.flash import flash
from office.library.models import Level, Node, Version
from office.library.naming import key_of
from office.library.permissions import USE
from office.library.selectors.access import folder_get_for, node_get_for
from office.library.services import file_read, version_restore
from office.library.views._frame import done, person

MOST_NAMES = 2000


@requires(USE)
@require_safe
def download(request: HttpRequest, node_id: uuid.UUID, number: int | None = None) -> HttpResponse:
    """Send the browser to the content origin for the current or an older version, and put it on record."""
    file = node_get_for(account=person(request), node_id=node_id)
    version = Version.objects.filter(file=file, number=number or file.number).first()
    blob = Blob.objects.filter(pk=version.blob_id).first() if version else None
    if version is None or blob is None:
        raise Http404
    url = download_url(request=request, blob=blob, filename=file.name)
    if request.method != "HEAD":
        file_read(actor=Actor.of(request), file=file, version=version)
    return HttpResponseRedirect(url)


@requires(USE)
@require_POST
def restore_version(request: HttpRequest, node_id: uuid.UUID, number: int) -> HttpResponse:
    """Make an older version the current one again."""
    file = node_get_for(account=person(request), node_id=node_id, level=Level.EDIT)
    if file.is_folder or not Version.objects.filter(file=file, number=number).exists():
        raise Http404
    version = version_restore(actor=Actor.of(request), file=file, number=number)
    flash(
        request,
        _("Version {old} is the current one again, as version {new}.").format(old=number, new=version.number),
    )
    return done(request, reverse("library:node", args=[file.pk]))


@requires(USE)
@require_POST
def names(request: HttpRequest, node_id: uuid.UUID) -> HttpResponse:
    """Which of the names (`name`, repeated) are files in this folder already: asked before an upload."""
    folder = folder_get_for(account=person(request), node_id=node_id, level=Level.EDIT)
    asked = request.POST.getlist("name")[:MOST_NAMES]
    keys = {key_of(name): name for name in asked}
    present = Node.objects.live().filter(parent=folder, name_key__in=keys).order_by("sort_key")
    return JsonResponse({"present": list(present.values_list("name", flat=True))})
