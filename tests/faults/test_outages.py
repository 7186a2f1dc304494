"""One part is away for a while, and people go on: they get clear answers, and their work is done later."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.faults import facts
from tests.faults.browser import Answer
from tests.faults.clients import Uploader, approval, note_approval, upload
from tests.faults.ledger import Kept
from tests.faults.storm import World

pytestmark = [pytest.mark.faults, pytest.mark.timeout(420)]
AT_ONCE = 6


def assert_whole(world: World) -> None:
    """Everything is at rest and nothing is wrong."""
    world.settle()
    with world.stack.connect() as connection:
        connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        problems = facts.problems(facts.read(connection, files_of=world.bureau), world.ledger)
    assert not problems, "\n  ".join(["", *problems])


def test_an_upload_while_s3_is_down_is_refused_for_now_and_resumed(after_the_storm: World) -> None:
    world, file = after_the_storm, after_the_storm.new_file(7 * 1024 * 1024)
    folder = world.people["staff"][0]["folder"]
    uploader = Uploader(world.staff[0].twin(), world.ledger, purpose="library.file", target=folder)
    content = file.content()
    path = uploader.declare(file.name, file.size)
    first = uploader.patch(path, content, 0)
    assert first.status == 204
    arrived = int(first.headers["upload-offset"])
    with world.stack.held_down("s3"):
        answer = uploader.patch(path, content, arrived)
        assert answer.status == 503, answer.text
        assert int(answer.headers["retry-after"]) > 0
        assert answer.headers["tb-error-code"]
        assert uploader.offset(path, least=arrived) == arrived
    uploader.send(path, content)
    world.ledger.keep(
        Kept(
            name=file.name,
            folder=folder,
            size=file.size,
            sha256=hashlib.sha256(content).hexdigest(),
            node=uploader.result["id"],
        )
    )
    assert_whole(world)


def test_approved_while_valkey_is_down_the_office_is_opened_later(after_the_storm: World) -> None:
    """The job is in the database and its doorbell rings: the sweep sends what the queue never got."""
    world = after_the_storm
    applicant = world.new_applicant()
    with world.stack.held_down("valkey"):
        answer = world.console.twin().post(
            f"/applications/{applicant.application}/approve/", approval(applicant)
        )
        assert answer.status == 302, answer.words
        assert note_approval(world.ledger, applicant, answer)
    upload(
        world.staff[1].twin(),
        world.ledger,
        folder=world.people["staff"][1]["folder"],
        file=world.new_file(100_000),
    )
    assert_whole(world)


def test_pressed_many_times_at_once_one_office_is_opened(after_the_storm: World) -> None:
    """A double click, or the same page in several windows."""
    world = after_the_storm
    applicant = world.new_applicant()
    barrier = Barrier(AT_ONCE)

    def press(_number: int) -> Answer:
        window = world.console.twin()
        barrier.wait(timeout=20)
        return window.post(f"/applications/{applicant.application}/approve/", approval(applicant))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(press, range(AT_ONCE)))
    assert sorted(answer.status for answer in answers) == [302] + [409] * (AT_ONCE - 1)
    note_approval(world.ledger, applicant, answers[0])
    assert "has decided this application meanwhile" in next(a for a in answers if a.status == 409).text
    assert_whole(world)


def test_one_form_sent_many_times_at_once_is_answered_alike_each_time(after_the_storm: World) -> None:
    """The same request under its key: one does the work, the others wait for it and are told what it was told."""
    world = after_the_storm
    applicant = world.new_applicant()
    barrier = Barrier(AT_ONCE)

    def send(_number: int) -> Answer:
        window = world.console.twin()
        barrier.wait(timeout=20)
        return window.post(
            f"/applications/{applicant.application}/approve/", approval(applicant), key="one-form-of-the-page"
        )

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(send, range(AT_ONCE)))
    assert {(answer.status, answer.location) for answer in answers} == {(302, answers[0].location)}
    assert sum(not answer.is_repeated for answer in answers) == 1
    note_approval(world.ledger, applicant, answers[0])
    assert_whole(world)
