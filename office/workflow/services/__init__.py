"""The workflow's public door. Everything else in the app is private to it."""

from office.workflow.services.drafts import (
    draft_bpmn_save,
    draft_form_save,
    draft_report,
    draft_restore,
    draft_steps,
    draft_steps_save,
)
from office.workflow.services.processes import process_create, process_resume, process_stop, process_update
from office.workflow.services.publishing import version_publish
from office.workflow.services.templates import template_adopt, template_merge

__all__ = [
    "draft_bpmn_save",
    "draft_form_save",
    "draft_report",
    "draft_restore",
    "draft_steps",
    "draft_steps_save",
    "process_create",
    "process_resume",
    "process_stop",
    "process_update",
    "template_adopt",
    "template_merge",
    "version_publish",
]
