"""Daily signatures: what they find that the chain alone cannot, and how they are checked by hand."""

import base64
import datetime
import json
import subprocess
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from asp.audit import chain, signing
from asp.audit.canonical import canonical
from asp.audit.heads.models import Head, SignedHead
from asp.audit.models import Entry, Seal
from asp.audit.sealer import seal
from asp.audit.verifier import verify
from tenants.context import bureau_context, host_context, owner_context
from tests.support.client import SiteClient
from tests.support.people import people

from .log import write


def sign(bureau, *, days_ago=0):
    """Let the host sign, as if some days ago."""
    with host_context():
        SignedHead.objects.filter(chain=str(bureau.id), day=signing.today()).delete()
        signing.heads_sign()
        found = SignedHead.objects.get(chain=str(bureau.id), day=signing.today())
        if days_ago:
            # What was signed is the day, too: sign it anew.
            found.day -= datetime.timedelta(days=days_ago)
            key = signing._private_key(signing.settings.ASP.master_key)
            found.signature = base64.b64encode(key.sign(canonical(signing.statement(found)))).decode()
            found.save()
        return found


def codes(bureau):
    with bureau_context(bureau):
        return {finding.code for finding in verify().findings}


def rewrite_everything(bureau, entries):
    """Alter an act and make chain and the host's copy of the head fit, as the database's owner can."""
    with bureau_context(bureau):
        with owner_context(bureau.schema):
            Entry.objects.filter(pk=entries[0].pk).update(actor_name="别人")
            previous = None
            for link in Seal.objects.order_by("seq"):
                link.previous = previous or link.previous
                link.entry_digest = chain.entry_digest(Entry.objects.get(pk=link.entry))
                link.digest = previous = chain.seal_digest(link)
                link.save()
        with owner_context():
            Head.objects.filter(bureau_id=bureau.id).update(digest=previous)


def test_a_log_that_was_signed_is_in_order(sealed):
    bureau, _entries = sealed
    sign(bureau, days_ago=1)
    write(bureau)
    with bureau_context(bureau):
        seal()
    sign(bureau)
    sign(bureau)
    assert codes(bureau) == set()


def test_a_whole_chain_made_anew_is_found(sealed):
    bureau, entries = sealed
    sign(bureau)
    rewrite_everything(bureau, entries)
    assert codes(bureau) == {"signed_differs"}


def test_without_signatures_it_would_not_be(sealed):
    """The control: chain and head agree after the forgery."""
    bureau, entries = sealed
    rewrite_everything(bureau, entries)
    assert codes(bureau) == set()


def test_a_changed_statement_is_not_genuine(sealed):
    bureau, _entries = sealed
    signed = sign(bureau)
    with host_context():
        SignedHead.objects.filter(pk=signed.pk).update(digest="0" * 64)
    assert codes(bureau) == {"signed_differs", "signed_forged"}


def test_a_day_that_is_taken_out_is_seen(sealed):
    bureau, _entries = sealed
    first = sign(bureau, days_ago=1)
    write(bureau)
    with bureau_context(bureau):
        seal()
    sign(bureau)
    with host_context():
        SignedHead.objects.filter(pk=first.pk).delete()
    assert codes(bureau) == {"signed_missing"}


def test_what_was_carried_away_finds_it_when_all_signatures_are_gone(sealed, tmp_path):
    bureau, entries = sealed
    sign(bureau)
    out = StringIO()
    call_command("audit", "heads", "--bureau", bureau.slug, stdout=out)
    file = tmp_path / "heads.json"
    file.write_text(out.getvalue())
    call_command("audit", "verify", "--bureau", bureau.slug, "--heads", str(file), stdout=StringIO())
    rewrite_everything(bureau, entries)
    with host_context():
        SignedHead.objects.filter(chain=str(bureau.id)).delete()
    call_command("audit", "verify", "--bureau", bureau.slug, stdout=StringIO())
    with pytest.raises(CommandError):
        call_command("audit", "verify", "--bureau", bureau.slug, "--heads", str(file), stdout=StringIO())


def test_it_is_signed_once_a_day(sealed):
    bureau, _entries = sealed
    sign(bureau)
    with host_context():
        assert signing.heads_sign() == 0
        file = signing.settings.ASP.data_dir / "audit-heads" / f"{signing.today().isoformat()}.json"
        assert str(bureau.id) in file.read_text()


def test_openssl_checks_it_by_hand(sealed, tmp_path):
    """As docs/guide/bureau-administrators.md says."""
    bureau, _entries = sealed
    found = json.loads(signing.document([sign(bureau)]))
    (tmp_path / "key.pem").write_text(found["public_key"])
    (tmp_path / "signature").write_bytes(base64.b64decode(found["heads"][0]["signature"]))
    (tmp_path / "statement").write_bytes(canonical(found["heads"][0]["statement"]))
    command = "openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in statement -sigfile signature"
    done = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "Verified Successfully" in done.stdout, done.stderr


def test_the_audit_administrator_downloads_their_own_and_no_others(sealed, make_bureau):
    bureau, _entries = sealed
    other = make_bureau()
    with bureau_context(other):
        seal(full=True)
    cast = people(bureau)
    sign(bureau)
    answer = SiteClient(bureau).login_as(cast.audit).get("/audit/heads/")
    chains = {line["statement"]["chain"] for line in json.loads(answer.content)["heads"]}
    assert chains == {str(bureau.id)}
    assert "Signed by the host" in SiteClient(bureau).login_as(cast.audit).get("/audit/").content.decode()
    assert SiteClient(bureau).login_as(cast.system).get("/audit/heads/").status_code == 403
    with bureau_context(bureau):
        assert Entry.objects.filter(action="audit.heads_exported").exists()
