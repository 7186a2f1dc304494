"""The public door of processes and to-do items. Everything else in the app is private to it.

    from office.workflow import services as workflow

    instance = workflow.start(actor=actor, process="leave", starter=account, values={…})
    workflow.complete(actor=actor, item=item, account=account, outcome="agree", opinion="…")
    workflow.signal(actor=actor, instance=instance, message="paid")
    workflow.todo_add(source="documents", about=document.pk, account=account, title="…", url="/documents/…/")

What happens is heard with `office.workflow.hooks.listen`; services that a process calls are registered there.
"""

from office.workflow.models import ItemKind
from office.workflow.services.absences import absence_end, absence_set
from office.workflow.services.acts import cancel, reject, resume, suspend, urge
from office.workflow.services.brief import Brief, todo_brief
from office.workflow.services.calling import service_retry
from office.workflow.services.drafts import (
    draft_bpmn_save,
    draft_form_save,
    draft_report,
    draft_restore,
    draft_steps,
    draft_steps_save,
)
from office.workflow.services.files import file_read, files_attach
from office.workflow.services.hands import add_signers, assign, hand_over, reassign
from office.workflow.services.items import todo_add, todo_done
from office.workflow.services.moving import move, move_preview
from office.workflow.services.processes import process_create, process_resume, process_stop, process_update
from office.workflow.services.publishing import version_publish
from office.workflow.services.returning import Place, returnable, send_back, withdraw, withdrawable
from office.workflow.services.running import (
    Next,
    complete,
    follow,
    item_read,
    preview,
    preview_start,
    signal,
    start,
    unfollow,
    values_save,
)
from office.workflow.services.templates import template_adopt, template_merge
from office.workflow.services.waking import wake_due

__all__ = [
    "ItemKind",
    "Brief",
    "Next",
    "Place",
    "absence_end",
    "absence_set",
    "add_signers",
    "assign",
    "cancel",
    "complete",
    "file_read",
    "files_attach",
    "draft_bpmn_save",
    "draft_form_save",
    "draft_report",
    "draft_restore",
    "draft_steps",
    "draft_steps_save",
    "follow",
    "hand_over",
    "item_read",
    "move",
    "move_preview",
    "preview",
    "preview_start",
    "process_create",
    "process_resume",
    "process_stop",
    "process_update",
    "reassign",
    "reject",
    "resume",
    "returnable",
    "send_back",
    "service_retry",
    "signal",
    "start",
    "suspend",
    "template_adopt",
    "template_merge",
    "todo_add",
    "todo_brief",
    "todo_done",
    "unfollow",
    "urge",
    "values_save",
    "version_publish",
    "wake_due",
    "withdraw",
    "withdrawable",
]
