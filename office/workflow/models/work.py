"""What waits for people: to-do items of processes and of every other function, and what somebody follows."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from asp.accounts.models import Account
from office.workflow.models.instances import Instance, Step
from tenants.keys import uuid7


class ItemKind(models.TextChoices):
    """What somebody is asked for."""

    DO = "do", _("To handle")
    SIGN = "sign", _("To countersign")
    READ = "read", _("To read")


class ItemState(models.TextChoices):
    """How it stands with one person's part."""

    OPEN = "open", pgettext_lazy("item", "Open")
    WAITING = "waiting", pgettext_lazy("item", "Not their turn yet")
    DONE = "done", pgettext_lazy("item", "Done")
    PASSED = "passed", pgettext_lazy("item", "Handed over")
    DROPPED = "dropped", pgettext_lazy("item", "No longer needed")


class WorkItem(models.Model):
    """One person's part of a step (待办). The to-do list reads this table and nothing else.

    `account` has it now; `for_account` is who it was meant for, if that is somebody else (absence, handed over).
    `done_by` is who did it. `place` is the turn where people sign one after the other. Items of other functions
    have no step: `source` is the code of the function, `about` its thing and `url` the page of this site.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    step = models.ForeignKey(Step, on_delete=models.PROTECT, null=True, related_name="items")
    instance = models.ForeignKey(
        Instance, on_delete=models.PROTECT, null=True, related_name="items", db_index=False
    )
    kind = models.CharField(max_length=8, choices=ItemKind.choices, default=ItemKind.DO)
    source = models.CharField(max_length=60)
    about = models.UUIDField(null=True)
    url = models.CharField(max_length=300, blank=True)
    title = models.CharField(max_length=300)
    step_name = models.CharField(max_length=300, blank=True)
    step_name_en = models.CharField(max_length=300, blank=True)
    from_name = models.CharField(max_length=200, blank=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    for_account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    added_by = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    why = models.CharField(max_length=12, blank=True)  # absence, handed, reassigned, added
    place = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=8, choices=ItemState.choices, default=ItemState.OPEN)
    urgent = models.BooleanField(default=False)  # somebody urged it
    arrived_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    yellow_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    outcome = models.CharField(max_length=40, blank=True)
    opinion = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["account", "due_at", "id"], name="workflow_item_open", condition=Q(state="open")
            ),
            models.Index(
                fields=["account", "-done_at"],
                name="workflow_item_done",
                condition=Q(state__in=["done", "passed"]),
            ),
            models.Index(
                fields=["for_account", "-id"],
                name="workflow_item_for",
                condition=Q(for_account__isnull=False),
            ),
            models.Index(fields=["about"], name="workflow_item_about", condition=Q(about__isnull=False)),
            models.Index(
                fields=["instance"], name="workflow_item_instance", condition=Q(instance__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether it waits for its person now."""
        return self.state == ItemState.OPEN


class Follow(models.Model):
    """Somebody follows an instance (关注): they are told of what happens to it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    instance = models.ForeignKey(Instance, on_delete=models.CASCADE, related_name="follows", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["instance", "account"], name="workflow_follow_once"),
        ]
        indexes = [models.Index(fields=["account", "-id"], name="workflow_follow_account")]

    def __str__(self) -> str:
        return f"{self.account_id} → {self.instance_id}"
