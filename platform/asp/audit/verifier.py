"""The verifier: walks one site's chain and reports every sign that somebody changed the log.

Rows may be added while it walks: it reads the head first and only ever looks at what is older.
"""

import datetime
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from asp.audit import chain, signing
from asp.audit.canonical import digest
from asp.audit.models import Entry, Seal
from asp.audit.sealer import read_head, unsealed

CHUNK = 1000
MOST_FINDINGS = 500
# The sealer needs two seconds; an entry this old without a seal was put there by other means, or the
# scheduler has stood still.
UNSEALED_TOO_LONG = datetime.timedelta(minutes=5)
# Longer than any transaction of ours, so an entry dated before its elders by more was not written then.
BACKDATED = datetime.timedelta(minutes=15)

TEXTS = {
    "entry_altered": _("Entry {entry} at place {seq} was changed after it was sealed."),
    "entry_deleted": _("Entry {entry} at place {seq} was deleted."),
    "seal_altered": _("The seal at place {seq} was changed."),
    "seals_missing": _("The seals from place {seq} to {to} are missing."),
    "broken_link": _("The seal at place {seq} does not continue the one before it: the order was changed."),
    "tail_cut": _("The end of the log, from place {seq} to {to}, was cut off."),
    "head_differs": _("The seal at place {seq} is not the one that the host has kept a copy of."),
    "head_behind": _("The host's copy of the newest seal ends at place {to}; the log goes on to {seq}."),
    "head_missing": _("The host's copy of the newest seal is missing."),
    "signed_differs": _("The seal at place {seq} is not the one that the host signed on an earlier day."),
    "signed_forged": _("The host's signature under place {seq} is not genuine."),
    "signed_missing": _("A signed statement before the one of place {seq} is missing or was changed."),
    "backdated": _("Entry {entry} at place {seq} is dated well before entries sealed earlier."),
    "unsealed_old": _("Entry {entry} should have been sealed long ago."),
}


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong. `code` is a key of TEXTS."""

    code: str
    seq: int | None = None
    entry: uuid.UUID | None = None
    to: int | None = None

    @property
    def text(self) -> str:
        """What is wrong, in the reader's language."""
        return str(TEXTS[self.code]).format(seq=self.seq, entry=self.entry, to=self.to)

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "seq": self.seq,
            "entry": str(self.entry) if self.entry else None,
            "to": self.to,
        }


@dataclass
class Report:
    """What the verifier saw of one chain."""

    name: str
    checked_at: datetime.datetime
    sealed: int = 0
    last_seq: int = 0
    last_digest: str = ""
    unsealed: int = 0
    oldest_unsealed: datetime.datetime | None = None
    findings: list[Finding] = field(default_factory=list)
    more_findings: int = 0

    @property
    def ok(self) -> bool:
        """Whether nothing was found. An unsealed tail of the last minutes is no finding."""
        return not self.findings

    def add(self, finding: Finding) -> None:
        """Keep a finding, or only count it once there are many."""
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(finding)
        else:
            self.more_findings += 1

    def as_json(self) -> dict[str, Any]:
        """The report as a job stores it."""
        return {
            "name": self.name,
            "checked_at": self.checked_at.isoformat(),
            "ok": self.ok,
            "sealed": self.sealed,
            "last_seq": self.last_seq,
            "last_digest": self.last_digest,
            "unsealed": self.unsealed,
            "oldest_unsealed": self.oldest_unsealed.isoformat() if self.oldest_unsealed else None,
            "findings": [finding.as_json() for finding in self.findings],
            "more_findings": self.more_findings,
        }


def verify(*, progress: Any = None) -> Report:
    """Check the whole chain of the current site. `progress(done, total)` is called now and then."""
    report = Report(name=chain.chain_name(), checked_at=timezone.now())
    head = read_head()
    total = head.seq if head is not None else Seal.objects.count()
    walk = _Walk(report)
    digest_at_head = None
    signed = _Signed(report)
    for seals in _chunks():
        entries = Entry.objects.in_bulk([each.entry for each in seals])
        for each in seals:
            walk.step(each, entries.get(each.entry))
            signed.compare(each)
            if head is not None and each.seq == head.seq:
                digest_at_head = each.digest
        if progress is not None:
            progress(report.sealed, max(total, report.sealed))
    report.last_seq, report.last_digest = walk.seq, walk.digest
    if head is not None and walk.seq < head.seq:
        report.add(Finding("tail_cut", seq=walk.seq + 1, to=head.seq))
    elif head is not None and digest_at_head is not None and digest_at_head != head.digest:
        report.add(Finding("head_differs", seq=head.seq))
    signed.finish()
    _check_head_again(report)
    _check_unsealed(report)
    return report


