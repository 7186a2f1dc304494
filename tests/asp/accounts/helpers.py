"""People for the tests of this app, made through the same services as in life."""

import secrets
from dataclasses import dataclass
from types import SimpleNamespace

from django_otp.util import random_hex

from asp.accounts import services
from asp.accounts.models import Account, AccountKind, AccountState, Duty
from asp.accounts.services.factors import device_store
from asp.accounts.testing import totp_code, totp_forget_used
from asp.accounts.totp import seed_base32
from asp.audit.actor import Actor
from tenants.context import current_site, site_context
from tenants.site import BureauRef, Site
from tests.support.client import SiteClient

ACTOR = Actor.system("console")
PASSWORD = "Correct-Horse-7"
OTHER_PASSWORD = "Battery-Staple-8"


@dataclass
class Person:
    """An active account with what its owner knows."""

    account: Account
    password: str
    site: Site
    seed: str = ""
    recovery_codes: tuple[str, ...] = ()

    def code(self) -> str:
        """The six digits of now, good even if they were used a moment ago."""
        with site_context(self.site):
            totp_forget_used(self.account)
        return totp_code(self.seed)


def phone() -> str:
    """A mobile number that nobody else has."""
    return f"138{secrets.randbelow(10**8):08d}"


def name() -> str:
    """A login that nobody else has."""
    return f"u{secrets.token_hex(5)}"


def staff(
    *, login: str = "", full_name: str = "陈若水", phone: str = "", email: str = "", seed: str | None = None
) -> Person:
    """An active member of staff in the bureau in force; with a second factor if `seed` (hex) is given."""
    account = services.account_create(
        actor=ACTOR, kind=AccountKind.STAFF, login=login or name(), name=full_name, phone=phone, email=email
    )
    return activate(account, seed=seed)


def invited(*, kind: str = AccountKind.STAFF, duty: str = "", email: str = "") -> Account:
    """An account that waits for its activation."""
    return services.account_create(
        actor=ACTOR, kind=kind, duty=duty, login=name(), name="林晓岚", email=email
    )


def administrator(duty: str) -> Person:
    """The active administrator of `duty` on the site in force; made if there is none yet."""
    account = services.account_create(
        actor=ACTOR, kind=AccountKind.ADMINISTRATOR, duty=duty, login=name(), name=f"管理员{duty}"
    )
    return activate(account)


def office(bureau: BureauRef) -> SimpleNamespace:
    """A bureau with three administrators and one member of staff, and a browser."""
    with at(bureau):
        found = administrators()
        chen = staff(full_name="陈若水", phone=phone(), email=f"{name()}@example.org")
    return SimpleNamespace(bureau=bureau, client=SiteClient(bureau), chen=chen, **found)


def host_administrators() -> dict[str, Person]:
    """The host's three administrators with known secrets, whoever made them."""
    found = {}
    with at("host"):
        for duty in Duty.values:
            account = Account.objects.administrators().filter(duty=duty).exclude(state="disabled").first()
            if account is None:
                found[duty] = administrator(duty)
                continue
            account.set_password(PASSWORD)
            account.state = AccountState.ACTIVE
            account.activated_at = account.created_at
            account.save()
            codes = device_store(account, seed := random_hex(20), None)
            found[duty] = Person(account, PASSWORD, current_site(), seed_base32(seed), tuple(codes))
    return found


def administrators() -> dict[str, Person]:
    """All three, so that staff may sign in."""
    return {duty: administrator(duty) for duty in Duty.values}


def activate(account: Account, *, seed: str | None = None) -> Person:
    """Use an activation link."""
    link = services.link_issue(actor=ACTOR, account=account, channel="slip")
    done = services.activation_complete(link=link, password=PASSWORD, totp_seed=seed)
    return Person(done.account, PASSWORD, current_site(), done.totp_seed, done.recovery_codes)


def at(where: BureauRef | str):
    """Work in a bureau, or at `"host"`."""
    return site_context(Site("bureau", where) if isinstance(where, BureauRef) else Site(where))


def post_sign_in(client: SiteClient, identifier: str, password: str, **extra):
    """Send the sign-in form."""
    return client.post("/accounts/sign-in/", {"identifier": identifier, "password": password, **extra})
