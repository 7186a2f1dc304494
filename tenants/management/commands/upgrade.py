from typing import Any

from django.core.management.base import BaseCommand

from tenants import fleet


class Command(BaseCommand):
    help = "Bring the public schema, the template, every bureau and the pool to the code's version."

    def handle(self, *args: Any, **options: Any) -> None:
        fleet.upgrade(lambda line: self.stdout.write(f"upgrade: {line}"))
