"""What an export says of itself (导出说明): which filter, who, when, how many, and how the chain stands."""

import datetime
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from asp.audit import chain, signing
from asp.audit.filtering import Wanted, in_words
from asp.audit.verifier import Report
from asp.ui.moments import day_text, local
from asp.ui.text import localized
from tenants.context import current_site

Line = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asked for an export, when, and for what."""

    wanted: Wanted
    by: str
    at: datetime.datetime


def about(asked: Asked, report: Report, *, entries: int) -> list[Line]:
    """Label and value of each line, in the reader's language."""
    bureau = current_site().bureau
    return [
        (_("Audit log of"), localized(bureau) if bureau else _("the host")),
        *(in_words(asked.wanted) or [(_("Filter"), _("everything"))]),
        (_("Exported by"), asked.by),
        (_("Asked for (Asia/Shanghai)"), _clock(asked.at)),
        (_("Number of entries"), str(entries)),
        *_chain(report),
        (
            _("How to check"),
            _(
                "“manage.py audit verify” holds the log against its chain; the place and the digest of an entry"
                " here must be those that the log shows. The SHA-256 of this file stands in the log's entry of"
                " the export."
            ),
        ),
    ]


def _chain(report: Report) -> list[Line]:
    found = len(report.findings) + report.more_findings
    changed = ngettext("{n} sign of a change", "{n} signs of changes", found)
    lines = [
        (_("Seal chain"), _("in order") if report.ok else changed.format(n=found)),
        (_("Checked (Asia/Shanghai)"), _clock(report.checked_at)),
        (_("Checked up to seal"), f"#{report.last_seq}"),
        (_("Digest of that seal"), report.last_digest),
        (_("Entries not sealed yet"), str(report.unsealed)),
    ]
    signed = signing.signed_heads(chain.chain_name())
    if signed:
        last = signed[-1]
        lines.append((_("Signed by the host"), f"{day_text(last.day)}, #{last.seq}, {last.digest}"))
    return lines


def _clock(moment: datetime.datetime) -> str:
    return f"{local(moment):%Y-%m-%d %H:%M:%S}"
