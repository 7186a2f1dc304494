"""Changes of the posts (职务) and their rank."""

from django.db import transaction

from asp.audit.actor import Actor
from asp.audit.services import record
from office.organization import errors
from office.organization.models import Appointment, Post
from office.organization.services.departments import NAME_EN_LIMIT, name_checked, required_name


@transaction.atomic
def post_create(*, actor: Actor, name: str, name_en: str = "", rank: int, sort: int = 0) -> Post:
    """Create a post; rank 1 stands highest. Raises NameRefused, PostNameTaken."""
    _lock()
    name = required_name(name)
    if Post.objects.filter(name=name).exists():
        raise errors.PostNameTaken(params={"name": name})
    post = Post.objects.create(
        name=name, name_en=name_checked(name_en, limit=NAME_EN_LIMIT), rank=rank, sort=sort
    )
    _record(actor, "created", post, rank=rank)
    return post


@transaction.atomic
def post_update(*, actor: Actor, post: Post, name: str, name_en: str = "", rank: int, sort: int = 0) -> Post:
    """Change a post. Raises NameRefused, PostNameTaken."""
    _lock()
    row = Post.objects.get(pk=post.pk)
    name = required_name(name)
    if Post.objects.filter(name=name).exclude(pk=row.pk).exists():
        raise errors.PostNameTaken(params={"name": name})
    new = (name, name_checked(name_en, limit=NAME_EN_LIMIT), rank, sort)
    if new == (row.name, row.name_en, row.rank, row.sort):
        return row
    row.name, row.name_en, row.rank, row.sort = new
    row.save()
    _record(actor, "changed", row, rank=rank)
    return row


@transaction.atomic
def post_remove(*, actor: Actor, post: Post) -> None:
    """Remove a post that nobody holds. Raises PostInUse."""
    _lock()
    people = Appointment.objects.filter(post=post).values("member_id").distinct().count()
    if people:
        raise errors.PostInUse(params={"name": post.name, "people": people})
    _record(actor, "removed", post)
    post.delete()


def _lock() -> None:
    """One change of the posts at a time; there are a few dozen. Holding one is not disturbed."""
    list(Post.objects.select_for_update(no_key=True).order_by("id").values_list("pk"))


def _record(actor: Actor, act: str, post: Post, **params: object) -> None:
    record(
        actor=actor,
        action=f"organization.post_{act}",
        target_kind="organization.post",
        target_id=post.id,
        target_name=post.name,
        params=params,
    )
