"""Account names for people whose file or form gives none."""

import re
from collections.abc import Container

from asp.accounts import pinyin
from asp.accounts.identifiers import LOGIN_MAX_LENGTH, login_is_valid, login_normalise

ROOM_FOR_NUMBER = 4


def suggest(name: str, phone: str, taken: Container[str]) -> str:
    """An account name that is not in `taken`: the name's pinyin, then the pinyin with a number.

    A name without a usable reading gives `u` and the phone number, or `user`.
    """
    plain = login_normalise("".join(pinyin.reading(name)))
    base = re.sub(r"[^a-z0-9]", "", plain)[: LOGIN_MAX_LENGTH - ROOM_FOR_NUMBER]
    if not login_is_valid(base):
        base = f"u{phone}" if phone else "user"
    login, number = base, 1
    while login in taken:
        number += 1
        login = f"{base}{number}"
    return login
