"""What the content store tells people."""

from django.utils.translation import gettext_lazy as _

from asp.ui.errors import Conflict, Gone, TooLarge, Unavailable, UserFacingError

RETRY_SECONDS = 5


class StoreUnavailable(Unavailable):
    """The object store does not answer. What was acknowledged is safe; the rest can be sent again."""

    code = "blobs.store_unavailable"
    message = _("The file store does not answer at the moment. Try again in a minute; nothing is lost.")

    def __init__(self) -> None:
        super().__init__(retry_after=RETRY_SECONDS)


class DatabaseUnavailable(Unavailable):
    """The database does not answer while an upload runs."""

    code = "blobs.database_unavailable"
    message = _("The office does not answer at the moment. Try again in a minute; nothing is lost.")

    def __init__(self) -> None:
        super().__init__(retry_after=RETRY_SECONDS)


class TransferBusy(Unavailable):
    """Too many requests bring bytes at the moment, or too many of this person's."""

    code = "blobs.transfer_busy"
    message = _("Many files are being uploaded at the moment. This one goes on by itself in a few seconds.")

    def __init__(self) -> None:
        super().__init__(retry_after=RETRY_SECONDS)


class QuotaExceeded(TooLarge):
    """The office's storage is full."""

    code = "blobs.quota_exceeded"
    message = _("The storage of this office has no room for this file. Delete files or ask for more storage.")


class FileTooLarge(TooLarge):
    """More bytes than the purpose takes."""

    code = "blobs.file_too_large"
    message = _("The file is too large: at most {limit} can be uploaded here.")


class FileNameRefused(UserFacingError):
    """A name that cannot be kept; the message says what is wrong with it."""

    status = 400
    code = "blobs.name_refused"


class MediaTypeRefused(UserFacingError):
    """The content is of a kind that this place does not take."""

    status = 415
    code = "blobs.media_type_refused"
    message = _("Files of this kind cannot be uploaded here.")


class SecretMarkRefused(UserFacingError):
    """The file carries a mark of state secrecy (国家秘密标志)."""

    status = 422
    code = "blobs.secret_mark"
    message = _(
        "The file carries a secrecy mark. This system is for non-secret work only: "
        "the file was not kept, and the attempt is on record."
    )


class UploadOver(Gone):
    """The upload was ended, refused, or waited too long."""

    code = "blobs.upload_over"
    message = _("This upload is over. Start it again.")


class UploadBusy(UserFacingError):
    """Another request is sending bytes to the same upload."""

    status = 423
    code = "blobs.upload_busy"
    message = _("This upload is being written to by another request.")


class OffsetConflict(Conflict):
    """The client's idea of how much has arrived is not the server's."""

    code = "blobs.offset_conflict"
    message = _("More or less of the file has arrived than expected. Ask again from where to go on.")


class BlobNotReady(Conflict):
    """The content is still being received or checked, or was found broken."""

    code = "blobs.not_ready"
    message = _("This file is still being checked. Try again in a moment.")


class BlobGone(Gone):
    """The content was deleted, or never became a file."""

    code = "blobs.gone"
    message = _("This file is no longer there.")
