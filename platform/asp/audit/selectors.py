"""Reading the audit log: filtered pages, one entry, and where the chain stands."""

import datetime
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.http import Http404

from asp.audit import actions, chain
from asp.audit.actor import actor_label
from asp.audit.filtering import Wanted, entries_wanted
from asp.audit.heads.models import SignedHead
from asp.audit.models import Entry, Seal
from asp.audit.sealer import unsealed
from asp.audit.signing import signed_heads
from asp.audit.verifier import TEXTS, Finding
from asp.jobs.models import OPEN_STATES, Job, JobState

PAGE_SIZE = 50
VERIFY = "audit.verify"
COUNTED_UNSEALED = 1000


@dataclass(frozen=True, slots=True)
class Row:
    """An entry in words, in the reader's language."""

    entry: Entry
    actor: str
    sentence: str
    outcome: actions.Outcome

    @property
    def outcome_text(self) -> str:
        """How it ended, in the reader's language."""
        return str(actions.OUTCOMES[self.outcome])


@dataclass(frozen=True, slots=True)
class Page:
    """One page of entries, newest first, and the keys between which its neighbours lie."""

    rows: list[Row]
    older: uuid.UUID | None
    newer: uuid.UUID | None


@dataclass(frozen=True)
class ChainState:
    """Where the chain stands, and what the last check said."""

    seq: int
    sealed_at: datetime.datetime | None
    unsealed: int
    checking: Job | None
    checked: Job | None
    findings: list[Finding] = field(default_factory=list)
    signed: SignedHead | None = None

    @property
    def ok(self) -> bool | None:
        """What the last check said; None if there was none."""
        return bool((self.checked.result or {}).get("ok")) if self.checked else None

    @property
    def findings_count(self) -> int:
        """How many signs of changes the last check found."""
        result: dict[str, Any] = (self.checked.result if self.checked else None) or {}
        return len(result.get("findings", [])) + int(result.get("more_findings", 0))


def entry_page(
    wanted: Wanted, *, before: uuid.UUID | None = None, after: uuid.UUID | None = None, size: int = PAGE_SIZE
) -> Page:
    """Return the page of entries older than `before`, or newer than `after`, or the newest."""
    entries = entries_wanted(wanted)
    if after is not None:
        found = list(entries.filter(id__gt=after).order_by("id")[: size + 1])
        more = len(found) > size
        found = found[:size][::-1]
        newer = found[0].id if more and found else None
        older = found[-1].id if found else after
        return Page([in_words(each) for each in found], older=older, newer=newer)
    if before is not None:
        entries = entries.filter(id__lt=before)
    found = list(entries.order_by("-id")[: size + 1])
    more = len(found) > size
    found = found[:size]
    return Page(
        [in_words(each) for each in found],
        older=found[-1].id if more else None,
        newer=found[0].id if before is not None and found else None,
    )


def entry_get(entry_id: uuid.UUID) -> tuple[Row, Seal | None]:
    """Return one entry in words, and its seal if it has one yet; raises Http404."""
    entry = Entry.objects.filter(id=entry_id).first()
    if entry is None:
        raise Http404
    return in_words(entry), Seal.objects.filter(entry=entry_id).first()


def in_words(entry: Entry) -> Row:
    """Return an entry as the reader reads it."""
    return Row(
        entry=entry,
        actor=actor_label(entry.actor_kind, entry.actor_name),
        sentence=actions.sentence(entry.action, entry.params, target_name=entry.target_name),
        outcome=actions.outcome(entry.action),
    )


def chain_state() -> ChainState:
    """Return where the current site's chain stands."""
    last = Seal.objects.order_by("-seq").first()
    checks = Job.objects.filter(name=VERIFY)
    checked = checks.filter(state=JobState.DONE).order_by("-id").first()
    result: dict[str, Any] = (checked.result if checked else None) or {}
    signed = signed_heads(chain.chain_name())
    return ChainState(
        signed=signed[-1] if signed else None,
        seq=last.seq if last else 0,
        sealed_at=last.sealed_at if last else None,
        unsealed=len(unsealed().values_list("id")[:COUNTED_UNSEALED])
        if last is None
        else _recent_unsealed(last),
        checking=checks.filter(state__in=OPEN_STATES).order_by("-id").first(),
        checked=checked,
        findings=[_finding(each) for each in result.get("findings", []) if each.get("code") in TEXTS],
    )


def _recent_unsealed(last: Seal) -> int:
    floor = chain.first_key_at(last.sealed_at - datetime.timedelta(hours=1))
    return len(unsealed().filter(id__gte=floor).values_list("id")[:COUNTED_UNSEALED])


def _finding(stored: dict[str, Any]) -> Finding:
    entry = stored.get("entry")
    return Finding(
        code=stored["code"],
        seq=stored.get("seq"),
        entry=uuid.UUID(entry) if entry else None,
        to=stored.get("to"),
    )
