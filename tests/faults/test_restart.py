"""kill -9 of everything at once, the supervisor first: the next start comes up, and work goes on."""

import hashlib

import pytest

from tests.faults import facts
from tests.faults.clients import Uploader
from tests.faults.ledger import Kept
from tests.faults.storm import World

pytestmark = [pytest.mark.faults, pytest.mark.timeout(420)]


def test_everything_is_killed_and_the_next_start_goes_on(after_the_storm: World) -> None:
    world, file = after_the_storm, after_the_storm.new_file(7 * 1024 * 1024)
    folder = world.people["staff"][0]["folder"]
    uploader = Uploader(world.staff[0].twin(), world.ledger, purpose="library.file", target=folder)
    content = file.content()
    path = uploader.declare(file.name, file.size)
    first = uploader.patch(path, content, 0)
    assert first.status == 204
    arrived = int(first.headers["upload-offset"])

    world.stack.kill_everything()
    world.stack.start()

    # Still signed in, and still as far as was acknowledged.
    assert uploader.offset(path, least=arrived) >= arrived
    uploader.send(path, content)
    world.ledger.keep(
        Kept(file.name, folder, file.size, hashlib.sha256(content).hexdigest(), uploader.result["id"])
    )
    world.settle()
    with world.stack.connect() as connection:
        problems = facts.problems(facts.read(connection, files_of=world.bureau), world.ledger)
    assert not problems, "\n  ".join(["", *problems])
