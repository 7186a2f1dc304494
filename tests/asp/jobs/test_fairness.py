"""Sites take turns, whatever one of them has asked for."""

import threading
import time

import pytest

from asp.jobs import broker, line
from asp.jobs.models import JobState

from . import work
from .waiting import row, start, until

MANY = 120


@pytest.fixture
def client():
    return broker.get_broker().client


def let_in(client, queue, count, site):
    return [entry for number in range(count) for entry in line.offer(client, queue, f"{site}-{number}", site)]


def test_no_site_has_more_than_its_share_under_way(client):
    entries = let_in(client, "default", 50, "b:a")
    assert [job for job, _site in entries] == [f"b:a-{number}" for number in range(line.MOST_OF_A_SITE)]
    assert let_in(client, "default", 1, "b:b") == [("b:b-0", "b:b")], "another does not wait behind fifty"
    assert line.ended(client, "default", "b:a-0") == [("b:a-3", "b:a")]


def test_together_they_have_not_more_than_the_queue_takes(client):
    entries = [entry for number in range(20) for entry in let_in(client, "default", 5, f"b:{number}")]
    assert len(entries) == line.MOST_UNDER_WAY
    first = entries[0][0]
    (next_one,) = line.ended(client, "default", first)
    assert next_one[1] not in {site for _job, site in entries}, "those who had nothing yet come first"


def test_an_offer_is_one_place_however_often_it_is_made(client):
    for _time in range(3):
        line.offer(client, "default", "x", "b:a")
    assert line.waiting(client, "default") == 0
    assert client.hlen("line:default:under_way") == 1
    line.ended(client, "default", "x")
    line.ended(client, "default", "x")
    assert client.hgetall("line:default:shares") == {}
    assert line.offer(client, "default", "x", "b:a") == [("x", "b:a")], "once it has ended it may come again"


def test_nothing_is_left_out_by_many_at_once(client):
    seen, lock = [], threading.Lock()

    def one(site):
        for number in range(40):
            entries = line.offer(client, "default", f"{site}-{number}", site)
            while entries:
                with lock:
                    seen.extend(entries)
                entries = [each for job, _site in entries for each in line.ended(client, "default", job)]

    threads = [threading.Thread(target=one, args=[f"b:{number}"]) for number in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(seen) == len(set(seen)) == 240
    assert line.waiting(client, "default") == 0


def test_a_single_job_starts_while_another_bureau_has_a_hundred(make_bureau, workers):
    crowd, alone = make_bureau(), make_bureau()
    workers.start()
    warm = start(alone, work.add, a=0, b=0)
    until(lambda: row(alone, warm).state == JobState.DONE)
    jobs = [start(crowd, work.nap) for _number in range(MANY)]
    began = time.monotonic()
    job = start(alone, work.add, a=1, b=1)
    until(lambda: row(alone, job).state == JobState.DONE, step=0.01)
    waited = time.monotonic() - began
    done = sum(row(crowd, each).state == JobState.DONE for each in jobs)
    assert done < MANY, "the crowd was through before: the test says nothing"
    assert waited < 2.0
    until(lambda: all(row(crowd, each).state == JobState.DONE for each in jobs[-3:]))
