"""The host's administrators, and the list of who can sign in."""

import json
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from django.conf import settings

from asp.accounts.models import Account, AccountState, Link
from asp.accounts.services import account_create, activation_complete, link_issue
from asp.audit.actor import Actor
from provisioning.demo.county import HOST_ADMINISTRATORS
from provisioning.demo.secret import Secrets, base32
from tenants.context import host_context

ACTOR = Actor.system("demo")
HOST = "host"


@dataclass(frozen=True)
class DemoAccount:
    """One line of `demo-accounts.json`."""

    site_url: str
    site: str
    account: str
    name: str
    duty: str
    role: str
    password: str
    totp_secret: str


def site_url(label: str) -> str:
    """The address of a site below the base domain."""
    return f"{settings.ASP.origin(f'{label}.{settings.ASP.base_domain}')}/"


def line_for(secrets: Secrets, *, site: str, account: Account, role: str) -> DemoAccount:
    """What somebody needs to sign in as `account` of `site` (`host`, or a bureau's address)."""
    seed = secrets.totp_seed(site, account.login)
    return DemoAccount(
        site_url=site_url(site),
        site=site,
        account=account.login,
        name=account.name,
        duty=account.duty,
        role=role,
        password=secrets.password(site, account.login),
        totp_secret=base32(seed) if account.is_administrator else "",
    )


def activate(secrets: Secrets, *, site: str, account: Account, link: Link | None = None) -> None:
    """Use an activation as its person would: with a password, and for administrators a second factor."""
    if account.state != AccountState.INVITED:
        return
    link = link or link_issue(actor=ACTOR, account=account, purpose="activation", channel="slip")
    activation_complete(
        link=link,
        password=secrets.password(site, account.login),
        totp_seed=secrets.totp_seed(site, account.login) if account.is_administrator else None,
    )


def host_administrators(secrets: Secrets) -> dict[str, Account]:
    """Make the host's three administrators unless it has them; return those who hold the duties by duty."""
    with host_context():
        present = {
            account.duty: account
            for account in Account.objects.administrators().exclude(state=AccountState.DISABLED)
        }
        for duty, login, name, name_en in HOST_ADMINISTRATORS:
            if duty not in present:
                present[duty] = account_create(
                    actor=ACTOR, kind="administrator", duty=duty, login=login, name=name, name_en=name_en
                )
            if present[duty].login == login:
                activate(secrets, site=HOST, account=present[duty])
                present[duty].refresh_from_db()
        return present


def write_list(path: Path, lines: list[DemoAccount]) -> None:
    """Write the list for its owner's eyes only; there is never half of it."""
    text = json.dumps([asdict(line) for line in lines], ensure_ascii=False, indent=1)
    aside = path.with_suffix(".new")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(aside, path)


def list_readdress(path: Path) -> None:
    """Write the addresses anew: port and domain may be others than when the list was made."""
    lines = [DemoAccount(**line) for line in json.loads(path.read_text())]
    current = [replace(line, site_url=site_url(line.site)) for line in lines]
    if current != lines:
        write_list(path, current)
