"""Where sign-in attempts come from (来源), and how many failures one address has over all bureaus.

django-axes counts per account in each bureau's schema; somebody who tries one password on a thousand
accounts of forty bureaus is seen only here. The counter lives in Valkey on purpose without a bureau in
its key. If Valkey does not answer, the per-account lock still holds, so people may sign in.
"""

import hashlib
import hmac
import ipaddress
import logging
from collections.abc import Iterable
from functools import cache

import redis
from django.conf import settings
from django.http import HttpRequest
from redis.backoff import NoBackoff
from redis.retry import Retry

from asp.accounts.encryption import derived_key

logger = logging.getLogger(__name__)

# A whole office may share one address behind NAT, so the limit is far above that of one account.
FAILURE_LIMIT = 50
WINDOW_SECONDS = 30 * 60
TIMEOUT_SECONDS = 0.5


def client_address(request: HttpRequest) -> str | None:
    """The browser's address: the last hop that our own proxy wrote, or the peer itself.

    X-Forwarded-For counts only if the peer is one of TRUSTED_PROXIES (default: this machine); of the
    list, only the last entry was written by the proxy, the others by anybody.
    """
    peer = _address(request.META.get("REMOTE_ADDR", ""))
    if peer is None or any(peer in network for network in _trusted_networks()):
        forwarded = _address(request.headers.get("X-Forwarded-For", "").rpartition(",")[2])
        if forwarded is not None:
            return str(forwarded)
    return str(peer) if peer is not None else None


def is_blocked(address: str | None) -> bool:
    """Whether this address has failed so often that nobody may sign in from it for a while."""
    if not address:
        return False
    try:
        count = _client(settings.ASP.redis_url).get(key_of(address))
    except redis.RedisError:
        logger.warning("the source counter does not answer; signing in goes on without it")
        return False
    return int(count or 0) >= FAILURE_LIMIT  # type: ignore[arg-type]


def failure_count(address: str | None) -> None:
    """Count one failure of `address`; the window begins with the first."""
    if not address:
        return
    key = key_of(address)
    try:
        with _client(settings.ASP.redis_url).pipeline() as pipe:
            pipe.incr(key)
            pipe.expire(key, WINDOW_SECONDS, nx=True)
            pipe.execute()
    except redis.RedisError:
        logger.warning("the source counter does not answer; a failure was not counted")


def forget(address: str) -> None:
    """Let an address try again at once."""
    try:
        _client(settings.ASP.redis_url).delete(key_of(address))
    except redis.RedisError:
        logger.warning("the source counter does not answer; an address was not forgotten")


def key_of(address: str) -> str:
    """Return the counter's key in Valkey."""
    # An address is personal data: the key does not show it.
    digest = hmac.new(derived_key("accounts.sources"), address.encode(), hashlib.sha256).hexdigest()
    return f"g:accounts:source:{digest[:32]}"


def _trusted_networks() -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    names: Iterable[str] = getattr(settings, "TRUSTED_PROXIES", ("127.0.0.0/8", "::1/128"))
    return [ipaddress.ip_network(each) for each in names]


@cache
def _client(url: str) -> redis.Redis:
    # No second try: people are waiting at the gate, and the count is not worth seconds of theirs.
    return redis.Redis.from_url(
        url,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text.strip())
    except ValueError:
        return None
