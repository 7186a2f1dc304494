"""`manage.py relay`: the process that carries messages from site to site."""

from asp.jobs.loop import LoopCommand
from asp.outbox.relay.relay import Relay


class Command(LoopCommand):
    help = "Run the relay. Several may run; one is active, another takes over when it ends."
    loop = Relay
