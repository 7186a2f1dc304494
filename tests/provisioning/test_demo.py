"""The demonstration: made once, gone on with after an interruption, known to its owner alone."""

import json
import secrets
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import override_settings

from asp.accounts.models import Account
from asp.accounts.totp import seed_from_base32
from provisioning.demo import county, offices
from provisioning.management.commands import demo
from provisioning.models import Application, ApplicationState
from tenants.context import bureau_context, host_context
from tenants.models import Bureau


@pytest.fixture
def small_county(monkeypatch, tmp_path):
    """Two bureaus and the two applications, under addresses and codes that no other test uses."""
    mark = secrets.token_hex(3)

    def other(body: county.Body, number: int) -> county.Body:
        digits = f"{secrets.randbelow(10**6):06d}"
        return replace(body, slug=f"d{mark}{number}", organisation=f"MD{digits}", name=f"{body.name}{mark}")

    bodies = tuple(other(body, number) for number, body in enumerate((county.BODIES[0], county.BODIES[5])))
    monkeypatch.setattr(demo, "BODIES", bodies)
    monkeypatch.setattr(demo, "PENDING", other(county.PENDING, 7))
    monkeypatch.setattr(demo, "TO_CORRECT", other(county.TO_CORRECT, 8))
    with override_settings(ASP=replace(settings.ASP, data_dir=tmp_path, embedded=True)):
        yield bodies, tmp_path


def accounts_in(folder: Path) -> list[dict[str, str]]:
    return json.loads((folder / "demo-accounts.json").read_text())


def test_everybody_listed_can_sign_in(small_county):
    bodies, folder = small_county
    call_command("demo")
    path = folder / "demo-accounts.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((folder / "demo-secret").stat().st_mode) == 0o600
    listed = accounts_in(folder)
    for body in bodies:
        with host_context():
            bureau = Bureau.objects.get(slug=body.slug)
            assert bureau.state == "active"
        theirs = [entry for entry in listed if entry["site_url"].startswith(f"http://{body.slug}.")]
        assert {entry["duty"] for entry in theirs} >= {"system", "security", "audit", ""}
        with bureau_context(bureau.ref):
            for entry in theirs:
                account = Account.objects.get(login=entry["account"])
                assert account.state == "active"
                # Argon2 takes its time: one of the bureaus is enough.
                assert body is bodies[0] or account.check_password(entry["password"])
                if entry["totp_secret"]:
                    assert account.totpdevice_set.get().key == seed_from_base32(entry["totp_secret"])
            assert Account.objects.staff().count() == len(body.staff)
    with host_context():
        states = set(
            Application.objects.filter(slug__startswith=bodies[0].slug[:-1]).values_list("state", flat=True)
        )
    assert states == {ApplicationState.OPENED, ApplicationState.SUBMITTED, ApplicationState.CORRECTION}


def test_an_interrupted_demonstration_goes_on(small_county, monkeypatch):
    bodies, folder = small_county
    real = offices.furnish

    def dies(secrets_, body, bureau, *, number, **more):
        if body.slug == bodies[1].slug:
            raise KeyboardInterrupt
        real(secrets_, body, bureau, number=number, **more)

    monkeypatch.setattr(offices, "furnish", dies)
    with pytest.raises(KeyboardInterrupt):
        call_command("demo")
    assert not (folder / "demo-accounts.json").exists()
    monkeypatch.setattr(offices, "furnish", real)
    call_command("demo")
    first = (folder / "demo-accounts.json").read_text()
    call_command("demo")
    assert (folder / "demo-accounts.json").read_text() == first
    with host_context():
        assert Application.objects.filter(name=bodies[1].name).count() == 1


def test_passwords_differ_between_installations(tmp_path):
    from provisioning.demo.secret import Secrets

    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    one, same, two = (Secrets(tmp_path / name) for name in ("one", "one", "two"))
    assert one.password("fgj", "a") == same.password("fgj", "a")
    assert one.password("fgj", "a") != two.password("fgj", "a")
    assert len({one.password(site, login) for site in ("fgj", "czj") for login in ("a", "b")}) == 4


def test_it_is_for_embedded_servers_only(small_county):
    with override_settings(ASP=replace(settings.ASP, embedded=False)), pytest.raises(CommandError):
        call_command("demo")


def test_every_body_has_a_code_that_adds_up_and_people_of_its_own():
    from provisioning.credit_code import check

    everybody = (*county.BODIES, county.PENDING, county.TO_CORRECT)
    assert len({body.credit_code for body in everybody}) == len(everybody)
    for body in everybody:
        checked = check(body.credit_code)
        assert checked.is_valid
        assert checked.inner_ok
        names = [*body.administrators, *(worker.name for worker in body.staff)]
        assert len(names) == len(set(names)), body.name
