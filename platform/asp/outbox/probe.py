"""Trying the route (线路检查): a message that its receiver answers, so that both ways have been gone."""

from asp.outbox.consumers import Received, consumes
from asp.outbox.services import message_send

PROBE = "outbox.probe.v1"
ANSWER = "outbox.probe_answered.v1"


@consumes("outbox.probe", scope="any")
def probe_received(message: Received) -> None:
    """Answer whoever asked."""
    message_send(to=message.sender, type=ANSWER, body={}, causation=message.id)


@consumes("outbox.probe_answered", scope="any")
def answer_received(message: Received) -> None:
    """Nothing to do: that it arrived is the answer; the relay's envelopes tell when."""
