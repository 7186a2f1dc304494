"""What becomes of uploads to the file centre (tus purpose `library.file`).

The target is a folder, or a file that gets a next version. Where the folder has a file of that name,
the content becomes its next version; `<folder>/both` keeps both. The page asks the person before it
sends. The metadata `path` keeps the folders of a dropped folder ("年度/一季度/报表.xlsx").
"""

import uuid
from typing import Any

from django.http import Http404, HttpRequest

from asp.accounts.models import Account
from asp.audit.actor import Actor
from asp.blobs.models import Blob, Upload
from asp.blobs.purposes import Purpose
from asp.blobs.purposes import register as purpose_register
from office.library import naming
from office.library.errors import TooDeep
from office.library.limits import personal_check
from office.library.models import MAX_DEPTH, Level, Node
from office.library.selectors.access import node_get_for
from office.library.services.folders import folders_ensure, name_check
from office.library.services.versions import SAME_BOTH, SAME_VERSION, file_store
from tenants.context import current_site

PURPOSE = "library.file"
MOST_BYTES = 100 * 1024 * 1024


def authorize(
    request: HttpRequest, target: str, filename: str, length: int, metadata: dict[str, str]
) -> dict[str, Any]:
    """Refuse at the start what would be refused at the end. Raises Http404 and the file centre's errors."""
    if current_site().bureau is None:
        raise Http404
    key, _slash, same = target.partition("/")
    place = _place(request.user, key)  # type: ignore[arg-type]
    name = name_check(filename)
    folders = [name_check(part) for part in metadata.get("path", "").split("/")[:-1] if part]
    if len(place.path) + len(folders) >= MAX_DEPTH or (folders and not place.is_folder):
        raise TooDeep(params={"limit": MAX_DEPTH})
    personal_check(place.cabinet, adding=length)
    same = SAME_BOTH if same == SAME_BOTH else SAME_VERSION
    return {"place": place.pk, "name": name, "folders": folders, "same": same}


def finish(actor: Actor, blob: Blob, _upload: Upload, binding: dict[str, Any]) -> dict[str, Any]:
    """Keep what has arrived; the sender's rights are looked at again."""
    account = Account.objects.filter(pk=actor.id).first()
    if account is None or not account.is_active:
        raise Http404
    place = _place(account, binding["place"])
    place = folders_ensure(actor=actor, parent=place, names=binding["folders"])
    file, version = file_store(
        actor=actor, place=place, name=binding["name"], blob=blob, same=binding["same"]
    )
    return {
        "id": file.pk,
        "name": file.name,
        "version": version.number,
        "url": f"/library/{file.pk}/",
        "renamed": naming.key_of(file.name) != naming.key_of(binding["name"]),
    }


def register() -> None:
    """Called when Django is ready."""
    purpose_register(Purpose(code=PURPOSE, max_bytes=MOST_BYTES, authorize=authorize, finish=finish))


def _place(account: Account, target: str) -> Node:
    try:
        key = uuid.UUID(str(target))
    except ValueError:
        raise Http404 from None
    return node_get_for(account=account, node_id=key, level=Level.EDIT)
