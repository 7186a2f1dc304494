"""People of the bureau and the places they hold."""

from django.db import models
from django.db.models import Q

from office.organization.models.structure import Department, Post
from tenants.keys import uuid7


class Member(models.Model):
    """A member of staff (人员): what the organization knows beyond the account.

    `sort` is the place among people of the same rank; people with the same number follow by pinyin.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.OneToOneField("accounts.Account", on_delete=models.PROTECT, related_name="member")
    staff_number = models.CharField(max_length=32, blank=True)
    office_phone = models.CharField(max_length=32, blank=True)
    sort = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["sort", "id"]

    def __str__(self) -> str:
        return f"{self.account_id}"


class Appointment(models.Model):
    """That a person works in a department (任职), with a post or without; one of them is the main one."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="appointments", db_index=False)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="appointments")
    post = models.ForeignKey(
        Post, on_delete=models.PROTECT, null=True, blank=True, related_name="appointments", db_index=False
    )
    primary = models.BooleanField(default=False)

    class Meta:
        ordering = ["-primary", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "department", "post"],
                nulls_distinct=False,
                name="organization_appointment_once",
            ),
            models.UniqueConstraint(
                fields=["member"], condition=Q(primary=True), name="organization_appointment_primary"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} @ {self.department_id}"
