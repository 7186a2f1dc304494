"""Departments and posts for the picker of subjects (主体选择)."""

import uuid
from collections.abc import Collection, Iterable

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from asp.accounts.pinyin import search_text
from asp.accounts.subjects import (
    DEPARTMENT,
    DEPARTMENT_TREE,
    POST,
    Provider,
    Subject,
    SubjectChoice,
    register_provider,
)
from asp.ui.text import localized
from office.organization.models import Department, Post
from office.organization.tree import Tree


def register() -> None:
    """Called when Django is ready."""
    register_provider(Provider(DEPARTMENT, _("Departments alone"), _alone_search, _alone_label, order=30))
    register_provider(Provider(DEPARTMENT_TREE, _("Departments"), _tree_search, _tree_label, order=20))
    register_provider(Provider(POST, _("Posts"), _post_search, _post_label, order=40))


def _department(tree: Tree, department: Department, kind: str) -> SubjectChoice:
    above = tree.lineage(department.id)[1:]
    place = "/".join(localized(each) for each in reversed(above))
    alone = gettext("without those below") if kind == DEPARTMENT else gettext("with those below")
    if department.is_dissolved:
        alone = gettext("dissolved")
    detail = f"{place}, {alone}" if place else alone
    return SubjectChoice(Subject(kind, department.id), localized(department), detail, "building-community")


def _search(query: str, limit: int, kind: str) -> list[SubjectChoice]:
    tree = Tree()
    found = [node.department for node in tree.walk() if matches(query, node.department)]
    if kind == DEPARTMENT:
        # The same as with those below where nothing is below.
        found = [each for each in found if tree.children(each.id)]
    return [_department(tree, each, kind) for each in found[:limit]]


def matches(query: str, thing: Department | Post) -> bool:
    """Whether a department or post is called so, in any script."""
    if not query:
        return True
    wanted = query.casefold()
    if wanted in thing.name.casefold() or wanted in thing.name_en.casefold():
        return True
    return wanted.isascii() and wanted.replace(" ", "") in search_text(thing.name)


def _labels(ids: Collection[uuid.UUID], kind: str) -> list[SubjectChoice]:
    tree = Tree()
    found = (tree.by_id.get(key) or tree.dissolved.get(key) for key in ids)
    return [_department(tree, each, kind) for each in found if each is not None]


def _alone_search(query: str, limit: int) -> Iterable[SubjectChoice]:
    return _search(query, limit, DEPARTMENT)


def _alone_label(ids: Collection[uuid.UUID]) -> Iterable[SubjectChoice]:
    return _labels(ids, DEPARTMENT)


def _tree_search(query: str, limit: int) -> Iterable[SubjectChoice]:
    return _search(query, limit, DEPARTMENT_TREE)


def _tree_label(ids: Collection[uuid.UUID]) -> Iterable[SubjectChoice]:
    return _labels(ids, DEPARTMENT_TREE)


def _post(post: Post) -> SubjectChoice:
    return SubjectChoice(Subject(POST, post.id), localized(post), gettext("Post"), "id-badge-2")


def _post_search(query: str, limit: int) -> Iterable[SubjectChoice]:
    return [_post(each) for each in Post.objects.all() if matches(query, each)][:limit]


def _post_label(ids: Collection[uuid.UUID]) -> Iterable[SubjectChoice]:
    return [_post(each) for each in Post.objects.filter(pk__in=ids)]
