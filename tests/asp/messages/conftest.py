"""A mail relay of our own that can be down, refuse, or take everything."""

import dataclasses
import email
import socket
from collections.abc import Callable, Iterator
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from django.conf import settings as django_settings

TEMPLATES = {
    "tests.hello.en.txt": "Hello {{ name }}\nDear {{ name }},\n\n{{ link }}\n",
    "tests.hello.zh-hans.txt": "您好，{{ name }}\n{{ name }}：\n\n{{ link }}\n",
    "tests.broken.en.txt": "Broken\n{% for x in 5 %}{% endfor %}{{ name|divisibleby:0 }}\n",
}


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Relay:
    """Remembers what it took. `refuse` answers recipients with a code."""

    def __init__(self) -> None:
        self.port = free_port()
        self.taken: list[EmailMessage] = []
        self.refuse: str | None = None
        self._controller: Controller | None = None

    def up(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def down(self) -> None:
        if self._controller:
            self._controller.stop()
            self._controller = None

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        self.taken.append(email.message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def set_asp(monkeypatch) -> Callable[..., None]:
    """Change settings.ASP for one test."""

    def change(**values: object) -> None:
        monkeypatch.setattr(django_settings, "ASP", dataclasses.replace(django_settings.ASP, **values))

    return change


@pytest.fixture
def relay(set_asp) -> Iterator[Relay]:
    found = Relay()
    set_asp(smtp_url=f"smtp://127.0.0.1:{found.port}")
    found.up()
    yield found
    found.down()


@pytest.fixture(autouse=True)
def templates(tmp_path: Path, monkeypatch) -> None:
    """Templates that only these tests have."""
    from django.template import engines

    folder = tmp_path / "messages"
    folder.mkdir()
    for name, text in TEMPLATES.items():
        (folder / name).write_text(text)
    engine = engines["django"].engine
    monkeypatch.setattr(engine, "dirs", [*engine.dirs, str(tmp_path)])
    for loader in engine.template_loaders:
        if hasattr(loader, "reset"):
            loader.reset()
