"""Keeping count of the site's storage. Every change is one conditional UPDATE of one row.

Two uploads that ask at once queue at that row, and the second is judged by what the first has left:
together they can never pass the limit.
"""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from asp.blobs.errors import QuotaExceeded
from asp.blobs.models import STORAGE_ACCOUNT_ID, StorageAccount


@dataclass(frozen=True, slots=True)
class Quota:
    """Bytes that the site may store, stores, and has promised to uploads under way."""

    limit: int
    used: int
    reserved: int

    @property
    def free(self) -> int:
        """Bytes that can still be promised."""
        return max(0, self.limit - self.used - self.reserved)

    @property
    def percent(self) -> int:
        """How full the storage is, 0 to 100, promises included."""
        if self.limit <= 0:
            return 100
        return min(100, round(100 * (self.used + self.reserved) / self.limit))


def quota_get() -> Quota:
    """Return the current site's quota."""
    row = StorageAccount.objects.filter(pk=STORAGE_ACCOUNT_ID).first() or StorageAccount()
    return Quota(limit=row.limit, used=row.used, reserved=row.reserved)


@transaction.atomic
def limit_set(limit: int) -> None:
    """Set the limit. It may be below what is used: then nothing more can be stored."""
    account_ensure()
    StorageAccount.objects.filter(pk=STORAGE_ACCOUNT_ID).update(limit=limit)


@transaction.atomic
def reserve(size: int) -> None:
    """Promise `size` bytes to an upload. Raises QuotaExceeded."""
    _take(size, reserved=F("reserved") + size)


@transaction.atomic
def use(size: int) -> None:
    """Count `size` bytes that were not promised before. Raises QuotaExceeded."""
    _take(size, used=F("used") + size)


@transaction.atomic
def settle(size: int) -> None:
    """Turn a promise into use: the upload has arrived."""
    _change(reserved=F("reserved") - size, used=F("used") + size)


@transaction.atomic
def unreserve(size: int) -> None:
    """Take a promise back: the upload will not arrive."""
    _change(reserved=F("reserved") - size)


@transaction.atomic
def free(size: int) -> None:
    """Content of `size` bytes was given up."""
    _change(used=F("used") - size)


def _take(size: int, **change: object) -> None:
    account_ensure()
    fits = StorageAccount.objects.filter(pk=STORAGE_ACCOUNT_ID, limit__gte=F("used") + F("reserved") + size)
    if not fits.update(**change):
        raise QuotaExceeded


def _change(**change: object) -> None:
    if not StorageAccount.objects.filter(pk=STORAGE_ACCOUNT_ID).update(**change):
        raise RuntimeError("the storage account is missing although something was stored")


def account_ensure() -> None:
    """A schema that was not seeded (the public one on its first day) gets its row here."""
    if not StorageAccount.objects.filter(pk=STORAGE_ACCOUNT_ID).exists():
        StorageAccount.objects.bulk_create([StorageAccount()], ignore_conflicts=True)
