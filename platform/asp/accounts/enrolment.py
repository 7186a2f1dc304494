"""Enrolling an authenticator app (绑定动态口令): the seed travels sealed in the form until it is confirmed.

Nothing is stored before the first correct code, so a page that is opened and left changes nothing.
"""

import base64
import binascii
import time
from dataclasses import dataclass

import segno
from django_otp.oath import TOTP
from django_otp.util import random_hex

from asp.accounts.encryption import DecryptionError, decrypt, encrypt
from asp.accounts.models import Account
from asp.accounts.models.factors import otpauth_url
from asp.accounts.totp import SEED_BYTES, STEP, TOLERANCE, seed_base32
from tenants.context import current_site

MAX_AGE_SECONDS = 60 * 60


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A seed that is offered to one account. `sealed` goes through the form."""

    account: Account
    seed: str
    sealed: str

    @property
    def secret(self) -> str:
        """The seed for typing it in, in groups of four."""
        text = seed_base32(self.seed)
        return " ".join(text[at : at + 4] for at in range(0, len(text), 4))

    @property
    def qr(self) -> str:
        """The QR code as a data: address for an `img`."""
        return qr_of(otpauth_url(seed_hex=self.seed, login=self.account.login, issuer=_issuer()))

    def step_of(self, code: str) -> int | None:
        """The time step at which `code` is right, or None. The step must not be accepted again."""
        return matching_step(self.seed, code)


def enrolment_new(account: Account) -> Enrolment:
    """Offer a fresh seed to `account`."""
    return _enrolment(account, random_hex(SEED_BYTES), int(time.time()))


def enrolment_read(sealed: str, account: Account) -> Enrolment | None:
    """The enrolment that a form brings back; None if it is not ours, not this account's, or too old."""
    try:
        opened = decrypt(base64.urlsafe_b64decode(sealed.encode()), place=_place(account))
    except (DecryptionError, binascii.Error, ValueError):
        return None
    seed, _, made = opened.partition("|")
    if time.time() - int(made) > MAX_AGE_SECONDS:
        return None
    return Enrolment(account, seed, sealed)


def qr_of(text: str) -> str:
    """A QR code as a data: address for an `img`; dark on white in every theme, or phones cannot read it."""
    return segno.make(text, error="m").svg_data_uri(scale=4, border=2, dark="#16202e", light="#fff")


def matching_step(seed: str, code: str) -> int | None:
    """The time step at which the six digits `code` are right for `seed`, one step early or late allowed."""
    code = code.replace(" ", "")
    if not (code.isascii() and code.isdigit() and len(code) == 6):
        return None
    totp = TOTP(bytes.fromhex(seed), step=STEP)
    totp.time = time.time()
    return totp.t() if totp.verify(int(code), TOLERANCE) else None


def _enrolment(account: Account, seed: str, made: int) -> Enrolment:
    sealed = base64.urlsafe_b64encode(encrypt(f"{seed}|{made}", place=_place(account))).decode()
    return Enrolment(account, seed, sealed)


def _place(account: Account) -> str:
    return f"enrolment:{account.pk}"


def _issuer() -> str:
    bureau = current_site().bureau
    return bureau.name if bureau is not None and bureau.name else "Tongban"
