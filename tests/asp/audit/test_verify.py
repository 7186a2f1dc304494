"""Somebody with the owner's rights edits the log; the verifier says where."""

import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from asp.audit import chain
from asp.audit.actor import Actor
from asp.audit.heads.models import Head
from asp.audit.models import Entry, Seal
from asp.audit.sealer import seal
from asp.audit.services import record
from asp.audit.verifier import TEXTS, verify
from tenants.context import bureau_context, host_context, owner_context

from .log import ACTION, write


def check(bureau):
    with bureau_context(bureau):
        return verify()


def codes(bureau):
    return {finding.code for finding in check(bureau).findings}


def place(bureau, entry):
    with bureau_context(bureau):
        return Seal.objects.get(entry=entry.id)


def test_an_untouched_log_is_in_order(sealed):
    bureau, _entries = sealed
    report = check(bureau)
    assert report.ok
    assert report.sealed == report.last_seq >= 8
    assert report.unsealed == 0


def test_the_unsealed_tail_is_reported_but_no_finding(sealed):
    bureau, _entries = sealed
    entry = write(bureau)[0]
    report = check(bureau)
    assert report.ok
    assert report.unsealed == 1
    assert report.oldest_unsealed == entry.occurred_at


@pytest.mark.parametrize(
    "change",
    [
        {"actor_name": "别人"},
        {"action": "tests.other"},
        {"params": {"thing": "thing 9"}},
        {"target_name": "x"},
        {"ip": "10.0.0.1"},
        {"request_id": "r"},
        {"occurred_at": datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)},
        {"actor_id": "00000000-0000-0000-0000-000000000001"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_an_altered_entry_is_found(sealed, as_owner, change):
    bureau, entries = sealed
    with as_owner(bureau):
        Entry.objects.filter(id=entries[3].id).update(**change)
    report = check(bureau)
    assert [(each.code, each.entry) for each in report.findings] == [("entry_altered", entries[3].id)]
    assert report.findings[0].seq == place(bureau, entries[3]).seq


def test_a_deleted_entry_is_found(sealed, as_owner):
    bureau, entries = sealed
    with as_owner(bureau):
        Entry.objects.filter(id=entries[2].id).delete()
    assert codes(bureau) == {"entry_deleted"}


def test_a_deleted_entry_with_its_seal_is_found(sealed, as_owner):
    bureau, entries = sealed
    with as_owner(bureau):
        Entry.objects.filter(id=entries[2].id).delete()
        Seal.objects.filter(entry=entries[2].id).delete()
    assert codes(bureau) == {"seals_missing"}


def test_reordered_seals_are_found(sealed, as_owner):
    bureau, entries = sealed
    one, two = place(bureau, entries[1]), place(bureau, entries[2])
    with as_owner(bureau):
        Seal.objects.filter(entry=one.entry).update(seq=-1)
        Seal.objects.filter(entry=two.entry).update(seq=one.seq)
        Seal.objects.filter(entry=one.entry).update(seq=two.seq)
    assert {"broken_link", "seal_altered"} <= codes(bureau)


def test_reordering_with_recomputed_digests_is_found(sealed, as_owner):
    bureau, entries = sealed
    one, two = place(bureau, entries[1]), place(bureau, entries[2])
    with as_owner(bureau):
        Seal.objects.filter(entry__in=[one.entry, two.entry]).delete()
        previous = one.previous
        for seq, old in ((one.seq, two), (two.seq, one)):
            link = Seal(
                seq=seq,
                entry=old.entry,
                entry_digest=old.entry_digest,
                previous=previous,
                sealed_at=old.sealed_at,
            )
            link.digest = previous = chain.seal_digest(link)
            link.save(force_insert=True)
    assert codes(bureau) == {"broken_link"}


def test_an_entry_put_in_between_with_its_own_seal_is_found(sealed, as_owner):
    bureau, entries = sealed
    after = place(bureau, entries[3])
    with as_owner(bureau):
        for later in Seal.objects.filter(seq__gt=after.seq).order_by("-seq"):
            Seal.objects.filter(entry=later.entry).update(seq=later.seq + 1)
        forged = Entry(action=ACTION, actor_kind="system")
        forged.save(force_insert=True)
        stored = Entry.objects.get(id=forged.id)
        link = Seal(
            seq=after.seq + 1,
            entry=stored.id,
            entry_digest=chain.entry_digest(stored),
            previous=after.digest,
            sealed_at=after.sealed_at,
        )
        link.digest = chain.seal_digest(link)
        link.save(force_insert=True)
    assert {"broken_link", "seal_altered"} <= codes(bureau)


def test_an_entry_put_in_with_an_old_date_is_found(sealed, as_owner):
    bureau, _entries = sealed
    old = timezone.now() - datetime.timedelta(days=3)
    with as_owner(bureau):
        forged = Entry(id=chain.first_key_at(old), occurred_at=old, action=ACTION, actor_kind="system")
        forged.save(force_insert=True)
    assert codes(bureau) == {"unsealed_old"}
    with bureau_context(bureau):
        seal(full=True)
    assert codes(bureau) == {"backdated"}


def test_a_cut_tail_is_found(sealed, as_owner):
    bureau, entries = sealed
    cut = [entry.id for entry in entries[-3:]]
    with as_owner(bureau):
        Entry.objects.filter(id__in=cut).delete()
        Seal.objects.filter(entry__in=cut).delete()
    report = check(bureau)
    assert [each.code for each in report.findings] == ["tail_cut"]
    assert report.findings[0].to - report.findings[0].seq == 2


def test_a_cut_tail_is_not_grown_over(sealed, as_owner):
    bureau, entries = sealed
    cut = [entry.id for entry in entries[-3:]]
    with as_owner(bureau):
        Entry.objects.filter(id__in=cut).delete()
        Seal.objects.filter(entry__in=cut).delete()
    write(bureau, 5)
    with bureau_context(bureau):
        seal()
    assert codes(bureau) == {"seals_missing"}


def test_a_chain_rebuilt_from_the_start_is_found(sealed, as_owner):
    bureau, entries = sealed
    with as_owner(bureau):
        Entry.objects.filter(id=entries[0].id).update(actor_name="别人")
        links = list(Seal.objects.order_by("seq"))
        previous = chain.genesis(str(bureau.id))
        for link in links:
            link.entry_digest = chain.entry_digest(Entry.objects.get(id=link.entry))
            link.previous = previous
            link.digest = previous = chain.seal_digest(link)
            link.save()
    assert codes(bureau) == {"head_differs"}


@pytest.mark.parametrize(("change", "code"), [("delete", "head_missing"), ("back", "head_behind")])
def test_a_head_that_was_touched_is_found(sealed, change, code):
    bureau, _entries = sealed
    with owner_context():
        head = Head.objects.get(bureau_id=bureau.id)
        if change == "delete":
            head.delete()
        else:
            with bureau_context(bureau):
                earlier = Seal.objects.get(seq=head.seq - 2)
            Head.objects.filter(id=head.id).update(seq=earlier.seq, digest=earlier.digest)
    assert codes(bureau) == {code}


def test_a_chain_of_another_bureau_is_found(sealed, make_bureau):
    bureau, _entries = sealed
    other = make_bureau()
    write(other, 2)
    with bureau_context(other):
        seal(full=True)
        taken = [(each, Entry.objects.get(id=each.entry)) for each in Seal.objects.order_by("seq")]
    with owner_context(bureau.schema):
        Seal.objects.all().delete()
        Entry.objects.all().delete()
        for link, entry in taken:
            entry.save(force_insert=True)
            link.save(force_insert=True)
    with host_context():
        Head.objects.filter(bureau_id=bureau.id).delete()
    assert "broken_link" in codes(bureau)


def test_every_finding_has_words(sealed):
    bureau, _entries = sealed
    assert all(text for text in map(str, TEXTS.values()))
    assert check(bureau).as_json()["ok"] is True


def test_the_command_reports_and_fails(sealed, as_owner):
    bureau, entries = sealed
    out = StringIO()
    call_command("audit", "verify", "--bureau", bureau.slug, stdout=out)
    assert "in order" in out.getvalue()
    with as_owner(bureau):
        Entry.objects.filter(id=entries[3].id).update(actor_name="别人")
    with pytest.raises(CommandError, match="signs of changes"):
        call_command("audit", "verify", "--bureau", bureau.slug, stdout=out)
    assert "entry_altered" in out.getvalue()
    with pytest.raises(CommandError, match="no bureau"):
        call_command("audit", "verify", "--bureau", "nobody")


def test_the_hosts_own_log_is_chained_too():
    with host_context():
        record(actor=Actor.system("console"), action=ACTION)
        seal()
        assert verify().name == "host"
        assert Head.objects.filter(bureau_id=None).count() == 1
