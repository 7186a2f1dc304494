"""The mail catcher: takes everything, shows it safely, reads only its own folder."""

import email.policy
import http.client
import smtplib
import socket
import stat
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from pathlib import Path

import pytest

from infra.catcher.page import page_server
from infra.catcher.smtp import smtp_controller
from infra.catcher.store import mail_names, mail_read, mail_store


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def smtp_port(tmp_path: Path) -> Iterator[int]:
    controller = smtp_controller(tmp_path, free_port())
    controller.start()
    yield controller.port
    controller.stop()


@pytest.fixture
def page_port(tmp_path: Path) -> Iterator[int]:
    server = page_server(tmp_path, 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield int(server.server_address[1])
    server.shutdown()
    server.server_close()
    thread.join()


def get(port: int, path: str, host: str = "127.0.0.1") -> tuple[int, str, http.client.HTTPMessage]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.putrequest("GET", path, skip_host=True)
    connection.putheader("Host", host)
    connection.endheaders()
    response = connection.getresponse()
    answer = response.read().decode()
    connection.close()
    return response.status, answer, response.headers


def mail(subject: str = "激活账号", text: str = "您好") -> EmailMessage:
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"] = "通办 <tongban@localhost>"
    message["To"] = "张伟 <zhangwei@jiaoyu.example>"
    message["Subject"] = subject
    message.set_content(text)
    return message


def test_it_stores_many_mails_at_once_and_in_order(smtp_port: int, tmp_path: Path) -> None:
    def send(number: int) -> None:
        with smtplib.SMTP("127.0.0.1", smtp_port, timeout=10) as client:
            client.send_message(mail(f"第 {number} 封"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(send, range(24)))
    names = mail_names(tmp_path)
    assert len(names) == 24
    assert names == sorted(names, reverse=True)
    subjects = {str(message["Subject"]) for name in names if (message := mail_read(tmp_path, name))}
    assert subjects == {f"第 {number} 封" for number in range(24)}
    for path in tmp_path.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_page_lists_and_shows_a_mail(page_port: int, tmp_path: Path) -> None:
    assert "No mail yet" in get(page_port, "/")[1]
    name = mail_store(tmp_path, mail(text="请点击 http://localhost/a/b").as_bytes())
    status, listing, _ = get(page_port, "/")
    assert status == 200
    assert "激活账号" in listing
    status, shown, headers = get(page_port, f"/mail/{name}")
    assert status == 200
    assert "请点击 http://localhost/a/b" in shown
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    status, source, headers = get(page_port, f"/mail/{name}.eml")
    assert headers["Content-Type"].startswith("text/plain")
    assert "zhangwei@jiaoyu.example" in source


def test_it_escapes_what_strangers_write(page_port: int, tmp_path: Path) -> None:
    name = mail_store(tmp_path, mail("<script>alert(1)</script>", "<img src=x onerror=y>").as_bytes())
    html_only = EmailMessage()
    html_only["Subject"] = "html"
    html_only.set_content("<script>alert(2)</script>", subtype="html")
    other = mail_store(tmp_path, html_only.as_bytes())
    pages = get(page_port, "/")[1] + get(page_port, f"/mail/{name}")[1] + get(page_port, f"/mail/{other}")[1]
    assert "<script" not in pages
    assert "<img" not in pages
    assert "&lt;script&gt;alert(2)" in pages


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"Subject: =?bogus?Q?=ff?=\r\nContent-Type: text/plain; charset=no-such\r\n\r\n\xff",
        b"From: <<<>>>@@\r\nTo: " + b"a," * 300 + b"\r\nDate: never\r\n\r\nx",
        b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\n',
    ],
)
def test_a_broken_mail_does_not_break_the_page(page_port: int, tmp_path: Path, content: bytes) -> None:
    name = mail_store(tmp_path, content)
    assert get(page_port, "/")[0] == 200
    assert get(page_port, f"/mail/{name}")[0] == 200


@pytest.mark.parametrize(
    "path",
    ["/mail/../../etc/passwd", "/mail/..%2f..%2fetc%2fpasswd", "/mail/x.eml", "/secrets", "//etc/passwd"],
)
def test_it_reads_nothing_else(page_port: int, tmp_path: Path, path: str) -> None:
    (tmp_path / "x.eml").write_text("Subject: secret\n\nsecret")
    status, answer, _ = get(page_port, path)
    assert status == 404
    assert "secret" not in answer.replace("/secrets", "")


def test_it_follows_no_link_out_of_its_folder(page_port: int, tmp_path: Path) -> None:
    name = "20260101T000000000000Z-00000000"
    (tmp_path / f"{name}.eml").symlink_to("/etc/passwd")
    assert get(page_port, f"/mail/{name}")[0] == 404
    assert "root:" not in get(page_port, "/")[1]


def test_it_answers_to_loopback_names_only(page_port: int) -> None:
    assert get(page_port, "/", host="evil.example")[0] == 421
    assert get(page_port, "/", host=f"localhost:{page_port}")[0] == 200
