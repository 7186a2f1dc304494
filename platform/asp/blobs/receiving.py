"""Taking the bytes of one PATCH: parts are sealed and stored on the way, the rest waits as a tail.

Memory: one part of plaintext and one sealed. Database: visited briefly between parts, never held while
bytes flow. The blob's key seals a part only after its SHA-256 was committed as an intent, and the same
plaintext gives the same sealed bytes, so a part that is sent twice is the same object twice.
"""

import hashlib
import io
import logging
import time
import uuid
from collections.abc import Callable

from django.http import Http404

from asp.audit.actor import Actor
from asp.blobs import keys, marks, sniff, store, uploads
from asp.blobs.brief import brief_transaction, release_connection
from asp.blobs.errors import (
    DatabaseUnavailable,
    MediaTypeRefused,
    OffsetConflict,
    SecretMarkRefused,
    StoreUnavailable,
)
from asp.blobs.frames import FRAME_SIZE, BrokenObjectError, FrameCipher
from asp.blobs.models import Upload
from asp.blobs.purposes import Purpose
from asp.blobs.sealed import SealedObject, object_name, sealed_object
from asp.ui.errors import UserFacingError
from tenants.context import current_site
from tenants.keys import uuid7
from tenants.observe import metrics

log = logging.getLogger(__name__)

CHUNK_SIZE = 64 * 1024
RENEW_SECONDS = 5.0
SECRET_ACTION = "blobs.secret_refused"

Body = Callable[[int], bytes]


