"""Probes of the audit log: whether it is whole, and whether the host's signatures say the same."""

import datetime

from django.utils.translation import gettext_lazy as _

from asp.audit import chain, signing
from asp.audit.verifier import verify
from asp.ui.moments import today
from tenants.isolation.registry import Finding, broken, held, not_tried, probe

# Heads are signed daily; a day may be missing after a night's maintenance.
OLDEST = datetime.timedelta(days=3)


@probe(
    "audit.chain",
    control="12.chain",
    title=_("The audit log is whole"),
    explanation=_(
        "Every entry is sealed to the one before it. We follow the whole chain and look for changes."
    ),
)
def whole() -> Finding:
    report = verify()
    if not report.ok:
        return broken(
            _(
                "{findings} signs of changes in {sealed} sealed entries. The page of the audit log names them."
            ),
            findings=len(report.findings) + report.more_findings,
            sealed=report.sealed,
        )
    if not report.sealed:
        return not_tried(_("Nothing has been sealed yet; that takes some seconds after the first act."))
    return held(_("{sealed} sealed entries follow each other without a gap."), sealed=report.sealed)


@probe(
    "audit.signed",
    control="12.signed",
    title=_("The end of the log is signed"),
    explanation=_(
        "The host signs the end of the log every day, with a key that is not in the database. We check it."
    ),
)
def signed() -> Finding:
    heads = signing.signed_heads(chain.chain_name())
    if not heads:
        return not_tried(_("The host has not signed this log yet; it does so every day."))
    forged = sum(not signing.is_genuine(each) for each in heads)
    if forged:
        return broken(_("{count} signatures are not genuine."), count=forged)
    if today() - heads[-1].day > OLDEST:
        return broken(
            _("The last signature is of {day}: the host no longer signs."), day=heads[-1].day.isoformat()
        )
    return held(
        _("{count} signatures are genuine, the last of {day}."),
        count=len(heads),
        day=heads[-1].day.isoformat(),
    )
