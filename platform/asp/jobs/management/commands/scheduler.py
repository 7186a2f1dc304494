"""`manage.py scheduler`: the process that wakes sealing, sending, periodic work and lost jobs."""

import signal
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand

from asp.jobs import companions
from asp.jobs.scheduler import Scheduler


class Command(BaseCommand):
    help = "Run the scheduler. Several may run; one is active, another takes over when it ends."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        scheduler = Scheduler()

        def stop(_signum: int, _frame: FrameType | None) -> None:
            scheduler.stop()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        companions.start()
        scheduler.run()
