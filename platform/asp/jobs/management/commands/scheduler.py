"""`manage.py scheduler`: the process that wakes sealing, sending, periodic work and lost jobs."""

from asp.jobs.loop import LoopCommand
from asp.jobs.scheduler import Scheduler


class Command(LoopCommand):
    help = "Run the scheduler. Several may run; one is active, another takes over when it ends."
    loop = Scheduler
