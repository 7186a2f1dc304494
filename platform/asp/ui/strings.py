"""The words that scripts put on the page. They are written into it as JSON (`tb-strings`)."""

from django.utils.translation import gettext as _


def page_strings() -> dict[str, str]:
    """Every text of the bundle, in the active language. Places in braces are filled by the scripts."""
    return {
        "copied": _("Copied"),
        "copy-failed": _("Could not copy. Select the text and copy it yourself."),
        "draft-found": _("A draft from {time} is in this browser."),
        "draft-restore": _("Restore it"),
        "draft-discard": _("Discard it"),
        "draft-saved": _("Draft kept in this browser at {time}"),
        "error-network": _("The server does not answer. Nothing was changed; try again in a moment."),
        "error-server": _("Something went wrong on our side. If it stays, report number {id}."),
        "error-forbidden": _("You are not allowed to do this."),
        "error-absent": _("This is not there any more. Reload the page."),
        "password-hide": _("Hide password"),
        "password-show": _("Show password"),
        "selected": _("{n} selected"),
        "upload-bytes": _("{done} of {total}"),
        "upload-cancel": _("Cancel"),
        "upload-cancelled": _("Cancelled"),
        "upload-done": _("Done"),
        "upload-empty": _("This file is empty."),
        "upload-failed": _("Not uploaded: {reason}"),
        "upload-finishing": _("Being checked"),
        "upload-hours": _("about {n} h left"),
        "upload-minutes": _("about {n} min left"),
        "upload-network": _("the connection keeps breaking; try again later"),
        "upload-interrupted": _("Connection lost. What was sent is kept; it goes on by itself"),
        "upload-pause": _("Pause"),
        "upload-paused": _("Paused at {percent}%"),
        "upload-queued": _("Waiting"),
        "upload-remove": _("Remove from the list"),
        "upload-resume": _("Continue"),
        "upload-retry": _("Try again"),
        "upload-resumable": _(
            "Interrupted: {names}. Choose the same file again to continue where it stopped."
        ),
        "upload-seconds": _("about {n} s left"),
        "upload-speed": _("{amount}/s"),
        "upload-summary": _("{count} files, {total}"),
        "upload-summary-one": _("1 file, {total}"),
        "upload-too-large": _("{size} is more than the {limit} that one file may have here."),
    }
