"""What a bureau consists of: departments and posts."""

from django.db import models

from tenants.keys import uuid7

# Bureau → division → section → group is four; a district office with its towns needs a few more.
MAX_DEPTH = 8


class Department(models.Model):
    """A department (部门) below another one, or at the top of the bureau.

    A dissolved department stays, because records name it; it has no people and none below it. `head` (部门负责人)
    works in it, above or below it; one whose account is disabled keeps the place, but is asked for nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # Few enough to be read at once, and never deleted: the key needs no index of its own.
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", db_index=False
    )
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=120, blank=True)
    code = models.CharField(max_length=32, blank=True)
    head = models.ForeignKey(
        "accounts.Account", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    sort = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    dissolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["sort", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "name"],
                condition=models.Q(dissolved_at=None),
                nulls_distinct=False,
                name="organization_department_name",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_dissolved(self) -> bool:
        """Whether the department (部门撤销) is only kept for old records."""
        return self.dissolved_at is not None


class Post(models.Model):
    """A post (职务): who stands before whom. `rank` 1 is the highest; `sort` decides within a rank."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=120, blank=True)
    rank = models.PositiveSmallIntegerField(default=50)
    sort = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["rank", "sort", "id"]
        constraints = [
            models.UniqueConstraint(fields=["name"], name="organization_post_name"),
        ]

    def __str__(self) -> str:
        return self.name
