"""A thousand random edits of a sealed log, made by somebody who may do anything in the database: all are found."""

import random
import uuid
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.utils import timezone

from asp.audit import chain, verifier
from asp.audit.actor import Actor
from asp.audit.models import Entry, Seal
from asp.audit.sealer import seal
from asp.audit.services import Act, record_many
from tenants.context import bureau_context, owner_context
from tests.support.bureaus import open_bureau

EDITS = 1000
ENTRIES = 16
TEXT = ("actor_kind", "actor_name", "action", "target_kind", "target_name", "request_id")
SEAL_TEXT = ("entry_digest", "previous", "digest")


class Undo(Exception):
    """What ends an edit's transaction."""


@pytest.fixture(scope="module")
def sealed():
    """A bureau whose log has some entries, all of them sealed."""
    bureau = open_bureau()
    with bureau_context(bureau):
        record_many(
            Act(
                actor=Actor(kind="staff", id=uuid.UUID(int=number + 1), name=f"人员{number}", ip="10.0.0.7"),
                action="audit.verified",
                target_kind="tests.thing",
                target_id=uuid.UUID(int=number + 1000),
                target_name=f"第{number}件",
                params={"sealed": number, "note": f"内容{number}"},
            )
            for number in range(ENTRIES)
        )
        seal(full=True)
        assert verifier.verify().ok
    return bureau


def execute(schema: str, statement: str, *values: object) -> None:
    """As the owner: no privilege is in the way."""
    with owner_context(schema), connection.cursor() as cursor:
        cursor.execute(statement, values)
        assert cursor.rowcount, statement


def alter_text(dice: random.Random, schema: str) -> None:
    column = dice.choice(TEXT)
    execute(schema, f"UPDATE audit_entry SET {column} = {column} || 'x' WHERE id = %s", _entry(dice))


def alter_params(dice: random.Random, schema: str) -> None:
    statement = (
        "UPDATE audit_entry SET params = jsonb_set(params, '{note}', to_jsonb(%s::text)) WHERE id = %s"
    )
    execute(schema, statement, f"别的{dice.random()}", _entry(dice))


def alter_who_and_where(dice: random.Random, schema: str) -> None:
    column, value = dice.choice(
        [
            ("actor_id", uuid.UUID(int=7)),
            ("target_id", uuid.UUID(int=8)),
            ("ip", "10.9.9.9"),
            ("actor_id", None),
        ]
    )
    # Number 6 has actor 7 already; nobody has no actor at all.
    chosen = _entry(dice, besides=6)
    execute(schema, f"UPDATE audit_entry SET {column} = %s WHERE id = %s", value, chosen)


def alter_time(dice: random.Random, schema: str) -> None:
    seconds = dice.choice([1, -1, 3600, -86400])
    statement = "UPDATE audit_entry SET occurred_at = occurred_at + %s * interval '1 second' WHERE id = %s"
    execute(schema, statement, seconds, _entry(dice))


def alter_seal(dice: random.Random, schema: str) -> None:
    column = dice.choice(SEAL_TEXT)
    execute(schema, f"UPDATE audit_seal SET {column} = reverse({column}) WHERE entry = %s", _entry(dice))


def alter_seal_time(dice: random.Random, schema: str) -> None:
    statement = "UPDATE audit_seal SET sealed_at = sealed_at + interval '1 second' WHERE entry = %s"
    execute(schema, statement, _entry(dice))


def renumber(dice: random.Random, schema: str) -> None:
    execute(schema, "UPDATE audit_seal SET seq = seq + 10000 WHERE entry = %s", _entry(dice))


def delete_entry(dice: random.Random, schema: str) -> None:
    execute(schema, "DELETE FROM audit_entry WHERE id = %s", _entry(dice))


def delete_both(dice: random.Random, schema: str) -> None:
    chosen = _entry(dice)
    execute(schema, "DELETE FROM audit_seal WHERE entry = %s", chosen)
    execute(schema, "DELETE FROM audit_entry WHERE id = %s", chosen)


