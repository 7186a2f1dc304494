"""The real processes: they beat, they are scraped in one place, and their logs are JSON without content."""

import http.client
import json
import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.support.databases import worker_number
from tests.support.stack import Site, await_ready, site_on, start

QUEUES = 48  # Valkey databases from here on are these tests'
NAME, PASSWORD = "令狐铁柱", "Geheim-Wort-2026"
KINDS = {"web", "transfer", "worker", "provisioner", "scheduler"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    folder = tmp_path_factory.mktemp("stack")
    queue = QUEUES + worker_number(worker) % 16
    with site_on(f"{worker}s", queue=queue, folder=folder, SMTP_URL="", CATCHER_URL="") as running:
        running.finish(running.begin("upgrade"))  # makes the bucket
        start(running)
        await_ready(running)
        yield running


def until(condition: Callable[[], object], seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen"
        time.sleep(0.2)


def ask(port: int, path: str, *, host: str = "localhost", method: str = "GET", body: str = "",
        **headers: str) -> tuple[int, str, dict[str, str]]:  # fmt: skip
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, path, body or None, {"Host": host, **headers})
    answer = connection.getresponse()
    return answer.status, answer.read().decode(), dict(answer.getheaders())


def metrics(site: Site) -> str:
    """What the exposer says; nothing while the process that it runs in is still starting."""
    port = json.loads((site.data.path / "ports.json").read_text())["metrics"]
    try:
        status, text, _headers = ask(port, "/metrics")
    except ConnectionRefusedError:
        return ""
    assert status == 200
    return text


def lines(site: Site, name: str) -> list[dict[str, object]]:
    text = (site.data.path / "logs" / f"{name}.log").read_text()
    return [json.loads(each) for each in text.splitlines() if each.startswith("{")]


def sign_in_wrongly(site: Site) -> int:
    host = f"host.{site.programs.host}:{site.programs.port}"
    port, path = site.programs.port, "/accounts/sign-in/"
    _status, page, headers = ask(port, path, host=host)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    cookie = re.search(r"tb_csrf=([^;]+)", headers.get("Set-Cookie", ""))
    assert token
    assert cookie
    body = urlencode({"identifier": NAME, "password": PASSWORD, "csrfmiddlewaretoken": token[1]})
    return ask(
        port,
        path,
        host=host,
        method="POST",
        body=body,
        Cookie=f"tb_csrf={cookie[1]}",
        Origin=f"http://{host}",
        **{"Content-Type": "application/x-www-form-urlencoded"},
    )[0]


def test_every_process_beats_and_is_seen(site: Site) -> None:
    def beating() -> set[str]:
        return set(re.findall(r'tongban_process_rss_bytes\{[^}]*process="(\w+)"', metrics(site)))

    until(lambda: beating() >= KINDS)
    until(lambda: 'tongban_health{check="scheduler"} 0.0' in metrics(site))
    assert 'tongban_health{check="processes"} 0.0' in metrics(site)


def test_requests_are_counted_over_all_web_processes_and_told_without_content(site: Site) -> None:
    assert sign_in_wrongly(site) == 422
    _status, _page, headers = ask(site.programs.port, f"/no/such/?name={PASSWORD}")
    number = headers["X-Request-Id"]
    until(lambda: number in (site.data.path / "logs" / "web.log").read_text())
    found = [each for each in lines(site, "web") if each["logger"] == "asp.access"]
    assert {"host", "hall"} <= {each["site"] for each in found}
    (line,) = [each for each in found if each["request_id"] == number]
    assert (line["process"], line["route"], line["status"]) == ("web", "none", 404)
    text = metrics(site)
    pattern = (
        r'tongban_requests_total\{process="web",route="accounts:sign-in",site="host",status="4xx"\} (\d)'
    )
    assert re.search(pattern, text)
    assert 'tongban_sign_ins_total{result="failed",site="host"} 1.0' in text


def test_no_log_of_any_process_holds_what_was_entered(site: Site) -> None:
    sign_in_wrongly(site)
    logs = sorted((site.data.path / "logs").glob("*.log*"))
    logs += sorted((Path(os.environ["DATA_DIR"]) / "logs").glob("*.log*"))
    assert {path.stem for path in logs} >= KINDS - {"provisioner"}
    for path in logs:
        text = path.read_text(errors="replace")
        for secret in (NAME, PASSWORD):
            assert secret not in text, path


def test_the_public_port_does_not_lead_to_the_metrics(site: Site) -> None:
    for host in ("localhost", f"host.{site.programs.host}", "127.0.0.1"):
        status, text, _headers = ask(site.programs.port, "/metrics", host=f"{host}:{site.programs.port}")
        assert status == 404
        assert "tongban_" not in text


def test_the_database_keeps_statements_and_details_to_itself() -> None:
    from asp.operations import probe

    sql = (
        "SELECT current_setting('log_min_messages'), current_setting('log_error_verbosity'), "
        "current_setting('log_min_error_statement'), current_setting('log_statement')"
    )
    assert probe.row(sql) == ("log", "terse", "panic", "none")
