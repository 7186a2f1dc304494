"""The scrape endpoint: a loopback port of its own in the scheduler's process, never behind the front proxy."""

import logging
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from django.conf import settings
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector

from tenants.observe import metrics

log = logging.getLogger(__name__)


def text() -> bytes:
    """Return all metrics of this machine's processes, and what is read now."""
    from asp.operations.figures import Figures

    registry = CollectorRegistry()
    if metrics.FOLDER:
        MultiProcessCollector(registry, path=metrics.FOLDER)  # type: ignore[no-untyped-call]
    registry.register(Figures())
    own = b"" if metrics.FOLDER else generate_latest(metrics.REGISTRY)
    return own + generate_latest(registry)


class _Handler(BaseHTTPRequestHandler):
    server_version = "tongban"
    sys_version = ""

    def do_GET(self) -> None:
        """One address; everything else does not exist."""
        if self.path != "/metrics":
            self.send_error(404)
            return
        try:
            body = text()
        except Exception:
            log.exception("the metrics cannot be told")
            self.send_error(500)
            return
        self.send_response(200)
        self.send_header("Content-Type", CONTENT_TYPE_LATEST)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """A scrape is no news."""


def serve(port: int) -> ThreadingHTTPServer:
    """Listen on 127.0.0.1; raises OSError if the port is taken."""
    server = ThreadingHTTPServer(("127.0.0.1", port), _Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server


def start() -> None:
    """Begin to answer if a port is set; a second scheduler of this machine leaves it to the first."""
    port = settings.ASP.metrics_port
    if not port:
        return
    try:
        serve(port)
    except OSError as error:
        log.warning("no metrics on port %s: %s", port, error)
