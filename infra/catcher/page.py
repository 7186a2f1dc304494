"""The page of the catcher: a list and one mail, on a loopback port of its own.

It has no scripts, loads nothing, escapes everything and reads only the catcher's folder. It answers only
to loopback names, so that a foreign page cannot read it by pointing its own name at 127.0.0.1.
"""

from __future__ import annotations

import html
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from .store import Summary, body_text, header, mail_names, mail_read, summary

SHOWN = 200
ZONE = ZoneInfo("Asia/Shanghai")
POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
STYLE = """
body { font: 15px/1.6 system-ui, "Noto Sans CJK SC", sans-serif; max-width: 60rem; margin: 2rem auto;
  padding: 0 1rem; color: #1d2733; background: #fff; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .4rem .6rem; border-bottom: 1px solid #d5dbe1; vertical-align: top;
  overflow-wrap: anywhere; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; padding: 1rem; background: #f3f5f7; }
a { color: #0b57a4; }
@media (prefers-color-scheme: dark) { body { color: #e4e9ee; background: #14191f; }
  pre { background: #1f262e; } a { color: #7db8f5; } th, td { border-color: #37414c; } }
"""


def document(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{html.escape(title)}</title><link rel="stylesheet" href="/style.css"></head>'
        f"<body><main><h1>{html.escape(title)}</h1>{body}</main></body></html>"
    )


def list_page(folder: Path) -> str:
    names = mail_names(folder)
    rows = "".join(list_row(entry) for name in names[:SHOWN] if (entry := summary(folder, name)))
    if not rows:
        return document("截获的邮件 Caught mail", "<p>还没有邮件。 No mail yet.</p>")
    note = f"<p>{len(names)} 封，显示最近 {min(SHOWN, len(names))} 封。 {len(names)} in all.</p>"
    head = "<tr><th>时间 Time</th><th>发件人 From</th><th>收件人 To</th><th>主题 Subject</th></tr>"
    return document(
        "截获的邮件 Caught mail", f"{note}<table><thead>{head}</thead><tbody>{rows}</tbody></table>"
    )


def list_row(entry: Summary) -> str:
    subject = html.escape(entry.subject) or "(—)"
    return (
        f"<tr><td>{entry.at.astimezone(ZONE):%Y-%m-%d %H:%M:%S}</td><td>{html.escape(entry.sender)}</td>"
        f'<td>{html.escape(entry.recipients)}</td><td><a href="/mail/{entry.name}">{subject}</a></td></tr>'
    )


def mail_page(folder: Path, name: str) -> str | None:
    message = mail_read(folder, name)
    if message is None:
        return None
    rows = "".join(
        f"<tr><th>{label}</th><td>{html.escape(header(message, field))}</td></tr>"
        for label, field in (
            ("发件人 From", "From"),
            ("收件人 To", "To"),
            ("实际收件人 Delivered to", "X-Caught-To"),
            ("日期 Date", "Date"),
        )
    )
    body = (
        f'<p><a href="/">← 全部 All</a> · <a href="/mail/{name}.eml">原文 Source</a></p>'
        f"<table><tbody>{rows}</tbody></table><pre>{html.escape(body_text(message))}</pre>"
    )
    return document(header(message, "Subject") or "(—)", body)


class Handler(BaseHTTPRequestHandler):
    """GET and HEAD of four kinds of path."""

    folder: Path
    server_version = "catcher"
    sys_version = ""
    timeout = 10

    def do_GET(self) -> None:  # noqa: N802
        if urlsplit(f"//{self.headers.get('Host', '')}").hostname not in ("127.0.0.1", "localhost"):
            self._answer(HTTPStatus.MISDIRECTED_REQUEST, "text/plain", b"Unknown host\n")
            return
        path = urlsplit(self.path).path
        if path == "/style.css":
            self._answer(HTTPStatus.OK, "text/css; charset=utf-8", STYLE.encode())
        elif path == "/":
            self._answer_page(list_page(self.folder))
        elif path.startswith("/mail/") and path.endswith(".eml"):
            message = mail_read(self.folder, path[6:-4])
            # As text, never as a mail or page that the browser would interpret.
            self._answer_bytes(message.as_bytes() if message else None, "text/plain; charset=utf-8")
        elif path.startswith("/mail/"):
            self._answer_page(mail_page(self.folder, path[6:]))
        else:
            self._answer_page(None)

    do_HEAD = do_GET

    def _answer_page(self, page: str | None) -> None:
        self._answer_bytes(
            page.encode("utf-8", errors="replace") if page else None, "text/html; charset=utf-8"
        )

    def _answer_bytes(self, content: bytes | None, media_type: str) -> None:
        if content is None:
            self._answer(HTTPStatus.NOT_FOUND, "text/plain", b"Not found\n")
        else:
            self._answer(HTTPStatus.OK, media_type, content)

    def _answer(self, status: HTTPStatus, media_type: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *arguments: object) -> None:
        """Keep quiet: paths of mails are of no use in a log."""


def page_server(folder: Path, port: int) -> ThreadingHTTPServer:
    """The HTTP server on 127.0.0.1, bound but not serving yet."""
    handler = type("BoundHandler", (Handler,), {"folder": folder})
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    server.daemon_threads = True
    return server
