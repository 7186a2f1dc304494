"""Probes of stored files: raw objects, foreign keys, signed addresses."""

from django.utils.translation import gettext_lazy as _

from asp.audit.actor import Actor
from asp.blobs import keys, links, store
from asp.blobs.errors import QuotaExceeded, StoreUnavailable
from asp.blobs.models import Blob
from asp.blobs.sealed import object_name, sealed_object
from asp.blobs.services import blob_write
from tenants.context import current_bureau, current_site
from tenants.isolation.attempts import canary, decoy
from tenants.isolation.registry import Finding, broken, held, not_tried, probe
from tenants.keys import uuid7
from tenants.site import Site

STORE_AWAY = _("The file store does not answer. Try again when it is back.")
FULL = _("This office's storage is full, so nothing could be stored for the trial.")


@probe(
    "blobs.raw",
    control="11.files",
    title=_("Files as they lie in the store"),
    explanation=_(
        "We store a small file and look at what really lies in the store, as somebody would who has taken the disk: under "
        "which name it lies, and whether its text can be read. Then we take it away again."
    ),
)
def raw() -> Finding:
    word, site = canary(), current_site()
    try:
        blob = blob_write(actor=Actor.system("worker"), data=word.encode() * 50, filename="probe.txt")
        name = object_name(site, blob.id)
        try:
            return _looked_at(word, blob, name)
        finally:
            store.delete(name)
    except StoreUnavailable:
        return not_tried(STORE_AWAY)
    except QuotaExceeded:
        return not_tried(FULL)


def _looked_at(word: str, blob: Blob, name: str) -> Finding:
    sealed = sealed_object(blob)
    at_home = name.startswith(f"{current_bureau().storage_prefix}/")
    elsewhere = store.size_of(object_name(Site("bureau", decoy()), blob.id)) is not None
    if word.encode() in store.read(name, 0, sealed.sealed_size) or elsewhere or not at_home:
        return broken(_("The text could be read in the store, or lay outside of this office's folder."))
    if word.encode() not in sealed.read(0, blob.size):
        return not_tried(_("What was stored could not be read back, so nothing can be said of it."))
    return held(
        _("It lay in this office's folder, and without this office's key nothing of it could be read.")
    )


@probe(
    "blobs.keys",
    control="11.keys",
    title=_("Opening files with a foreign key"),
    explanation=_(
        "Each file has a key of its own, locked with this office's key. We try another office's key and the host's."
    ),
)
def foreign_keys() -> Finding:
    key, object_id, here = keys.new_key(), uuid7(), current_site()
    wrapped = keys.wrap_blob_key(site=here, key=key, object_id=object_id)
    if keys.unwrap_blob_key(site=here, wrapped=wrapped, object_id=object_id) != key:
        return not_tried(_("This office's own key did not open it, so nothing can be said of others."))
    other = Site("bureau", decoy(keys.new_wrapped_bureau_key()))
    attempts = [(other, object_id), (Site("host"), object_id), (Site("hall"), object_id), (here, uuid7())]
    opened = sum(_opens(site, wrapped, each) for site, each in attempts)
    if opened or key in wrapped:
        return broken(_("{opened} of {tried} foreign keys opened it."), opened=opened, tried=len(attempts))
    return held(_("{tried} foreign keys were tried; none opened it."), tried=len(attempts))


def _opens(site: Site, wrapped: bytes, object_id: object) -> bool:
    try:
        keys.unwrap_blob_key(site=site, wrapped=wrapped, object_id=object_id)  # type: ignore[arg-type]
    except keys.WrongKeyError:
        return False
    return True


@probe(
    "blobs.links",
    control="1.files",
    title=_("Download addresses of others"),
    explanation=_(
        "A download address is signed for one file of one office, for five minutes. We change it, and hold one for "
        "another office against this one."
    ),
)
def download_links() -> Finding:
    blob_id, name = uuid7(), "probe.txt"
    host, token = _parts(links.content_url(site=current_site(), blob_id=blob_id, filename=name, inline=False))
    if links.ticket_of(token=token, filename=name, label=host).bureau_id != current_bureau().id:
        return broken(_("An address of this office leads elsewhere."))
    other = decoy()
    foreign_host, foreign = _parts(
        links.content_url(site=Site("bureau", other), blob_id=blob_id, filename=name, inline=False)
    )
    changed = [(foreign, name, host), (token, "other.txt", host), (token, name, foreign_host)]
    changed.append((token[:-2] + ("AA" if token[-2:] != "AA" else "BB"), name, host))
    taken = sum(_is_taken(*each) for each in changed)
    theirs = links.ticket_of(token=foreign, filename=name, label=foreign_host)
    if taken or theirs.bureau_id != other.id or Blob.objects.filter(pk=blob_id).exists():
        return broken(_("{taken} of {tried} changed addresses were taken."), taken=taken, tried=len(changed))
    return held(
        _("{tried} changed addresses were refused, and another office's leads to that office alone."),
        tried=len(changed),
    )


def _parts(url: str) -> tuple[str, str]:
    host, _slash, rest = url.split("://", 1)[1].partition("/d/")
    return host.partition(".")[0], rest.partition("/")[0]


def _is_taken(token: str, filename: str, label: str) -> bool:
    try:
        links.ticket_of(token=token, filename=filename, label=label)
    except (links.LinkForgedError, links.LinkExpiredError):
        return False
    return True
