"""A browser without a screen: cookies, forms and uploads over HTTP. It reaches `*.localhost` by Host header."""

import http.client
import re
import select
import socket
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

TIMEOUT = 25.0
CSRF_COOKIE = "tb_csrf"


class Unanswered(Exception):
    """No whole answer came: whatever was asked for may or may not have happened."""


@dataclass(frozen=True)
class Answer:
    """One whole answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def location(self) -> str:
        """Path of the address that a redirect leads to."""
        parts = urlsplit(self.headers.get("location", ""))
        return parts.path + (f"?{parts.query}" if parts.query else "")

    @property
    def is_repeated(self) -> bool:
        """Whether it was given before, to the same request."""
        return self.headers.get("idempotent-replayed") == "true"

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", errors="replace")

    @property
    def words(self) -> str:
        """The page's text in short, for messages."""
        text = re.sub(r"(?s)<(script|style|head|nav|header)\b.*?</\1>|<[^>]+>", " ", self.text)
        return f"{self.status} " + re.sub(r"\s+", " ", text).strip()[:400]


def _form(values: Mapping[str, object] | None) -> bytes:
    return urlencode(values or {}, doseq=True).encode()


class Browser:
    """One browser at one site. `source` is the loopback address that it comes from: limits count by it."""

    def __init__(self, *, port: int, host: str, source: str = "127.0.0.1") -> None:
        self.port = port
        self.host = f"{host}:{port}"
        self.source = source
        self.cookies: dict[str, str] = {}

    def twin(self) -> "Browser":
        """Another window of the same browser."""
        other = Browser(port=self.port, host=self.host.rpartition(":")[0], source=self.source)
        other.cookies = dict(self.cookies)
        return other

    def request(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        *,
        timeout: float = TIMEOUT,
    ) -> Answer:
        """Ask and wait for the whole answer. Raises Unanswered."""
        connection = self._connection(timeout)
        try:
            connection.request(method, path, body or None, self._headers(headers))
            response = connection.getresponse()
            found = Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
            self._remember(response)
        except (OSError, http.client.HTTPException) as error:
            raise Unanswered(f"{method} {self.host}{path}: {type(error).__name__} {error}") from error
        finally:
            connection.close()
        return found

    def get(self, path: str) -> Answer:
        return self.request("GET", path)

    def post(self, path: str, values: Mapping[str, object] | None = None, *, key: str = "") -> Answer:
        """Send a form in as a page of this site would; the same `key` once more is the same request."""
        return self.request("POST", path, _form(values), self._form_headers(key))

    def post_unheard(self, path: str, values: Mapping[str, object] | None = None, *, key: str = "") -> None:
        """The same, and go away when the answer comes, without reading it: it was lost on its way."""
        body = _form(values)
        with closing(self._connection(TIMEOUT)) as connection, suppress(OSError, http.client.HTTPException):
            connection.request("POST", path, body or None, self._headers(self._form_headers(key)))
            select.select([connection.sock], [], [], TIMEOUT)

    def _form_headers(self, key: str) -> dict[str, str]:
        return {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-CSRFToken": self.cookies.get(CSRF_COOKIE, ""),
            **({"Idempotency-Key": key} if key else {}),
        }

    def cut_off(self, method: str, path: str, body: bytes, headers: Mapping[str, str], *, sent: int) -> None:
        """Begin a request, send the first `sent` bytes of its body, and go away."""
        # Whatever goes wrong here: it was to be cut off anyway.
        with closing(self._connection(TIMEOUT)) as connection, suppress(OSError, http.client.HTTPException):
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in {**self._headers(headers), "Content-Length": str(len(body))}.items():
                connection.putheader(name, value)
            connection.endheaders()
            connection.send(body[:sent])
            if connection.sock is not None:
                connection.sock.shutdown(socket.SHUT_RDWR)

    def _connection(self, timeout: float) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=timeout, source_address=(self.source, 0)
        )

    def _headers(self, more: Mapping[str, str] | None) -> dict[str, str]:
        headers = {
            "Host": self.host,
            "Origin": f"http://{self.host}",
            "Sec-Fetch-Site": "same-origin",
            "Accept-Language": "en",
        }
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return headers | dict(more or {})

    def _remember(self, response: http.client.HTTPResponse) -> None:
        for header in response.headers.get_all("Set-Cookie") or ():
            for name, morsel in SimpleCookie(header).items():
                if morsel["max-age"] == "0" or not morsel.value:
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value
