"""Run inside the stack's environment: the host's administrators and a bureau whose staff keep files.

Prints, as JSON, who can sign in.
"""

import json
import secrets
from typing import Any

import django


def main() -> dict[str, Any]:
    """Make everybody, once."""
    from django_otp.util import random_hex

    from asp.accounts.models import Account
    from asp.accounts.services import account_create, activation_complete, link_issue, passwords
    from asp.accounts.services.factors import device_store
    from asp.accounts.totp import seed_base32
    from asp.audit.actor import Actor
    from office.library.services import cabinet_open_personal
    from tenants.context import bureau_context, host_context
    from tests.support.bureaus import GIGABYTE, open_bureau
    from tests.support.people import TESTER, people

    word = f"Ab1-{secrets.token_urlsafe(12)}"
    console = []  # one account for each duty: the system administrator approves
    with host_context():
        for duty in ("system", "security", "audit"):
            account = account_create(
                actor=TESTER, kind="administrator", duty=duty, login=f"host.{duty}", name=f"主机管理员{duty}"
            )
            link = link_issue(actor=TESTER, account=account, purpose="activation", channel="slip")
            made = activation_complete(link=link, password=word)
            console.append({"login": account.login, "password": word, "totp": made.totp_seed})
    # Room for a whole soak.
    bureau = open_bureau(slug="wenjian", name="云溪县文件局", quota_bytes=100 * GIGABYTE)
    cast = people(bureau)
    staff, administrators = [], {}
    with bureau_context(bureau):
        for each in cast.administrators:
            account, seed = Account.objects.get(pk=each.pk), random_hex(20)
            passwords.store(account, word)
            account.save()
            device_store(account, seed, None)
            administrators[account.duty] = {
                "login": account.login,
                "password": word,
                "totp": seed_base32(seed),
            }
        for each in cast.staff:
            account = Account.objects.get(pk=each.pk)
            passwords.store(account, word)
            account.save()
            cabinet = cabinet_open_personal(actor=Actor.of_account(account), account=account)
            staff.append({"login": account.login, "password": word, "folder": str(cabinet.pk)})
        process = publish_process(*cast.staff)
    return {
        "console": console[0],
        "bureau": bureau.slug,
        "process": process,
        "staff": staff,
        "administrators": administrators,
    }


def publish_process(starter: Any, left: Any, right: Any) -> dict[str, str]:
    """Two people side by side, joined, a second's wait, and the starter again."""
    from asp.audit.actor import Actor
    from office.workflow import services as workflow
    from tests.support.bpmn import END, START, bpmn, chain, part, user

    def who(account: Any) -> str:
        return f'<tb:performers><tb:performer kind="account" ref="{account.pk}"/></tb:performers>'

    wait = "<timerEventDefinition><timeDuration>PT1S</timeDuration></timerEventDefinition>"
    drawing = bpmn(
        START,
        part("parallelGateway", "fork"),
        user("left", who(left)),
        user("right", who(right)),
        part("parallelGateway", "join"),
        part("intermediateCatchEvent", "pause", wait),
        user("last", who(starter)),
        END,
        chain("start", "fork", "left", "join", "pause", "last", "end"),
        chain("fork", "right", "join"),
    )
    actor = Actor.of_account(starter)
    process = workflow.process_create(actor=actor, name="故障演练流程")
    process = workflow.draft_bpmn_save(actor=actor, process=process, content=drawing)
    version = workflow.version_publish(actor=actor, process=process)
    return {"id": str(process.pk), "version": str(version.pk)}


if __name__ == "__main__":
    django.setup()
    print(json.dumps(main()))
