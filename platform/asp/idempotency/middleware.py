"""A repeated request (double click, lost answer) has one effect and gets the same answer.

The key is written in the transaction of the effect: either both are there, or neither. A repeat that comes while the
first one is still at work waits for it at the key's row. Refused requests are not kept: they had no effect, and the
same request may succeed later.
"""

import base64
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from asp.idempotency import keys
from asp.idempotency.models import Answer
from asp.ui.errors import Conflict, UserFacingError
from asp.ui.middleware import ErrorsMiddleware

LONGEST = 256 * 1024
KEPT_HEADERS = ("Content-Type", "Location", "Content-Disposition", "HX-Redirect", "HX-Location", "HX-Refresh")
KEPT_ALSO = ("HX-Trigger", "HX-Retarget", "HX-Reswap", "HX-Push-Url", "Cache-Control", "Content-Language")
REPLAYED = "Idempotent-Replayed"


class DoneBefore(Conflict):
    """The first answer is not kept; its effect is there."""

    code = "idempotency.done"
    message = _("This was done already. Load the page again to see it.")


class KeyReused(UserFacingError):
    """The same key with other content (RFC draft: 422)."""

    status = 422
    code = "idempotency.key_reused"
    message = _("This key was used for another request.")


class IdempotencyMiddleware:
    """Stands last, so that it wraps the view alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._errors = ErrorsMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Answer in the view's place, if the request carries a key and the view may be repeated."""
        if not _applies(request, view):
            return None
        known = keys.request_of(request)
        if known is None:
            return None
        try:
            return once(known, lambda: view(request, *args, **kwargs))
        except UserFacingError as error:
            # Django asks middlewares about the exceptions of views only.
            response = self._errors.process_exception(request, error)
            assert response is not None
            return response


def _applies(request: HttpRequest, view: Any) -> bool:
    if getattr(view, "repeats", False):
        return False
    access = getattr(view, "access", None)
    # At the gate nobody is known yet, and its answers carry sessions.
    return access is not None and (access.kind != "anyone" or request.site.kind == "hall")  # type: ignore[attr-defined]


def once(known: keys.Request, work: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Do `work` unless this request has had its effect; then return the answer that was given."""
    with transaction.atomic():
        if not _claim(known):
            answer = Answer.objects.get(pk=known.id)
            if answer.fingerprint != known.fingerprint:
                raise KeyReused
            return _replayed(answer)
        response = work()
        if response.status_code >= 400 or connection.needs_rollback:
            if not connection.needs_rollback:
                Answer.objects.filter(pk=known.id).delete()
            return response
        _keep(known, response)
        return response


def _claim(known: keys.Request) -> bool:
    """Whether this request is the first. Waits while another one with the same key is at work."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO idempotency_answer (id, fingerprint, status, headers, created_at)"
            " VALUES (%s, %s, 0, '{}', now()) ON CONFLICT (id) DO NOTHING",
            [known.id, known.fingerprint],
        )
        return cursor.rowcount == 1


def _keep(known: keys.Request, response: HttpResponseBase) -> None:
    content = None
    if isinstance(response, HttpResponse) and len(response.content) <= LONGEST:
        # Cookies are as secret as the content: the hall knows a browser's draft by one.
        cookies = [each.OutputString() for each in response.cookies.values()]
        content = "\n".join([base64.b64encode(response.content).decode(), *cookies])
    headers = {name: response[name] for name in (*KEPT_HEADERS, *KEPT_ALSO) if name in response}
    Answer.objects.filter(pk=known.id).update(status=response.status_code, headers=headers, content=content)


def _replayed(answer: Answer) -> HttpResponse:
    if answer.content is None:
        raise DoneBefore
    content, *cookies = answer.content.split("\n")
    response = HttpResponse(base64.b64decode(content), status=answer.status)
    for each in cookies:
        response.cookies.load(each)
    for name, value in answer.headers.items():
        response[name] = value
    response[REPLAYED] = "true"
    return response
