"""The ways out of the house. Today one: mail through the relay (智能主机) of `SMTP_URL`."""

import smtplib
from dataclasses import dataclass
from email.utils import formataddr
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend
from django.core.validators import validate_email

from asp.messages.rendering import CONTROLS, Text

SECONDS_TO_WAIT = 15


class NotNow(Exception):
    """The relay does not answer or asks to come back; the message can be tried again."""


class NotAtAll(Exception):
    """The relay refuses this message for good."""


@dataclass(frozen=True)
class Relay:
    """The mail relay as `smtp[s]://user:password@host:port?starttls=1` names it."""

    host: str
    port: int
    user: str
    password: str
    ssl: bool
    starttls: bool

    @classmethod
    def parse(cls, url: str) -> "Relay":
        """Read `SMTP_URL`. Raises ValueError for another scheme or a missing host."""
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("SMTP_URL is smtp://host:port or smtps://host:port")
        ssl = parts.scheme == "smtps"
        return cls(
            host=parts.hostname,
            port=parts.port or (465 if ssl else 25),
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            ssl=ssl,
            starttls=parse_qs(parts.query).get("starttls", ["0"])[0] in ("1", "true"),
        )


def relay_configured() -> bool:
    """Whether mail can leave: without a relay, links are handed over on paper or fetched in the hall."""
    return bool(settings.ASP.smtp_url)


class MailChannel:
    """One connection to the relay, for as many messages as there are."""

    def __init__(self) -> None:
        relay = Relay.parse(settings.ASP.smtp_url)
        self._backend = EmailBackend(
            host=relay.host,
            port=relay.port,
            username=relay.user,
            password=relay.password,
            use_tls=relay.starttls,
            use_ssl=relay.ssl,
            timeout=SECONDS_TO_WAIT,
        )

    def __enter__(self) -> "MailChannel":
        try:
            self._backend.open()
        except (OSError, smtplib.SMTPException) as error:
            raise NotNow(_reason(error)) from error
        return self

    def __exit__(self, *_: Any) -> None:
        self._backend.close()

    def send(self, *, to: str, text: Text, message_id: str, sender_name: str) -> None:
        """Hand one message to the relay. Raises NotNow or NotAtAll.

        `message_id` stays the same over retries, so that a mailbox can recognise a second copy.
        """
        domain = settings.ASP.base_domain
        mail = EmailMessage(
            subject=text.subject,
            body=text.body,
            from_email=formataddr((CONTROLS.sub(" ", sender_name), settings.ASP.mail_from)),
            to=[to],
            headers={"Message-ID": f"<{message_id}@{domain}>", "Auto-Submitted": "auto-generated"},
            connection=self._backend,
        )
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise (NotAtAll if codes and min(codes) >= 500 else NotNow)(_reason(error)) from error
        except smtplib.SMTPResponseException as error:
            raise (NotAtAll if error.smtp_code >= 500 else NotNow)(_reason(error)) from error
        except (OSError, smtplib.SMTPException) as error:
            raise NotNow(_reason(error)) from error


def valid_address(address: str) -> bool:
    """Whether `address` is one mail address and nothing else."""
    if len(address) > 254 or CONTROLS.search(address) or "," in address or ";" in address:
        return False
    try:
        validate_email(address)
    except ValidationError:
        return False
    return True


def _reason(error: BaseException) -> str:
    """Say what went wrong without the address or the text: the row may be read by administrators."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return f"recipient refused {sorted({code for code, _ in error.recipients.values()})}"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{type(error).__name__} {error.smtp_code}"
    return f"{type(error).__name__}: {error}"[:200]
