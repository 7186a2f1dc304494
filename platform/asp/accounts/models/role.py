"""Roles (角色), what they permit, whom they are given to, and the flattened memberships of people."""

from django.db import models

from tenants.keys import uuid7


class Role(models.Model):
    """A named set of permission codes. `code` is set for the built-in ones, which cannot be removed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=32, blank=True)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=100, blank=True)
    description = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["name"], name="accounts_role_name_unique"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_builtin(self) -> bool:
        """Whether the software made this role."""
        return bool(self.code)


class RolePermission(models.Model):
    """One permission code of a role. Codes are declared in each app's `function.py`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="permissions", db_index=False)
    code = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["role", "code"], name="accounts_rolepermission_unique"),
        ]

    def __str__(self) -> str:
        return self.code


class RoleGrant(models.Model):
    """A role given to a subject: a person, a post, a department (with those below), or everybody."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="grants", db_index=False)
    subject_kind = models.CharField(max_length=16)
    subject_id = models.UUIDField()
    granted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["role", "subject_kind", "subject_id"], name="accounts_rolegrant_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role_id} → {self.subject_kind}:{self.subject_id}"


class SubjectMembership(models.Model):
    """That an account belongs to a post, a department, or a department with those below it.

    Kept by `office.organization` through `asp.accounts.subjects.membership_replace` in the
    transaction of the change. Person, everybody and roles are not stored here: they follow.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(
        "accounts.Account", on_delete=models.CASCADE, related_name="memberships", db_index=False
    )
    kind = models.CharField(max_length=16)
    subject_id = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "kind", "subject_id"], name="accounts_subjectmembership_unique"
            ),
        ]
        indexes = [
            models.Index(fields=["subject_id", "kind"], name="accounts_membership_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} ∈ {self.kind}:{self.subject_id}"
