"""How many requests may bring bytes at once: a sender that stalls holds a thread of *transfer* until it is cut off.

Counted in the process, which is one with many threads. Some threads always stay for what is short:
declaring, asking how far an upload is, downloads.
"""

import threading
from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from django.conf import settings

from asp.blobs.errors import TransferBusy

_lock = threading.Lock()
_taken: Counter[Hashable] = Counter()
_ALL = object()


@contextmanager
def slot(owner: Hashable) -> Iterator[None]:
    """Hold one of the slots while bytes come. Raises TransferBusy if there is none, or `owner` has enough."""
    with _lock:
        if _taken[_ALL] >= settings.UPLOAD_SLOTS or _taken[owner] >= settings.UPLOAD_SLOTS_PER_OWNER:
            raise TransferBusy
        _taken[_ALL] += 1
        _taken[owner] += 1
    try:
        yield
    finally:
        with _lock:
            for key in (_ALL, owner):
                _taken[key] -= 1
                if not _taken[key]:
                    del _taken[key]
