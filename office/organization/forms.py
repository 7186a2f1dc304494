"""Forms of the organization. What is allowed is decided by the services; their refusals land at a field."""

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from asp.accounts.models import AccountState
from asp.ui.errors import UserFacingError
from asp.ui.forms import Form
from asp.ui.text import localized
from office.organization.models import Department, Member, Post
from office.organization.services import Place
from office.organization.tree import Tree

INDENT = "\u3000"
MOST_PLACES = 6


class ServiceForm(Form):
    """A form that shows what a service refused beside the field that it is about."""

    blamed: Mapping[str, str] = {}

    def refuse(self, error: UserFacingError) -> None:
        """Put the refusal beside its field, or at the top."""
        self.add_error(self.blamed.get(error.code), error.text)


def department_choices(tree: Tree, *, without: set[uuid.UUID] | None = None) -> list[tuple[str, str]]:
    """Departments in reading order, indented by level."""
    return [
        (str(node.department.id), INDENT * (node.depth - 1) + localized(node.department))
        for node in tree.walk(without=without or set())
    ]


class DepartmentForm(ServiceForm):
    """Names and code of a department, and where a new one goes."""

    blamed = {
        "organization.name_refused": "name",
        "organization.name_taken": "name",
        "organization.too_deep": "parent",
        "organization.dissolved": "parent",
        "organization.head_unfit": "head",
    }

    name = forms.CharField(label=_("Name"), max_length=60)
    name_en = forms.CharField(label=_("English name"), max_length=120, required=False)
    code = forms.CharField(
        label=_("Department code"),
        max_length=32,
        required=False,
        help_text=_("For example the number used in archives."),
    )
    parent = forms.ChoiceField(label=_("Belongs to"), required=False)
    head = forms.ChoiceField(
        label=_("Head of the department"),
        required=False,
        help_text=_("Approves what its people hand in, and is told what they are late with."),
    )

    def __init__(
        self, *args: Any, tree: Tree, heads: list[tuple[str, Any]] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if heads is None:
            # A new one: it has no people yet, and says where it belongs.
            self.fields["parent"].choices = [("", gettext("The bureau itself")), *department_choices(tree)]  # type: ignore[attr-defined]
            del self.fields["head"]
        else:
            self.fields["head"].choices = [("", gettext("Nobody")), *heads]  # type: ignore[attr-defined]
            del self.fields["parent"]

    def clean_head(self) -> uuid.UUID | None:
        """The account, or None for nobody."""
        key = self.cleaned_data["head"]
        return uuid.UUID(key) if key else None

    @classmethod
    def initial_of(cls, department: Department) -> dict[str, str]:
        """What the form shows of an existing department."""
        return {
            "name": department.name,
            "name_en": department.name_en,
            "code": department.code,
            "head": str(department.head_id or ""),
        }


class MoveForm(Form):
    """Where a department goes: below another one, or to the top."""

    parent = forms.ChoiceField(label=_("Move below"), required=False)

    def __init__(self, *args: Any, tree: Tree, department: Department, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = department_choices(tree, without={department.id})
        self.fields["parent"].choices = [("", gettext("The bureau itself")), *choices]  # type: ignore[attr-defined]


class PostForm(ServiceForm):
    """A post and who stands before whom."""

    blamed = {"organization.name_refused": "name", "organization.post_name_taken": "name"}

    name = forms.CharField(label=_("Name"), max_length=60)
    name_en = forms.CharField(label=_("English name"), max_length=120, required=False)
    rank = forms.IntegerField(
        label=_("Rank"), min_value=1, max_value=999, help_text=_("1 stands highest; people are listed by it.")
    )
    sort = forms.IntegerField(
        label=_("Order within the rank"), min_value=0, max_value=999_999, required=False, initial=0
    )

    def clean_sort(self) -> int:
        """Blank is 0."""
        return self.cleaned_data["sort"] or 0

    @classmethod
    def initial_of(cls, post: Post) -> dict[str, Any]:
        """What the form shows of an existing post."""
        return {"name": post.name, "name_en": post.name_en, "rank": post.rank, "sort": post.sort}


class MemberForm(ServiceForm):
    """One person, and the places they hold: the first is the main one, the others are 兼职."""

    blamed = {
        "organization.name_refused": "name",
        "organization.office_phone_refused": "office_phone",
        "organization.no_appointment": "department_0",
        "organization.dissolved": "department_0",
        "organization.place_gone": "department_0",
        "organization.appointment_twice": "department_1",
        "accounts.login_taken": "login",
        "accounts.login_invalid": "login",
        "accounts.phone_taken": "phone",
        "accounts.phone_invalid": "phone",
    }

    name = forms.CharField(label=_("Full name"), max_length=60)
    name_en = forms.CharField(label=_("English name"), max_length=150, required=False)
    login = forms.CharField(label=_("Account"), max_length=32, required=False)
    phone = forms.CharField(
        label=_("Mobile number"), max_length=30, required=False, help_text=_("Also good for signing in.")
    )
    email = forms.EmailField(label=_("Mail address"), max_length=254, required=False)
    staff_number = forms.CharField(label=_("Staff number"), max_length=32, required=False)
    office_phone = forms.CharField(label=_("Office phone"), max_length=32, required=False)
    sort = forms.IntegerField(
        label=_("Order"),
        min_value=0,
        max_value=999_999,
        required=False,
        help_text=_("Among people of the same rank; small numbers first."),
    )

    def __init__(self, *args: Any, tree: Tree, posts: list[Post], places: int = 1, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        departments = department_choices(tree)
        named = [(str(each.id), localized(each)) for each in posts]
        self.place_count = min(max(places + 1, 2), MOST_PLACES)
        for number in range(self.place_count):
            first = number == 0
            blank = gettext("Choose a department") if first else gettext("No other department")
            self.fields[f"department_{number}"] = forms.ChoiceField(
                label=_("Department") if first else _("Also in"),
                choices=[("", blank), *departments],
                required=first,
            )
            self.fields[f"post_{number}"] = forms.ChoiceField(
                label=_("Post") if first else _("Post there"),
                choices=[("", gettext("No post")), *named],
                required=False,
            )

    @property
    def place_fields(self) -> list[tuple[Any, Any]]:
        """Pairs of department and post, for the template."""
        return [(self[f"department_{number}"], self[f"post_{number}"]) for number in range(self.place_count)]

    def clean_sort(self) -> int:
        """Blank is 0."""
        return self.cleaned_data["sort"] or 0

    def clean(self) -> dict[str, Any]:
        """A post belongs to a department."""
        cleaned = super().clean() or {}
        for number in range(1, self.place_count):
            if cleaned.get(f"post_{number}") and not cleaned.get(f"department_{number}"):
                self.add_error(f"department_{number}", gettext("Choose the department of this post."))
        return cleaned

    def values(self) -> dict[str, Any]:
        """What the services take."""
        cleaned = self.cleaned_data
        plain = ("name", "name_en", "login", "phone", "email", "staff_number", "office_phone", "sort")
        return {**{field: cleaned[field] for field in plain}, "places": self._places()}

    def _places(self) -> list[Place]:
        found = []
        for number in range(self.place_count):
            department, post = self.cleaned_data[f"department_{number}"], self.cleaned_data[f"post_{number}"]
            if department:
                found.append(Place(uuid.UUID(department), uuid.UUID(post) if post else None))
        return found

    @classmethod
    def initial_of(cls, member: Member) -> dict[str, Any]:
        """What the form shows of an existing person."""
        account = member.account
        shown: dict[str, Any] = {
            field: getattr(account, field) for field in ("name", "name_en", "login", "phone", "email")
        }
        shown |= {field: getattr(member, field) for field in ("staff_number", "office_phone", "sort")}
        for number, each in enumerate(member.appointments.all()):
            shown[f"department_{number}"] = str(each.department_id)
            shown[f"post_{number}"] = str(each.post_id or "")
        return shown


class MemberFilterForm(Form):
    """What the staff list shows; its state is in the address."""

    q = forms.CharField(max_length=100, required=False)
    department = forms.ChoiceField(required=False)
    state = forms.ChoiceField(required=False)
    sort = forms.ChoiceField(
        required=False,
        choices=[
            (f"{sign}{key}", key) for key in ("name", "login", "state", "signed_in") for sign in ("", "-")
        ],
    )

    def __init__(self, *args: Any, tree: Tree, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].choices = [("", gettext("All departments")), *department_choices(tree)]  # type: ignore[attr-defined]
        self.fields["state"].choices = [("", gettext("All states")), *AccountState.choices]  # type: ignore[attr-defined]


class ImportOptionsForm(Form):
    """What happens with departments and posts that do not exist yet."""

    create_departments = forms.BooleanField(label=_("Create missing departments"), required=False)
    create_posts = forms.BooleanField(label=_("Create missing posts"), required=False)
