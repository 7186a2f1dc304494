"""Finds the departments and posts that a file names, and notes those that would have to be created."""

import uuid
from typing import TYPE_CHECKING

from office.organization.models import Department, Post
from office.organization.tree import SEPARATOR, Tree

if TYPE_CHECKING:
    from office.organization.importing.plan import PlannedRow


class PlaceBook:
    """Departments by path (in Chinese, English or by code) and by bare name; posts by name."""

    def __init__(self, tree: Tree, *, create_departments: bool, create_posts: bool) -> None:
        self.tree = tree
        self.create_departments = create_departments
        self.create_posts = create_posts
        self._below: dict[tuple[uuid.UUID | None, str], Department] = {}
        self._anywhere: dict[str, list[Department]] = {}
        for each in tree.by_id.values():
            for name in {_key(each.name), _key(each.name_en), _key(each.code)} - {""}:
                self._below.setdefault((each.parent_id, name), each)
                self._anywhere.setdefault(name, []).append(each)
        self.posts = list(Post.objects.all())
        self._posts = {_key(each.name_en): each for each in self.posts if each.name_en}
        self._posts.update({_key(each.name): each for each in self.posts})
        self._post_names = {each.id: each.name for each in self.posts}

    def resolve(self, row: "PlannedRow") -> None:
        """Fill in the row's department and post, or say what is wrong with them."""
        if "department" in row.values:
            self._department(row, row.values["department"])
        elif row.member is None and not row.problems:
            row.problems.append(["department", "required", {}])
        if "post" in row.values:
            self._post(row, row.values["post"])

    def _department(self, row: "PlannedRow", path: str) -> None:
        parts = tuple(path.split(SEPARATOR))
        found = self._walk(parts)
        if found is None and len(parts) == 1:
            named = self._anywhere.get(_key(parts[0]), [])
            if len(named) > 1:
                row.problems.append(["department", "department_ambiguous", {"path": path}])
                return
            found = named[0] if named else None
        if found is not None:
            row.department_id = found.id
        elif self.create_departments:
            row.new_department = parts
        else:
            row.problems.append(["department", "department_missing", {"path": path}])

    def _walk(self, parts: tuple[str, ...]) -> Department | None:
        at: Department | None = None
        for part in parts:
            at = self._below.get((at.id if at else None, _key(part)))
            if at is None:
                return None
        return at

    def _post(self, row: "PlannedRow", name: str) -> None:
        found = self._posts.get(_key(name))
        if found is not None:
            row.post_id = found.id
        elif self.create_posts:
            row.new_post = name
        else:
            row.problems.append(["post", "post_missing", {"name": name}])

    def path(self, department_id: uuid.UUID | None) -> str:
        """The path of a department in Chinese; empty for none."""
        return self.tree.path(department_id, language="zh-hans") if department_id else ""

    def post_name(self, post_id: uuid.UUID | None) -> str:
        """The name of a post; empty for none."""
        return self._post_names.get(post_id, "") if post_id else ""


def _key(name: str) -> str:
    return name.casefold().strip()
