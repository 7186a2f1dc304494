"""What clients saw acknowledged (已确认): the only truth that the system is held to."""

import threading
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Kept:
    """An upload whose last PATCH (or a HEAD after it) said that everything is there."""

    name: str
    folder: str
    size: int
    sha256: str
    node: str


@dataclass(frozen=True)
class Approved:
    """An application whose approval was answered with the page of its opening."""

    application: str
    slug: str
    credit_code: str
    quota_gb: int


@dataclass
class Ledger:
    """Written by many clients at once."""

    kept: list[Kept] = field(default_factory=list)
    approved: list[Approved] = field(default_factory=list)
    noted: dict[str, list[str]] = field(
        default_factory=dict
    )  # other acts by kind: names that must be there once
    # What a client saw that must never be seen: acknowledged bytes gone, a session lost, a wrong status.
    wrong: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)  # answers that a client may get, and tries again after
    resumed: int = 0
    retried: list[str] = field(default_factory=list)
    sent: int = 0
    unheard: int = 0  # acts whose first answer never came: whether it was done, nobody knew
    replayed: int = 0  # repeats that were answered with what the first one had been told
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, kept: Kept) -> None:
        with self._lock:
            self.kept.append(kept)

    def approve(self, approved: Approved) -> None:
        with self._lock:
            self.approved.append(approved)

    def note(self, kind: str, name: str) -> None:
        with self._lock:
            self.noted.setdefault(kind, []).append(name)

    @property
    def acts(self) -> int:
        """How many acts were acknowledged."""
        return len(self.kept) + len(self.approved) + sum(len(names) for names in self.noted.values())

    def blame(self, text: str) -> None:
        with self._lock:
            self.wrong.append(text)

    def trouble(self, text: str) -> None:
        with self._lock:
            self.troubles.append(text)

    def begin(self) -> int:
        """An act begins; return its number."""
        with self._lock:
            self.sent += 1
            return self.sent

    def hear(self, *, unheard: bool, replayed: int) -> None:
        """An act was acknowledged in the end."""
        with self._lock:
            self.unheard += unheard
            self.replayed += replayed

    def resume(self) -> None:
        with self._lock:
            self.resumed += 1
