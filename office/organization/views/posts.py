"""Posts and their rank."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from asp.accounts.access import duty
from asp.audit.actor import Actor
from asp.ui.errors import UserFacingError
from asp.ui.flash import flash
from office.organization import selectors, services
from office.organization.forms import PostForm
from office.organization.models import Post

INVALID = 422


@duty("system")
@require_safe
def post_list(request: HttpRequest) -> HttpResponse:
    """All posts, the highest first."""
    return render(request, "organization/posts.html", {"posts": selectors.post_list()})


@duty("system")
@require_http_methods(["GET", "POST"])
def post_create(request: HttpRequest) -> HttpResponse:
    """Create a post."""
    return _form(request, None)


@duty("system")
@require_http_methods(["GET", "POST"])
def post_edit(request: HttpRequest, post_id: uuid.UUID) -> HttpResponse:
    """Change a post."""
    return _form(request, selectors.post_get(post_id))


@duty("system")
@require_POST
def post_remove(request: HttpRequest, post_id: uuid.UUID) -> HttpResponse:
    """Remove a post that nobody holds."""
    post = selectors.post_get(post_id)
    services.post_remove(actor=Actor.of(request), post=post)
    flash(request, gettext("Post {name} has been removed.").format(name=post.name))
    return redirect("organization:post-list")


def _form(request: HttpRequest, post: Post | None) -> HttpResponse:
    form = PostForm(request.POST or None, initial=PostForm.initial_of(post) if post else None)
    if request.method == "POST" and form.is_valid():
        try:
            if post is None:
                services.post_create(actor=Actor.of(request), **form.cleaned_data)
            else:
                services.post_update(actor=Actor.of(request), post=post, **form.cleaned_data)
        except UserFacingError as error:
            form.refuse(error)
        else:
            flash(request, gettext("The post has been saved."))
            return redirect("organization:post-list")
    people = post.appointments.values("member").distinct().count() if post else 0
    context = {"form": form, "post": post, "people": people}
    return render(request, "organization/post.html", context, status=INVALID if form.is_bound else 200)
