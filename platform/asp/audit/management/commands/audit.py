"""`manage.py audit verify`: check the chains of the host and of every bureau."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from asp.audit.chain import chain_name
from asp.audit.signing import document, signed_heads
from asp.audit.verifier import Report, compare_carried, verify
from tenants.context import host_context, site_context
from tenants.models import Bureau, BureauState
from tenants.site import Site


class Command(BaseCommand):
    help = "Check the audit log for entries that were altered, deleted, reordered, put in or cut off."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="what", required=True)
        check = actions.add_parser("verify", help="check the chain of one site, or of all")
        check.add_argument("--bureau", metavar="SLUG", help="only this bureau")
        check.add_argument("--host", action="store_true", help="only the host's own log")
        check.add_argument(
            "--heads", metavar="FILE", help="compare with signed heads that were carried away, too"
        )
        heads = actions.add_parser("heads", help="print the signed heads of one chain, or of all, as JSON")
        heads.add_argument("--bureau", metavar="SLUG", help="only this bureau")
        heads.add_argument("--host", action="store_true", help="only the host's own log")

    def handle(self, *args: Any, **options: Any) -> None:
        translation.activate("en")
        sites = _sites(options["bureau"], options["host"])
        if options["what"] == "heads":
            self.stdout.write(_heads(sites))
            return
        carried = Path(options["heads"]).read_text(encoding="utf-8") if options["heads"] else ""
        bad = 0
        for name, site in sites:
            with site_context(site):
                report = verify()
                if carried:
                    for finding in compare_carried(report.name, carried):
                        report.add(finding)
            self._tell(name, report)
            bad += not report.ok
        if bad:
            raise CommandError(f"signs of changes on {bad} site(s)")

    def _tell(self, name: str, report: Report) -> None:
        tail = f"{report.unsealed} not sealed yet"
        if report.oldest_unsealed:
            tail += f" (oldest {report.oldest_unsealed.isoformat(timespec='seconds')})"
        word = "in order" if report.ok else "NOT IN ORDER"
        self.stdout.write(f"{name}: {word}; sealed to #{report.last_seq} {report.last_digest[:16]}; {tail}")
        for finding in report.findings:
            self.stdout.write(f"  {finding.code}: {finding.text}")
        if report.more_findings:
            self.stdout.write(f"  and {report.more_findings} more")


def _heads(sites: list[tuple[str, Site]]) -> str:
    found = []
    for _name, site in sites:
        with site_context(site):
            found += signed_heads(chain_name())
    return document(found)


def _sites(slug: str | None, host_only: bool) -> list[tuple[str, Site]]:
    with host_context():
        bureaus = Bureau.objects.exclude(state__in=(BureauState.OPENING, BureauState.CLOSED)).order_by("slug")
        if slug:
            bureaus = bureaus.filter(slug=slug)
        sites = [(each.slug, Site("bureau", each.ref)) for each in bureaus] if not host_only else []
    if slug and not sites:
        raise CommandError(f"there is no bureau {slug}")
    return sites if slug else [("host", Site("host")), *sites]