class _Signed:
    """The host's signed statements about this chain, held against the chain as it is now."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.statements = signing.signed_heads(report.name)
        self.wanted = {each.seq: each.digest for each in self.statements}

    def compare(self, seal: Seal) -> None:
        """Look at one link; a place that nobody signed says nothing."""
        digest_then = self.wanted.pop(seal.seq, None)
        if digest_then not in (None, seal.digest):
            self.report.add(Finding("signed_differs", seq=seal.seq, entry=seal.entry))

    def finish(self) -> None:
        """Every statement is genuine, follows the one before, and its place is still there."""
        for seq in sorted(self.wanted):
            self.report.add(Finding("signed_differs", seq=seq))
        previous = ""
        for each in self.statements:
            if not signing.is_genuine(each):
                self.report.add(Finding("signed_forged", seq=each.seq))
            elif each.previous != previous:
                self.report.add(Finding("signed_missing", seq=each.seq))
            previous = digest(signing.statement(each))


class _Walk:
    """The state of one walk along the chain."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.seq = 0
        self.digest = chain.genesis(report.name)
        self.newest: datetime.datetime | None = None
        self.batch_at: datetime.datetime | None = None
        self.newest_in_batch: datetime.datetime | None = None

    def step(self, seal: Seal, entry: Entry | None) -> None:
        report = self.report
        report.sealed += 1
        if seal.seq != self.seq + 1:
            report.add(Finding("seals_missing", seq=self.seq + 1, to=seal.seq - 1))
        elif seal.previous != self.digest:
            report.add(Finding("broken_link", seq=seal.seq, entry=seal.entry))
        if chain.seal_digest(seal) != seal.digest:
            report.add(Finding("seal_altered", seq=seal.seq, entry=seal.entry))
        if entry is None:
            report.add(Finding("entry_deleted", seq=seal.seq, entry=seal.entry))
        elif chain.entry_digest(entry) != seal.entry_digest:
            report.add(Finding("entry_altered", seq=seal.seq, entry=seal.entry))
        else:
            self._check_date(seal, entry)
        self.seq, self.digest = seal.seq, seal.digest

    def _check_date(self, seal: Seal, entry: Entry) -> None:
        # Within one batch the sealer sorts by key; only an older batch can prove a date wrong.
        if seal.sealed_at != self.batch_at:
            self.batch_at = seal.sealed_at
            self.newest = max(filter(None, (self.newest, self.newest_in_batch)), default=None)
            self.newest_in_batch = None
        if self.newest is not None and entry.occurred_at < self.newest - BACKDATED:
            self.report.add(Finding("backdated", seq=seal.seq, entry=entry.id))
        self.newest_in_batch = max(filter(None, (self.newest_in_batch, entry.occurred_at)))


def compare_carried(name: str, text: str) -> list[Finding]:
    """Hold signed statements that were carried away against the current site's chain `name`.

    Raises ValueError for a file that is none. A statement that our key did not sign is itself a finding.
    """
    found = []
    for each in signing.carried(text):
        if each.chain != name:
            continue
        if not signing.is_genuine(each):
            found.append(Finding("signed_forged", seq=each.seq))
        elif not Seal.objects.filter(seq=each.seq, digest=each.digest).exists():
            found.append(Finding("signed_differs", seq=each.seq))
    return found


def _chunks() -> Iterator[list[Seal]]:
    after: int | None = None
    while True:
        seals = Seal.objects.order_by("seq")
        if after is not None:
            seals = seals.filter(seq__gt=after)
        chunk = list(seals[:CHUNK])
        if chunk:
            yield chunk
            after = chunk[-1].seq
        if len(chunk) < CHUNK:
            return


def _check_head_again(report: Report) -> None:
    if not report.sealed:
        return
    head = read_head()
    if head is None:
        report.add(Finding("head_missing"))
    elif head.seq < report.last_seq:
        report.add(Finding("head_behind", seq=report.last_seq, to=head.seq))


def _check_unsealed(report: Report) -> None:
    report.unsealed = unsealed().count()
    oldest = unsealed().first()
    if oldest is None:
        return
    report.oldest_unsealed = oldest.occurred_at
    too_long_ago = chain.first_key_at(report.checked_at - UNSEALED_TOO_LONG)
    for entry in unsealed().filter(id__lt=too_long_ago)[:MOST_FINDINGS]:
        report.add(Finding("unsealed_old", entry=entry.id))
