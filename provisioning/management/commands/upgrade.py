from typing import Any

from django.core.management.base import BaseCommand

from asp.blobs import store
from tenants import fleet


class Command(BaseCommand):
    help = "Bring the public schema, the template, every bureau and the pool to the code's version; make the bucket."

    def handle(self, *args: Any, **options: Any) -> None:
        fleet.upgrade(lambda line: self.stdout.write(f"upgrade: {line}"))
        store.ensure_bucket()
        self.stdout.write("upgrade: the bucket is there")
