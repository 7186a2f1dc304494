"""`manage.py upgrade`: what every start does before the sites answer."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from asp.blobs import store
from provisioning.management.fleet_words import summary, teller
from provisioning.services import fleet_upgraded
from tenants import fleet


class Command(BaseCommand):
    help = "Bring the public schema, the template, every bureau and the pool to the code's version; make the bucket."

    def handle(self, *args: Any, **options: Any) -> None:
        """An office that fails stays under maintenance; the others, and the console that shows why, shall start."""
        translation.activate("en")

        def say(line: str) -> None:
            self.stdout.write(f"upgrade: {line}")

        outcome = fleet.upgrade(report=say, tell=teller(say))
        fleet_upgraded(outcome=outcome)
        say(summary(outcome))
        store.ensure_bucket()
        say("the bucket is there")
