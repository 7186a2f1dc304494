"""What the views of the register share."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise

from asp.accounts.models import Account
from asp.ui.errors import UserFacingError
from asp.ui.forms import Form

F = TypeVar("F", bound=Form)
INVALID = 422
FORM = ["GET", "HEAD", "POST"]


def person(request: HttpRequest) -> Account:
    """The signed-in person; the access mark has seen to that."""
    return cast(Account, request.user)


def asked(
    request: HttpRequest,
    form: F,
    do: Callable[[F], HttpResponse],
    *,
    title: str | Promise,
    button: str | Promise,
    back: str,
    **context: Any,
) -> HttpResponse:
    """Show a form on a page of its own, or do what was sent. What is refused comes back with its reason."""
    status = 200
    if request.method == "POST":
        status = INVALID
        if form.is_valid():
            try:
                return do(form)
            except UserFacingError as error:
                form.add_error(None, error.text)
                status = INVALID if error.status == HTTPStatus.BAD_REQUEST else error.status
    shown = {"form": form, "title": title, "button": button, "back": back, **context}
    return render(request, "documents/ask.html", shown, status=status)
