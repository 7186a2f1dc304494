"""Second factors (双因子): TOTP (RFC 6238) and recovery codes."""

import time
from typing import ClassVar
from urllib.parse import quote, urlencode

from django.db import models
from django_otp.models import Device, DeviceManager, ThrottlingMixin, TimestampMixin
from django_otp.oath import TOTP
from django_otp.util import random_hex

from asp.accounts.encryption import EncryptedField
from asp.accounts.totp import STEP, TOLERANCE, seed_base32
from tenants.keys import uuid7


class TOTPDevice(TimestampMixin, ThrottlingMixin, Device):
    """An authenticator app of one account.

    As the library's TOTP device, but with a UUID key, an encrypted seed and fixed parameters (six
    digits, 30 seconds), and created after the first code was seen, so that it is always confirmed.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = EncryptedField(default=random_hex)
    last_t = models.BigIntegerField(default=-1)
    drift = models.SmallIntegerField(default=0)

    objects: ClassVar[DeviceManager] = DeviceManager()

    def verify_token(self, token: str) -> bool:
        """Check six digits. True uses the code up; False makes the next try wait (1, 2, 4 … seconds).

        Call it on a row locked with `select_for_update`, or one code is good for two requests.
        """
        allowed, _why = self.verify_is_allowed()
        if not allowed:
            return False
        if token.isascii() and token.isdigit() and len(token) == 6:
            totp = TOTP(bytes.fromhex(self.key), step=STEP, drift=self.drift)
            totp.time = time.time()
            if totp.verify(int(token), TOLERANCE, self.last_t + 1):
                self.last_t = totp.t()
                self.drift = totp.drift
                self.throttle_reset(commit=False)
                self.set_last_used_timestamp(commit=False)
                self.save()
                return True
        self.throttle_increment()
        return False

    def get_throttle_factor(self) -> int:
        """Seconds to wait after the first failure."""
        return 1

    def config_url(self, issuer: str) -> str:
        """The address that an authenticator app reads from the QR code."""
        return otpauth_url(seed_hex=self.key, login=self.user.get_username(), issuer=issuer)


def otpauth_url(*, seed_hex: str, login: str, issuer: str) -> str:
    """Build `otpauth://totp/…` for `login` at `issuer` (the bureau's name)."""
    issuer = issuer.replace(":", " ")
    query = urlencode({"secret": seed_base32(seed_hex), "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{quote(issuer)}:{quote(login)}?{query}"


class RecoveryCode(models.Model):
    """A code on paper that replaces the second factor once. Only its keyed hash is stored."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.account_id} {'used' if self.used_at else 'unused'}"
