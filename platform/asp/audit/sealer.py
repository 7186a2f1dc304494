"""The sealer (封存): chains what has been committed, a moment later and one sealer per chain.

Entries are inserted unchained, because a locked chain head would make a bureau's transactions wait
for each other. The order of the chain is the order in which the sealer met the entries, so a
transaction that commits late simply comes later.
"""

import datetime
import uuid
from collections.abc import Collection

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from asp.audit import chain
from asp.audit.heads.models import Head
from asp.audit.models import Entry, Seal
from tenants.context import current_site, host_context

BATCH = 1000
# A transaction that stays open longer than this is found by its doorbell or by the full pass.
LOOK_BACK = datetime.timedelta(hours=1)


def seal(*, refs: Collection[uuid.UUID] = (), full: bool = False) -> int | None:
    """Chain the committed entries of the current site that have no seal yet; return how many.

    Looks at recent entries and at `refs`; with `full` at all of them. Returns None, without having
    done anything, while another sealer works on this chain.
    """
    total = 0
    while True:
        done = _seal_batch(refs=refs, full=full)
        if done is None:
            return total or None
        total += done
        if done < BATCH:
            return total


def unsealed() -> QuerySet[Entry]:
    """Return the current site's entries without a seal, oldest first."""
    return Entry.objects.filter(~Exists(Seal.objects.filter(entry=OuterRef("id")))).order_by("id")


@transaction.atomic
def _seal_batch(*, refs: Collection[uuid.UUID], full: bool) -> int | None:
    name = chain.chain_name()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [chain.lock_key(name)])
        if not cursor.fetchone()[0]:
            return None
    head = read_head()
    last = Seal.objects.order_by("-seq").first()
    entries = unsealed()
    if last is not None and not full:
        floor = chain.first_key_at(last.sealed_at - LOOK_BACK)
        entries = entries.filter(Q(id__gte=floor) | Q(id__in=list(refs)))
    seals = _links(list(entries[:BATCH]), head=head, last=last, name=name)
    if seals:
        Seal.objects.bulk_create(seals)
        _write_head(seals[-1])
    return len(seals)


def _links(entries: list[Entry], *, head: Head | None, last: Seal | None, name: str) -> list[Seal]:
    # The host's copy of the head leads: after a cut the chain goes on behind the missing links, so
    # that the gap stays visible instead of being grown over.
    if head is not None and (last is None or head.seq >= last.seq):
        seq, previous = head.seq, head.digest
    elif last is not None:
        seq, previous = last.seq, last.digest
    else:
        seq, previous = 0, chain.genesis(name)
    now = timezone.now()
    seals = []
    for entry in entries:
        seq += 1
        link = Seal(
            seq=seq,
            entry=entry.id,
            entry_digest=chain.entry_digest(entry),
            previous=previous,
            sealed_at=now,
        )
        link.digest = previous = chain.seal_digest(link)
        seals.append(link)
    return seals


def read_head() -> Head | None:
    """Return the host's copy of the current site's chain head."""
    bureau = current_site().bureau
    bureau_id = bureau.id if bureau is not None else None
    with host_context():
        return Head.objects.filter(bureau_id=bureau_id).first()


def _write_head(seal: Seal) -> None:
    bureau = current_site().bureau
    bureau_id = bureau.id if bureau is not None else None
    with host_context():
        Head.objects.update_or_create(
            bureau_id=bureau_id,
            defaults={"seq": seal.seq, "digest": seal.digest, "at": seal.sealed_at},
        )
