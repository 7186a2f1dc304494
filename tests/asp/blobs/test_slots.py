"""Senders that stall do not take all threads: a person has few slots, and some threads always stay."""

import socket
import time

from asp.blobs.slots import _taken
from tests.asp.blobs import people, support
from tests.asp.blobs.support import Tus, content
from tests.asp.blobs.test_upload_parallel import wait_for_writer

SIZE = 200_000


def test_who_stalls_has_to_wait_and_others_do_not(tus: Tus, settings) -> None:
    settings.UPLOAD_SLOTS_PER_OWNER = 1
    body = content(SIZE)
    stalled, second = tus.location(SIZE), tus.location(SIZE)
    other = Tus(client := people.staff_client(tus.site.bureau), client.site)
    with support.http_server() as port, socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(support.request_head(tus.client, stalled, 0, SIZE) + body[:1000])
        wait_for_writer(tus, stalled)
        started = time.monotonic()
        with socket.create_connection(("127.0.0.1", port)) as refused:
            # Its body does not come either: the answer must not wait for it.
            refused.sendall(support.request_head(tus.client, second, 0, SIZE) + body[:1000])
            status, headers = support.answer(refused)
        assert (status, headers["retry-after"]) == (503, "5")
        assert time.monotonic() - started < 5
        assert tus.offset(second) == 0
        assert other.whole(body, name="另一人.bin")["name"] == "另一人.bin"
        line.sendall(body[1000:])
        assert support.answer(line)[0] == 204
    assert tus.patch(second, 0, body).status_code == 204
    assert not _taken, "every slot is given back"


def test_some_threads_stay_free_whoever_sends(tus: Tus, settings) -> None:
    settings.UPLOAD_SLOTS = 1
    body = content(SIZE)
    stalled = tus.location(SIZE)
    other = Tus(client := people.staff_client(tus.site.bureau), client.site)
    with support.http_server() as port, socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(support.request_head(tus.client, stalled, 0, SIZE) + body[:1000])
        wait_for_writer(tus, stalled)
        location = other.location(SIZE)
        assert other.patch(location, 0, body).status_code == 503
        assert other.offset(location) == 0
        line.sendall(body[1000:])
        assert support.answer(line)[0] == 204
    assert other.patch(location, 0, body).status_code == 204
    assert not _taken