class Receiver:
    """Takes bytes for an upload whose lease the caller holds, from `upload.offset` on."""

    def __init__(self, *, upload: Upload, lease: uuid.UUID, purpose: Purpose, actor: Actor) -> None:
        self.upload = upload
        self.done = False
        self._lease = lease
        self._purpose = purpose
        self._actor = actor
        self._site = current_site()
        self._blob = sealed_object(upload.blob)
        self._parts: list[list[str]] = [list(part) for part in upload.parts]
        self._multipart = upload.multipart
        self._buffer = bytearray()
        self._tail = self._tail_object()
        self._renewed_at = time.monotonic()

    def receive(self, body: Body, length: int) -> bool:
        """Take up to `length` bytes from `body`; return whether all of them came.

        What came is kept either way. Raises StoreUnavailable or DatabaseUnavailable (what was not noted
        yet has to be sent again), UploadBusy (another request has taken over), OffsetConflict (start
        again from the first byte), and the refusal of content that may not be kept.
        """
        release_connection()
        self._load_tail()
        kept = len(self._buffer)
        missing = length
        while missing:
            chunk = body(min(CHUNK_SIZE, missing, self._part_length - len(self._buffer)))
            if not chunk:
                break
            self._buffer += chunk
            missing -= len(chunk)
            if len(self._buffer) == self._part_length:
                self._store_part()
                kept = 0
            else:
                self._keep_lease()
        if self.upload.length == 0 and not self.done:
            self._store_part()
        if not self.done and len(self._buffer) > kept:
            self._store_tail()
        return missing == 0

    @property
    def _part_start(self) -> int:
        return len(self._parts) * self.upload.part_size

    @property
    def _part_length(self) -> int:
        return min(self.upload.part_size, self.upload.length - self._part_start)

    @property
    def _is_last(self) -> bool:
        return self._part_start + self._part_length == self.upload.length

    def _store_part(self) -> None:
        number, is_last = len(self._parts), self._is_last
        media_type = self._examine() if number == 0 else ""
        sha256 = hashlib.sha256(self._buffer).hexdigest()
        if not is_last and not self._multipart:
            self._multipart = store.multipart_begin(self._blob.name)
        with brief_transaction():
            fresh = uploads.part_intend(
                upload=self.upload,
                lease=self._lease,
                number=number,
                sha256=sha256,
                multipart=self._multipart,
                media_type=media_type,
            )
        if not fresh:
            self._start_again("other bytes were sent for a part before")
        self._renewed_at = time.monotonic()
        cipher = FrameCipher(key=self._blob.key, object_id=self._blob.id)
        sealed = cipher.seal(first=self._part_start // FRAME_SIZE, data=self._buffer, last=is_last)
        if is_last:
            self._complete(sealed, sha256)
        else:
            self._put(sealed, sha256)
        metrics.upload_bytes.labels(self._site.kind).inc(len(self._buffer))
        self._buffer = bytearray()
        self._forget_tail()

    def _put(self, sealed: bytearray, sha256: str) -> None:
        number = len(self._parts) + 1
        try:
            tag = store.multipart_put(self._blob.name, self._multipart, number, sealed)
        except store.ObjectMissingError:
            self._start_again("the store has forgotten the multipart upload")
        self._parts.append([sha256, tag])
        with brief_transaction():
            uploads.part_store(
                upload=self.upload, lease=self._lease, parts=self._parts, offset=self._part_start
            )
        self.upload.offset = self._part_start

    def _complete(self, sealed: bytearray, sha256: str) -> None:
        """Store the last part, make the object, commit the row. Every step may be a repetition."""
        tag = ""
        try:
            if self._multipart:
                tag = store.multipart_put(self._blob.name, self._multipart, len(self._parts) + 1, sealed)
                tags = [part[1] for part in self._parts] + [tag]
                store.multipart_complete(self._blob.name, self._multipart, tags)
            else:
                store.put_new(self._blob.name, sealed)
        except (store.ObjectExistsError, store.ObjectMissingError):
            # An earlier try got this far and its answer was lost: under this id and key only these very
            # bytes can have been stored.
            if store.size_of(self._blob.name) != self._blob.sealed_size:
                self._start_again("the parts in the store are gone")
        parts = [*self._parts, [sha256, tag]]
        try:
            with brief_transaction():
                self.upload = uploads.upload_arrive(
                    upload=self.upload,
                    lease=self._lease,
                    parts=parts,
                    actor=self._actor,
                    finish=self._purpose.finish,
                )
        except (StoreUnavailable, DatabaseUnavailable):
            raise
        except Http404 as error:
            self._refuse("blobs.target_gone", 404)
            raise Http404 from error
        except UserFacingError as error:
            if error.status not in (423, 503):
                self._refuse(error.code, error.status)
            raise
        self.done = True

    def _examine(self) -> str:
        """Look at the first bytes while they are at hand; return the media type."""
        head = bytes(self._buffer[: max(sniff.HEAD_SIZE, 64 * 1024)])
        media_type = sniff.media_type_of(head, declared=self.upload.blob.declared_type)
        whole = self._is_last
        if whole:
            media_type = sniff.refine(media_type, io.BytesIO(self._buffer))
        if sniff.is_text(head):
            marked = marks.text_is_marked(bytes(self._buffer[: marks.MOST_TEXT]))
        else:
            marked = whole and head.startswith(b"PK") and marks.document_is_marked(io.BytesIO(self._buffer))
        if marked:
            self._refuse(SecretMarkRefused.code, SecretMarkRefused.status, audited=SECRET_ACTION)
            raise SecretMarkRefused
        allowed = self._purpose.media_types
        undecided = media_type == sniff.ZIP and not whole  # the check of the whole file decides
        if allowed is not None and media_type not in allowed and not undecided:
            self._refuse(MediaTypeRefused.code, MediaTypeRefused.status)
            raise MediaTypeRefused
        return media_type

    def _store_tail(self) -> None:
        """Keep what does not make a part yet, in an object with an id and a key of its own."""
        tail_id, key = uuid7(), keys.new_key()
        name = object_name(self._site, tail_id)
        sealed = FrameCipher(key=key, object_id=tail_id).seal(first=0, data=self._buffer, last=True)
        store.put_new(name, sealed)
        offset = self._part_start + len(self._buffer)
        try:
            with brief_transaction():
                uploads.tail_store(
                    upload=self.upload,
                    lease=self._lease,
                    tail=tail_id,
                    size=len(self._buffer),
                    key=key,
                    offset=offset,
                )
        except DatabaseUnavailable:
            # Nobody knows whether it was committed: the row may name this tail by now. If not, the sweep finds it.
            raise
        except UserFacingError:
            self._delete_quietly(name)
            raise
        self.upload.offset = offset
        self._forget_tail()

    def _load_tail(self) -> None:
        if self._tail is None:
            return
        try:
            self._buffer += self._tail.read(0, self._tail.size)
        except (store.ObjectMissingError, BrokenObjectError) as error:
            log.warning("upload %s has lost its tail: %s", self.upload.pk, error)
            with brief_transaction():
                uploads.tail_drop(upload=self.upload, lease=self._lease, offset=self._part_start)
            raise OffsetConflict from error

    def _tail_object(self) -> SealedObject | None:
        if self.upload.tail is None or self.upload.tail_key is None:
            return None
        return SealedObject(
            name=object_name(self._site, self.upload.tail),
            id=self.upload.tail,
            size=self.upload.tail_size,
            key=keys.unwrap_blob_key(
                site=self._site, wrapped=bytes(self.upload.tail_key), object_id=self.upload.tail
            ),
        )

    def _forget_tail(self) -> None:
        if self._tail is not None:
            self._delete_quietly(self._tail.name)
            self._tail = None

    def _start_again(self, why: str) -> None:
        log.warning("upload %s starts again: %s", self.upload.pk, why)
        with brief_transaction():
            uploads.upload_restart(upload=self.upload, lease=self._lease)
        self._delete_quietly(self._blob.name, multipart=self._multipart)
        self._forget_tail()
        raise OffsetConflict

    def _refuse(self, code: str, status: int, *, audited: str = "") -> None:
        with brief_transaction():
            uploads.upload_refuse(
                upload=self.upload,
                lease=self._lease,
                actor=self._actor,
                code=code,
                status=status,
                audited=audited,
            )

    def _keep_lease(self) -> None:
        if time.monotonic() - self._renewed_at < RENEW_SECONDS:
            return
        self._renewed_at = time.monotonic()
        try:
            with brief_transaction():
                uploads.lease_renew(upload_id=self.upload.pk, lease=self._lease)
        except DatabaseUnavailable:
            log.warning("upload %s: the lease was not renewed, the database does not answer", self.upload.pk)

    def _delete_quietly(self, name: str, *, multipart: str = "") -> None:
        """Tidy up at once; what the store does not do now, the sweep of orphans does later."""
        try:
            if multipart:
                store.multipart_abort(name, multipart)
            store.delete(name)
        except StoreUnavailable:
            log.info("%s stays for the sweep", name)
