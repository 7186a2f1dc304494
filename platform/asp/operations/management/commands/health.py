"""`manage.py health`: the health page for machines."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand

from asp.operations import board
from tenants.observe.checks import Status

EXIT = {Status.OK: 0, Status.WARNING: 1, Status.WRONG: 2}


class Command(BaseCommand):
    help = "Print every health check as JSON. Exit status: 0 in order, 1 warnings, 2 something is wrong."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """One object; its words are in the host's language."""
        found = board.look(fresh=True)
        answer = {
            "status": found.status.value,
            "checks": [
                {
                    "code": line.code,
                    "status": line.status.value,
                    "title": line.title,
                    "text": line.text,
                    "advice": line.advice,
                    "ms": round(line.seconds * 1000),
                }
                for line in found.lines
            ],
        }
        self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
        self.stdout.flush()
        sys.exit(EXIT[found.status])
