"""``python -m infra.catcher --folder DIR --smtp-port N --http-port N``: both servers in one process."""

from __future__ import annotations

import argparse
import signal
from pathlib import Path

from .page import page_server
from .smtp import smtp_controller


def main() -> None:
    parser = argparse.ArgumentParser(prog="infra.catcher")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--http-port", type=int, required=True)
    arguments = parser.parse_args()
    arguments.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    controller = smtp_controller(arguments.folder, arguments.smtp_port)
    server = page_server(arguments.folder, arguments.http_port)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)
    controller.start()
    try:
        server.serve_forever(poll_interval=0.2)
    finally:
        controller.stop()
        server.server_close()


def _leave(*_: object) -> None:
    raise SystemExit(0)


if __name__ == "__main__":
    main()
