"""What runs: instances, the steps they have come to, and everything that happened."""

from typing import Final

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from asp.accounts.models import Account
from office.workflow.models.processes import Process, ProcessVersion
from tenants.keys import uuid7


class InstanceState(models.TextChoices):
    """How it stands with an instance."""

    RUNNING = "running", pgettext_lazy("instance", "In progress")
    SUSPENDED = "suspended", pgettext_lazy("instance", "Suspended")
    COMPLETED = "completed", pgettext_lazy("instance", "Completed")
    CANCELLED = "cancelled", pgettext_lazy("instance", "Cancelled")
    REJECTED = "rejected", pgettext_lazy("instance", "Rejected")


OPEN_STATES: Final = (InstanceState.RUNNING, InstanceState.SUSPENDED)
CLOSED_STATES: Final = (InstanceState.COMPLETED, InstanceState.CANCELLED, InstanceState.REJECTED)


class StepState(models.TextChoices):
    """How it stands with one step."""

    OPEN = "open", pgettext_lazy("step", "In progress")
    DONE = "done", pgettext_lazy("step", "Done")
    RETURNED = "returned", pgettext_lazy("step", "Taken back")
    DROPPED = "dropped", pgettext_lazy("step", "No longer needed")
    FAILED = "failed", pgettext_lazy("step", "Failed")


class Instance(models.Model):
    """A process that was begun (流程实例, 办件). One row lock is taken for every act on it.

    `values` is the form; `state_data` the engine's state without its specification. `owner`/`owner_id` name the
    thing of another function that it belongs to. `pauses` are spans [from, until or null] in which its clocks stood
    still. `next_due` is when a timer of the engine wants to be woken. `outcome` is how the last step ended.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="instances", db_index=False)
    version = models.ForeignKey(
        ProcessVersion, on_delete=models.PROTECT, related_name="instances", db_index=False
    )
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=300)
    starter = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    starter_name = models.CharField(max_length=200)
    department_id = models.UUIDField(null=True)
    department_name = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=12, choices=InstanceState.choices, default=InstanceState.RUNNING)
    outcome = models.CharField(max_length=100, blank=True)
    owner = models.CharField(max_length=60, blank=True)
    owner_id = models.UUIDField(null=True)
    values = models.JSONField(default=dict)
    state_data = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=1)
    pauses = models.JSONField(default=list)
    next_due = models.DateTimeField(null=True)
    trouble = models.JSONField(null=True)  # code and params of what keeps its timers from going on
    called_by = models.UUIDField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["starter", "-id"], name="workflow_instance_starter"),
            models.Index(fields=["process", "-id"], name="workflow_instance_process"),
            models.Index(
                fields=["next_due"], name="workflow_instance_due", condition=Q(next_due__isnull=False)
            ),
            models.Index(
                fields=["owner_id"], name="workflow_instance_owner", condition=Q(owner_id__isnull=False)
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["process", "number"], name="workflow_instance_number"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_running(self) -> bool:
        """Whether its steps can be done now."""
        return self.state == InstanceState.RUNNING

    @property
    def is_open(self) -> bool:
        """Whether it has not come to an end."""
        return self.state in OPEN_STATES


class Step(models.Model):
    """A step that an instance has come to (环节), once for each time: `round` counts the visits of its node.

    `kind` is `user` or `service`. `process` is the code of the called process it lies in. `rule`, `share` and
    `order` say how several people decide together. Its clock: `amount` and `unit` from `began_at`; `due_at` and
    `yellow_at` follow from it. `next_at` is when somebody is to be reminded, told that it is late, or it escalates;
    `told` holds which of these has happened.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    instance = models.ForeignKey(Instance, on_delete=models.PROTECT, related_name="steps")
    task_id = models.UUIDField()
    node = models.CharField(max_length=200)
    process = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=8, default="user")
    name = models.CharField(max_length=300)
    name_en = models.CharField(max_length=300, blank=True)
    item = models.JSONField(null=True)
    round = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=10, choices=StepState.choices, default=StepState.OPEN)
    rule = models.CharField(max_length=8, default="one")
    share = models.PositiveSmallIntegerField(null=True)
    order = models.CharField(max_length=10, default="parallel")
    outcome = models.CharField(max_length=40, blank=True)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    amount = models.PositiveIntegerField(null=True)
    unit = models.CharField(max_length=10, blank=True)
    due_at = models.DateTimeField(null=True)
    yellow_at = models.DateTimeField(null=True)
    due_provisional = models.BooleanField(default=False)
    escalate_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    told = models.JSONField(default=dict)
    stranded = models.BooleanField(default=False)  # nobody was found who could do it

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["next_at"], name="workflow_step_next", condition=Q(next_at__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["instance", "task_id"], condition=Q(state="open"), name="workflow_step_task"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether it waits to be done."""
        return self.state == StepState.OPEN


# Kinds that the figures count. They are one event in a hundred, so that their index costs the others nothing.
COUNTED_KINDS: Final = ("returned", "withdrawn", "handed", "reassigned", "added", "urged", "escalated")


class Event(models.Model):
    """Something that happened to an instance (流转记录). Rows are only added.

    `actor_*` did it, `for_*` is the person in whose place (代办); `params` holds what its sentence needs, `opinion`
    what was said.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    instance = models.ForeignKey(Instance, on_delete=models.PROTECT, related_name="events")
    step = models.ForeignKey(Step, on_delete=models.PROTECT, null=True, related_name="events", db_index=False)
    kind = models.CharField(max_length=20)
    node = models.CharField(max_length=200, blank=True)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200, blank=True)
    for_id = models.UUIDField(null=True)
    for_name = models.CharField(max_length=200, blank=True)
    outcome = models.CharField(max_length=40, blank=True)
    opinion = models.TextField(blank=True)
    params = models.JSONField(default=dict)
    occurred_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [
            # 60 ms to 12 for the figures of 20,000 instances; an index over all kinds would be 80 times as large.
            models.Index(
                fields=["occurred_at"],
                name="workflow_event_counted",
                condition=Q(kind__in=list(COUNTED_KINDS)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.occurred_at:%F %T}"
