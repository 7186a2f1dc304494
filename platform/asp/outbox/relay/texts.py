"""Why a message waits or was given up, in the reader's language."""

from django.utils.translation import gettext, gettext_noop

from asp.outbox.relay import delivery

REASONS = {
    delivery.SUSPENDED: gettext_noop(
        "The receiver's office is suspended. It is delivered when the office is resumed."
    ),
    delivery.UNDER_MAINTENANCE: gettext_noop(
        "The receiver's office is under maintenance. It is delivered afterwards."
    ),
    delivery.NOT_UNDERSTOOD: gettext_noop(
        "The receiver does not understand this kind of message yet. It is delivered after the next upgrade."
    ),
    delivery.GONE: gettext_noop("The receiver's office does not exist any more."),
    delivery.FAILED: gettext_noop(
        "The receiver could not take the message. The log of the relay says more under the message's number."
    ),
}


def reason(code: str) -> str:
    """What stands behind a code; empty for none."""
    text = REASONS.get(code)
    return gettext(text) if text else code