def cut_the_tail(dice: random.Random, schema: str) -> None:
    seals = list(Seal.objects.order_by("-seq")[: dice.randint(1, 10)])
    execute(schema, "DELETE FROM audit_seal WHERE seq >= %s", seals[-1].seq)
    execute(schema, "DELETE FROM audit_entry WHERE id = ANY(%s)", [each.entry for each in seals])


def swap(dice: random.Random, schema: str) -> None:
    """Two acts change places: their contents, not their keys."""
    one, two = dice.sample(_entries(), 2)
    execute(
        schema,
        "UPDATE audit_entry e SET target_name = o.target_name, params = o.params, actor_id = o.actor_id "
        "FROM audit_entry o WHERE (e.id, o.id) IN ((%s, %s), (%s, %s))",
        one.id, two.id, two.id, one.id,
    )  # fmt: skip


def put_in(dice: random.Random, schema: str) -> None:
    """An act that never was, dated among the others, without a seal."""
    hours = dice.randint(1, 100)
    key = uuid.UUID(
        int=chain.first_key_at(timezone.now()).int - ((hours * 3_600_000) << 80) + dice.getrandbits(60)
    )
    execute(
        schema,
        "INSERT INTO audit_entry (id, occurred_at, actor_kind, actor_name, action, target_kind, target_name, params, "
        "request_id) VALUES (%s, now() - %s * interval '1 hour', 'staff', '某人', 'audit.verified', '', '', '{}', '')",
        key, hours,
    )  # fmt: skip


def chain_anew(dice: random.Random, schema: str) -> None:
    """Alter one act and make every later link fit: only the host's copy of the head tells."""
    alter_params(dice, schema)
    previous = None
    for link in Seal.objects.order_by("seq"):
        link.previous = previous or link.previous
        link.entry_digest = chain.entry_digest(Entry.objects.get(pk=link.entry))
        link.digest = previous = chain.seal_digest(link)
        execute(
            schema,
            "UPDATE audit_seal SET previous = %s, entry_digest = %s, digest = %s WHERE entry = %s",
            link.previous, link.entry_digest, link.digest, link.entry,
        )  # fmt: skip


KINDS: list[Callable[[random.Random, str], None]] = [
    *(alter_text, alter_params, alter_who_and_where, alter_time, alter_seal, alter_seal_time, renumber),
    *(delete_entry, delete_both, cut_the_tail, swap, put_in),
]


def _entries() -> list[Entry]:
    return list(Entry.objects.filter(target_kind="tests.thing").order_by("id"))


def _entry(dice: random.Random, *, besides: int = -1) -> uuid.UUID:
    return dice.choice([each.id for number, each in enumerate(_entries()) if number != besides])


def unseen(bureau, edits: int, kinds: list[Callable[[random.Random, str], None]]) -> list[str]:
    """The edits that the verifier does not notice; each is undone."""
    missed = []
    for number in range(edits):
        dice = random.Random(number)
        kind = kinds[number % len(kinds)]
        try:
            with bureau_context(bureau), transaction.atomic():
                kind(dice, bureau.schema)
                if verifier.verify().ok:
                    missed.append(f"{kind.__name__} {number}")
                raise Undo
        except Undo:
            continue
    return missed


def test_a_thousand_random_edits_are_all_found(sealed):
    assert unseen(sealed, EDITS, KINDS) == []
    with bureau_context(sealed):
        assert verifier.verify().ok, "the control: without an edit there is nothing to find"


def test_a_chain_made_anew_is_found_by_the_hosts_copy(sealed):
    assert unseen(sealed, 10, [chain_anew]) == []


def test_a_weakened_verifier_misses_some(sealed, monkeypatch):
    """The check of the check: without the digests of entries, altered entries pass."""
    monkeypatch.setattr(
        verifier.chain, "entry_digest", lambda entry: Seal.objects.get(entry=entry.id).entry_digest
    )
    missed = unseen(sealed, len(KINDS) * 3, KINDS)
    assert any(each.startswith("alter_text") for each in missed)
