"""`manage.py fleet status|upgrade|compare`: the versions of all offices."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from provisioning.management.fleet_words import summary, teller
from provisioning.services import fleet_upgraded
from tenants import catalogue, fleet, version
from tenants.context import owner_context
from tenants.fleet.errors import text_of
from tenants.fleet.rollout import CanaryUnfitError, fresh_facts
from tenants.fleet.status import Run
from tenants.models import Bureau
from tenants.privileges import renew


class Command(BaseCommand):
    help = "Show and upgrade the versions of the offices' schemas."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="what", required=True)
        actions.add_parser(
            "status", help="versions, failures and the last runs; exit status 1 if any is outdated"
        )
        upgrade = actions.add_parser(
            "upgrade", help="bring everything to the code's version, or go on with it"
        )
        upgrade.add_argument("--canary", metavar="SLUG", help="the bureau to begin with")
        upgrade.add_argument(
            "--bureau", metavar="SLUG", action="append", help="only this one (may be repeated)"
        )
        compare = actions.add_parser(
            "compare", help="compare current schemas with a fresh one, in every fact"
        )
        compare.add_argument(
            "--bureau", metavar="SLUG", action="append", help="only this one (may be repeated)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        translation.activate("en")
        with owner_context():
            acts = {
                "status": self._status,
                "upgrade": self._upgrade,
                "compare": self._compare,
                "rights": self._rights,
            }
            acts[options["what"]](options)

    def _status(self, options: dict[str, Any]) -> None:  # noqa: ARG002
        found = fleet.status(runs=5)
        say = self.stdout.write
        say(f"version {found.version}: {found.current} offices are current, {len(found.outdated)} are not")
        say(f"pool: {found.ready} ready, {found.ready_stale} of another version")
        for each in found.outdated:
            failure = each.failure
            why = (
                f"failed {failure.ended_at:%Y-%m-%d %H:%M} UTC: {text_of(failure.error, failure.params)}"
                if failure
                else "not tried yet"
            )
            say(f"  {each.bureau.slug} ({each.bureau.version}): {why}")
        for run in found.runs:
            say(f"run {run.row.started_at:%Y-%m-%d %H:%M:%S} UTC to {run.row.version}: {_of(run)}")
        if found.outdated:
            raise CommandError(f"{len(found.outdated)} offices are not current: manage.py fleet upgrade")

    def _upgrade(self, options: dict[str, Any]) -> None:
        if options["bureau"]:
            if options["canary"]:
                raise CommandError("--canary and --bureau do not go together")
            bureaus = _named(options["bureau"])
            outcome = fleet.bureaus_upgrade(
                only=[each.pk for each in bureaus], tell=teller(self.stdout.write)
            )
        else:
            if options["canary"]:
                _named([options["canary"]])
            try:
                outcome = fleet.upgrade(
                    report=self.stdout.write, tell=teller(self.stdout.write), canary=options["canary"]
                )
            except CanaryUnfitError as error:
                raise CommandError(str(error)) from None
        fleet_upgraded(outcome=outcome)
        self.stdout.write(summary(outcome))
        if outcome.failed:
            raise CommandError(f"{outcome.failed} offices could not be upgraded and are under maintenance")

    def _rights(self, options: dict[str, Any]) -> None:
        for bureau in _named(options["bureau"]) if options["bureau"] else Bureau.objects.order_by("slug"):
            renew(schema=bureau.schema_name, role=bureau.schema_name)
            self.stdout.write(f"{bureau.slug}: rights are as declared")

    def _compare(self, options: dict[str, Any]) -> None:
        code = version.code_version()
        bureaus = _named(options["bureau"]) if options["bureau"] else list(Bureau.objects.order_by("slug"))
        wanted = fresh_facts(code)
        bad = 0
        for bureau in bureaus:
            if bureau.version != code:
                self.stdout.write(f"{bureau.slug}: not compared, version {bureau.version}")
                continue
            found = catalogue.differences(catalogue.facts(bureau.schema_name), wanted)
            bad += bool(found)
            self.stdout.write(f"{bureau.slug}: {'DIFFERS' if found else 'equal'}")
            for kind, facts in found.items():
                for fact in sorted(facts):
                    self.stdout.write(f"  {kind}: {fact}")
        if bad:
            raise CommandError(f"{bad} offices differ from a fresh one")


def _of(run: Run) -> str:
    text = f"{run.state}, {run.done} done, {run.failed} failed of {run.row.total}"
    return f"{text}, {run.milliseconds:.0f} ms each" if run.milliseconds is not None else text


def _named(slugs: list[str]) -> list[Bureau]:
    found = list(Bureau.objects.filter(slug__in=slugs))
    missing = set(slugs) - {each.slug for each in found}
    if missing:
        raise CommandError(f"there is no bureau {', '.join(sorted(missing))}")
    return found
