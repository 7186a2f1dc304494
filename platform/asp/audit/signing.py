"""Daily signatures of the chain heads (每日签名): evidence that can be carried away.

Whoever may do anything in the database can rewrite a whole chain, and the host's copy of its head with it.
They cannot sign: the key (Ed25519, RFC 8032) is derived from MASTER_KEY, which no database holds. Statements
are kept in the database, in files of the data folder and, by the audit administrators, wherever they like.
"""

import base64
import datetime
import json
import logging
from collections.abc import Iterable
from functools import cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.db import transaction

from asp.audit import chain
from asp.audit.canonical import canonical, digest
from asp.audit.heads.models import Head, SignedHead
from asp.ui.moments import today
from tenants.context import host_context

log = logging.getLogger(__name__)

FORMAT = 1
HOST = "host"


@cache
def _private_key(master: bytes) -> Ed25519PrivateKey:
    seed = HKDF(SHA256(), length=32, salt=None, info=b"tongban:audit.heads:v1").derive(master)
    return Ed25519PrivateKey.from_private_bytes(seed)


def public_key() -> Ed25519PublicKey:
    """The key that anybody may check signatures with."""
    return _private_key(settings.ASP.master_key).public_key()


def public_key_pem() -> str:
    """The same in PEM, as `openssl pkeyutl -verify` reads it."""
    return public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def statement(head: SignedHead) -> dict[str, Any]:
    """What is signed, in JSON types."""
    return {
        "v": FORMAT,
        "chain": head.chain,
        "day": head.day.isoformat(),
        "seq": head.seq,
        "digest": head.digest,
        "at": chain.instant(head.at),
        "previous": head.previous,
    }


def is_genuine(head: SignedHead) -> bool:
    """Whether the signature fits the statement."""
    try:
        public_key().verify(base64.b64decode(head.signature), canonical(statement(head)))
    except (InvalidSignature, ValueError):
        return False
    return True


@transaction.atomic
def heads_sign() -> int:
    """Sign today's heads of all chains that have none yet; return how many. On the host."""
    day = today()
    with host_context():
        latest: dict[str, SignedHead] = {}
        for each in SignedHead.objects.order_by("chain", "-day").distinct("chain"):
            latest[each.chain] = each
        made = []
        for head in Head.objects.all():
            name = str(head.bureau_id) if head.bureau_id else HOST
            before = latest.get(name)
            if before is not None and before.day >= day:
                continue
            signed = SignedHead(
                chain=name,
                day=day,
                seq=head.seq,
                digest=head.digest,
                at=head.at,
                previous=digest(statement(before)) if before is not None else "",
            )
            signature = _private_key(settings.ASP.master_key).sign(canonical(statement(signed)))
            signed.signature = base64.b64encode(signature).decode()
            made.append(signed)
        SignedHead.objects.bulk_create(made)
    if made:
        transaction.on_commit(lambda: _file_write(day))
    return len(made)


def signed_heads(name: str) -> list[SignedHead]:
    """The statements about one chain, oldest first."""
    with host_context():
        return list(SignedHead.objects.filter(chain=name).order_by("day"))


def document(heads: Iterable[SignedHead]) -> str:
    """Statements with their signatures and the public key, as they are carried away: JSON."""
    lines = [{"statement": statement(each), "signature": each.signature} for each in heads]
    return json.dumps({"public_key": public_key_pem(), "heads": lines}, ensure_ascii=False, indent=1) + "\n"


def carried(text: str) -> list[SignedHead]:
    """Read back what `document` wrote; nothing is stored. Raises ValueError."""
    try:
        return [
            SignedHead(
                chain=line["statement"]["chain"],
                day=datetime.date.fromisoformat(line["statement"]["day"]),
                seq=line["statement"]["seq"],
                digest=line["statement"]["digest"],
                at=datetime.datetime.fromisoformat(line["statement"]["at"]),
                previous=line["statement"]["previous"],
                signature=line["signature"],
            )
            for line in json.loads(text)["heads"]
        ]
    except (KeyError, TypeError, json.JSONDecodeError) as error:
        raise ValueError("this is no file of signed heads") from error


def _file_write(day: datetime.date) -> None:
    """Leave the day's statements in the data folder, for whoever copies it elsewhere."""
    folder = settings.ASP.data_dir / "audit-heads"
    with host_context():
        text = document(SignedHead.objects.filter(day=day))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{day.isoformat()}.json").write_text(text, encoding="utf-8")
    except OSError as error:
        log.warning("the signed heads of %s are in the database only: %s", day, error)
