"""The SMTP side: every mail of up to 30 MB is taken and stored, nothing is ever sent on."""

from __future__ import annotations

import asyncio
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from .store import mail_store

SIZE_LIMIT = 30 * 1024 * 1024


class Handler:
    """Stores what arrives; the answer 250 is given when the file is on the disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.original_content or b""
        recipients = ", ".join(envelope.rcpt_tos).encode("utf-8", errors="replace")
        sender = (envelope.mail_from or "").encode("utf-8", errors="replace")
        trace = b"X-Caught-From: " + sender + b"\r\nX-Caught-To: " + recipients + b"\r\n"
        name = await asyncio.to_thread(mail_store, self._folder, trace + content)
        return f"250 OK {name}"


def smtp_controller(folder: Path, port: int) -> Controller:
    """An SMTP server on 127.0.0.1, not started yet."""
    return Controller(
        Handler(folder),
        hostname="127.0.0.1",
        port=port,
        data_size_limit=SIZE_LIMIT,
        enable_SMTPUTF8=True,
        ident="mail catcher",
    )
