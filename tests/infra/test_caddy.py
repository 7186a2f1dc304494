"""The front proxy, run for real in front of two small upstreams."""

import contextlib
import http.client
import json
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from infra.caddy import BODY_LIMIT, Front, configuration_write
from infra.datadir import DataDir
from infra.programs import listens
from infra.tools import program


class Echo(BaseHTTPRequestHandler):
    """Says which upstream it is and what it was sent."""

    name = ""

    def do_GET(self) -> None:  # noqa: N802
        size = self._chunked_size() if self.headers.get("Transfer-Encoding") else self._plain_size()
        headers = {key.lower(): value for key, value in self.headers.items()}
        answer = json.dumps({"name": self.name, "size": size, "headers": headers}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_POST = do_PATCH = do_GET

    def _plain_size(self) -> int:
        return len(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def _chunked_size(self) -> int:
        total = 0
        while length := int(self.rfile.readline() or b"0", 16):
            total += len(self.rfile.read(length + 2)) - 2
        return total

    def log_message(self, format: str, *arguments: object) -> None:
        """Quiet."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    data = DataDir(tmp_path_factory.mktemp("caddy"))
    data.prepare()
    servers = []
    for name in ("web", "transfer", "realtime"):
        server = ThreadingHTTPServer(("127.0.0.1", 0), type(name, (Echo,), {"name": name}))
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
    port = free_port()
    config = configuration_write(
        data,
        Front(
            bind="127.0.0.1",
            port=port,
            base_domain="localhost",
            scheme="http",
            web_port=servers[0].server_address[1],
            transfer_port=servers[1].server_address[1],
            realtime_port=servers[2].server_address[1],
        ),
    )
    environment = {"HOME": str(data.path), "XDG_DATA_HOME": str(data.path), "XDG_CONFIG_HOME": str(data.path)}
    caddy = subprocess.Popen(
        [program("caddy"), "run", "--config", config], env=environment, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 15
    while not listens(port):
        assert caddy.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    yield port
    caddy.terminate()
    caddy.wait(timeout=15)
    for server in servers:
        server.shutdown()
        server.server_close()


def request(
    port: int,
    path: str,
    *,
    host: str = "localhost",
    method: str = "GET",
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
    chunked: bool = False,
) -> tuple[int, str, http.client.HTTPMessage]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    sent = {"Host": f"{host}:{port}", **(headers or {})}
    content = iter([body]) if chunked and body is not None else body
    connection.request(method, path, body=content, headers=sent, encode_chunked=chunked)
    response = connection.getresponse()
    answer = response.read().decode()
    connection.close()
    return response.status, answer, response.headers


@pytest.mark.parametrize(
    ("host", "path", "name"),
    [
        ("localhost", "/", "web"),
        ("jiaoyu.localhost", "/library/", "web"),
        ("jiaoyu.localhost", "/uploads/", "transfer"),
        ("jiaoyu.localhost", "/uploads/0190", "transfer"),
        ("jiaoyu.localhost", "/uploadsx", "web"),
        ("a1b2.content.localhost", "/any", "transfer"),
        ("a1b2.content.localhost", "/live/stream", "transfer"),
        ("jiaoyu.localhost", "/live/stream", "realtime"),
        ("jiaoyu.localhost", "/live/ticket", "web"),
        ("content.localhost", "/", "web"),
        ("oa.example.gov.cn", "/", "web"),
    ],
)
def test_it_routes_by_host_and_path(front: int, host: str, path: str, name: str) -> None:
    status, answer, _ = request(front, path, host=host)
    assert status == 200
    assert json.loads(answer)["name"] == name


@pytest.mark.parametrize("path", ["/", "/uploads/"])
def test_it_does_not_believe_what_clients_say_about_themselves(front: int, path: str) -> None:
    forged = {
        "X-Forwarded-For": "6.6.6.6",
        "X_Forwarded_For": "6.6.6.6",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "evil.example",
        "X-Real-IP": "6.6.6.6",
        "Forwarded": "for=6.6.6.6",
        "Proxy": "6.6.6.6",
    }
    headers = json.loads(request(front, path, headers=forged)[1])["headers"]
    assert headers["x-forwarded-for"] == "127.0.0.1"
    assert headers["x-forwarded-proto"] == "http"
    assert headers["x-forwarded-host"] == f"localhost:{front}"
    assert "6.6.6.6" not in json.dumps(headers)
    assert not any("_" in name for name in headers)


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_of_1_mb_passes(front: int, chunked: bool) -> None:
    status, answer, _ = request(front, "/x", method="POST", body=b"x" * BODY_LIMIT, chunked=chunked)
    assert (status, json.loads(answer)["size"]) == (200, BODY_LIMIT)


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("excess", [1, 3_000_000])
def test_a_larger_body_gets_a_clear_page(front: int, chunked: bool, excess: int) -> None:
    """Sent as browsers do it: when the other side stops listening, look at what it said."""
    size = BODY_LIMIT + excess
    length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {size}"
    body = b"%x\r\n%b\r\n0\r\n\r\n" % (size, b"x" * size) if chunked else b"x" * size
    with socket.create_connection(("127.0.0.1", front), timeout=10) as connection:
        connection.sendall(f"POST /x HTTP/1.1\r\nHost: localhost\r\n{length}\r\n\r\n".encode())
        with contextlib.suppress(ConnectionError):
            connection.sendall(body)
        answer = b""
        with contextlib.suppress(ConnectionError):
            while b"</html>" not in answer and (chunk := connection.recv(65536)):
                answer += chunk
    text = answer.decode()
    assert text.startswith("HTTP/1.1 413")
    assert "最多 1 MB" in text
    assert "at most 1 MB" in text
    assert "Content-Security-Policy: default-src 'none'" in text


def test_uploads_may_be_larger(front: int) -> None:
    status, answer, _ = request(front, "/uploads/1", method="PATCH", body=b"x" * (3 * BODY_LIMIT))
    assert (status, json.loads(answer)["size"]) == (200, 3 * BODY_LIMIT)


def test_it_names_no_product(front: int) -> None:
    headers = request(front, "/")[2]
    assert "Caddy" not in str(headers)


def test_the_file_has_no_admin_endpoint_and_keeps_to_its_folder(tmp_path: Path) -> None:
    data = DataDir(tmp_path)
    data.prepare()
    front = Front(
        bind="::1", port=80, base_domain="x.cn", scheme="https", web_port=1, transfer_port=2, realtime_port=3
    )
    config = json.loads(Path(configuration_write(data, front)).read_text())
    assert config["admin"] == {"disabled": True, "config": {"persist": False}}
    assert config["storage"]["root"] == str(tmp_path / "caddy")
    server = config["apps"]["http"]["servers"]["front"]
    assert server["listen"] == ["[::1]:80"]
    assert server["automatic_https"] == {"disable": True}
    assert "trusted_proxies" not in server
