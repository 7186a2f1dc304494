"""Errors for people: what happened and what to do, in the reader's language.

Everything that is not a `UserFacingError` is a bug and is seen as one (page 500, log with the request id).
"""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class UserFacingError(Exception):
    """A refusal that a person can understand and act upon.

    `code` is stable and for machines (`library.quota_exceeded`); `message` is a lazy translation whose
    `{name}` places are filled from `params` when it is shown, so that it may be stored as code and
    parameters and read later in another language. `status` is the HTTP status.
    """

    status: int = 400
    code: str = "refused"
    message: str | Promise = _("That is not possible.")

    def __init__(
        self,
        code: str | None = None,
        message: str | Promise | None = None,
        params: Mapping[str, Any] | None = None,
        status: int | None = None,
        *,
        retry_after: int | None = None,
    ) -> None:
        self.code = code or type(self).code
        self.message = message if message is not None else type(self).message
        self.params = dict(params or {})
        self.status = status or type(self).status
        self.retry_after = retry_after
        super().__init__(self.code)

    @property
    def text(self) -> str:
        """The message in the language that is active now."""
        return str(self.message).format(**self.params) if self.params else str(self.message)

    def __str__(self) -> str:
        return f"{self.code}: {self.text}"


class NotAllowed(UserFacingError):
    """The person may not do this here."""

    status = 403
    code = "not_allowed"
    message = _("You are not allowed to do this.")


class Conflict(UserFacingError):
    """Somebody else was faster, or the thing is in another state by now."""

    status = 409
    code = "conflict"
    message = _("Somebody has changed this in the meantime. Look at it again, then decide.")


class Gone(UserFacingError):
    """It was there, and it is over: a used link, an expired draft."""

    status = 410
    code = "gone"
    message = _("This is no longer valid.")


class TooLarge(UserFacingError):
    """More bytes or rows than the place takes."""

    status = 413
    code = "too_large"
    message = _("This is larger than what can be taken here.")


class TooMany(UserFacingError):
    """Too many tries in a short time."""

    status = 429
    code = "too_many"
    message = _("Too many tries. Wait a little, then try again.")


class Unavailable(UserFacingError):
    """A part that this needs does not answer; nothing was changed."""

    status = 503
    code = "unavailable"
    message = _("This does not work at the moment. Nothing was changed; try again in a minute.")
