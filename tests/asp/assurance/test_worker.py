"""The self-test in a real worker process, which works with the application's login."""

from collections.abc import Iterator
from typing import Any

import pytest

from asp.assurance.models import Run
from asp.assurance.services import self_test_start
from asp.audit.actor import Actor
from asp.audit.sealer import seal
from asp.audit.signing import heads_sign
from tenants.context import bureau_context
from tests.support.people import people


@pytest.fixture
def workers() -> Iterator[Any]:
    from tests.asp.jobs.waiting import Workers

    found = Workers()
    found.start()
    yield found
    for process in list(found.running):
        found.kill(process)


def test_everything_is_tried_and_everything_holds(fresh_bureau, workers):
    from tests.asp.jobs.waiting import until

    cast = people(fresh_bureau)
    with bureau_context(fresh_bureau):
        seal(full=True)
    heads_sign()
    with bureau_context(fresh_bureau):
        job = self_test_start(actor=Actor.of_account(cast.audit))
        until(lambda: Run.objects.filter(pk=job.pk).exists(), seconds=60)
        run = Run.objects.get(pk=job.pk)
    assert [each for each in run.results if each["outcome"] != "held"] == []
