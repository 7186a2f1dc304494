"""Caught mails as files: one ``.eml`` per mail, mode 0600, named so that they sort by time."""

from __future__ import annotations

import email
import email.policy
import os
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

NAME = re.compile(r"^[0-9]{8}T[0-9]{12}Z-[0-9a-f]{8}$")


@dataclass(frozen=True)
class Summary:
    """One line of the list. The text fields come from strangers: escape them."""

    name: str
    at: datetime
    sender: str
    recipients: str
    subject: str


def mail_store(folder: Path, content: bytes) -> str:
    """Write one mail so that it appears whole; gives its name."""
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}-{secrets.token_hex(4)}"
    temporary = folder / f".{name}.part"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    os.rename(temporary, folder / f"{name}.eml")
    return name


def mail_names(folder: Path) -> list[str]:
    """Names of all mails, the newest first."""
    found = (entry[:-4] for entry in os.listdir(folder) if entry.endswith(".eml"))
    return sorted((name for name in found if NAME.match(name)), reverse=True)


def mail_read(folder: Path, name: str) -> EmailMessage | None:
    """The mail `name`, None if there is no such mail. Never looks outside `folder`."""
    if not NAME.match(name):
        return None
    try:
        descriptor = os.open(folder / f"{name}.eml", os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as stream:
        return email.message_from_binary_file(stream, policy=email.policy.default)


def header(message: EmailMessage, name: str) -> str:
    """A header as text; broken ones become a marker instead of an error."""
    try:
        return str(message.get(name, ""))
    except (ValueError, IndexError, KeyError, AttributeError, TypeError, LookupError):
        return "(unreadable)"  # the parser of the standard library stumbles over some hostile headers


def summary(folder: Path, name: str) -> Summary | None:
    message = mail_read(folder, name)
    if message is None:
        return None
    return Summary(
        name=name,
        at=datetime.strptime(name.partition("-")[0], "%Y%m%dT%H%M%S%fZ").replace(tzinfo=UTC),
        sender=header(message, "From"),
        recipients=header(message, "To"),
        subject=header(message, "Subject"),
    )


def body_text(message: EmailMessage) -> str:
    """The text to show: the plain part, else the source of the HTML part as text."""
    part = message.get_body(preferencelist=("plain", "html"))
    if part is None:
        return ""
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    charset = part.get_content_charset("utf-8")
    try:
        return content.decode(charset, errors="replace")
    except LookupError:
        return content.decode("utf-8", errors="replace")
