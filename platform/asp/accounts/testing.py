"""For tests: signing a test client in without the pages of the gate."""

import time
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django_otp.oath import TOTP

from asp.accounts.access import PENDING_KEY
from asp.accounts.models import Account, TOTPDevice
from asp.accounts.sessions import SessionStore
from asp.accounts.sign_in import BACKEND, FACTOR_SESSION_KEY
from asp.accounts.totp import STEP, seed_from_base32


def sign_in(client: Any, account: Account, *, verified: bool = True) -> None:
    """Give `client` a session of `account` on the site in force.

    With `verified=False`, only the password step has been passed: the browser is still anonymous.
    """
    store = SessionStore()
    store.ip = "127.0.0.1"
    if verified:
        store[SESSION_KEY] = str(account.pk)
        store[BACKEND_SESSION_KEY] = BACKEND
        store[HASH_SESSION_KEY] = account.get_session_auth_hash()
        store[FACTOR_SESSION_KEY] = "totp"
    else:
        store[PENDING_KEY] = {
            "account": str(account.pk),
            "at": int(time.time()),
            "hash": account.get_session_auth_hash(),
        }
    store.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = store.session_key


def totp_code(seed_base32: str, *, at: float | None = None) -> str:
    """The six digits of a seed, now or at another moment (seconds since the epoch)."""
    totp = TOTP(bytes.fromhex(seed_from_base32(seed_base32)), step=STEP)
    totp.time = time.time() if at is None else at
    return f"{totp.token():06d}"


def totp_forget_used(account: Account) -> None:
    """Let the code of this half minute be used again, and drop the waiting time after a wrong one."""
    TOTPDevice.objects.filter(user=account).update(
        last_t=-1, throttling_failure_count=0, throttling_failure_timestamp=None
    )
