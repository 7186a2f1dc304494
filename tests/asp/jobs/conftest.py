"""Real worker processes. Imports stand inside: Django is not set up when this file is read."""

import secrets
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture
def workers() -> Iterator[Any]:
    """Start and kill worker processes; what is left is stopped."""
    from tests.asp.jobs.waiting import Workers

    found = Workers()
    yield found
    for process in list(found.running):
        process.terminate()
    for process in list(found.running):
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            found.kill(process)


@pytest.fixture
def flag() -> str:
    return secrets.token_hex(6)


@pytest.fixture(autouse=True)
def empty_queue() -> None:
    """Nothing of an earlier test waits in the queue, nor is sent again because its doorbell is there.

    Jobs that other tests left open would keep the few threads of a test's worker busy.
    """
    from asp.jobs import broker
    from tenants.context import host_context
    from tenants.models import Doorbell

    with host_context():
        Doorbell.objects.filter(kind="job").delete()
    broker.flush()
