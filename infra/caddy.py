"""The front proxy of the embedded mode: one port, every site its own origin, as in production.

The configuration is generated whole, as JSON. No admin endpoint, no certificates, no access log: paths
carry one-time links and tracking codes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from .datadir import DataDir, write_private

BODY_LIMIT = 1024 * 1024

PAGE = """<!doctype html>
<html lang="zh-Hans"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><main><h1>{title}</h1><p>{zh}</p><p lang="en">{en}</p></main></body></html>
"""
TOO_LARGE = PAGE.format(
    title="413 · 提交的内容过大 Too large",
    zh="一次提交最多 1 MB。文件请用页面上的上传按钮提交。请返回上一页重试，已保存的内容没有变化。",
    en="One submission may hold at most 1 MB. Send files with the upload button of the page. "
    "Go back and try again; nothing that was saved has changed.",
)
UNAVAILABLE = PAGE.format(
    title="系统暂时不可用 Temporarily unavailable",
    zh="服务正在启动或恢复，请稍后刷新本页。",
    en="The service is starting or recovering. Please reload this page in a moment.",
)


@dataclass(frozen=True, kw_only=True)
class Front:
    """What the proxy needs to know. `trusted` are CIDR ranges of proxies in front of this one."""

    bind: str
    port: int
    base_domain: str
    scheme: str
    web_port: int
    transfer_port: int
    realtime_port: int
    trusted: tuple[str, ...] = ()


def upstream(front: Front, port: int, *, buffered: bool) -> dict[str, Any]:
    """A reverse_proxy handler to `port` on 127.0.0.1."""
    handler: dict[str, Any] = {
        "handler": "reverse_proxy",
        "upstreams": [{"dial": f"127.0.0.1:{port}"}],
        "transport": {"protocol": "http", "dial_timeout": "2s", "keep_alive": {"idle_timeout": "20s"}},
        # A request waits for a process that is being started again instead of failing at once. Only
        # failed connections are tried again: nothing is ever sent twice.
        "load_balancing": {"try_duration": "5s", "try_interval": "100ms"},
        "headers": {
            "request": {
                # The proxy itself sets X-Forwarded-For and -Host and drops what clients say. WSGI maps
                # `X_Forwarded_For` to the same variable, so names with an underscore go as well.
                "delete": ["*_*", "Forwarded", "X-Real-Ip", "X-Accel-*", "Proxy"],
                "set": {"X-Forwarded-Proto": [front.scheme]},
            },
        },
    }
    if buffered:
        # Slow clients wait here, not in one of the few threads of the web process. Never more than the
        # limit: what the limit cuts off inside the buffer would be passed on as if it were whole.
        handler["request_buffers"] = BODY_LIMIT
        handler["response_buffers"] = 4 * BODY_LIMIT
        handler["transport"]["response_header_timeout"] = "60s"
    return handler


def event_stream(front: Front) -> dict[str, Any]:
    """The realtime process: every piece is passed on at once, and a process that is away is not waited for.

    Pages come back by themselves, and ask for news until then.
    """
    handler = upstream(front, front.realtime_port, buffered=False)
    handler["flush_interval"] = -1
    del handler["load_balancing"]
    return handler


def routes(front: Front) -> list[dict[str, Any]]:
    transfer = upstream(front, front.transfer_port, buffered=False)
    too_large = (
        '{http.request.header.Content-Length} != "" && '
        f"double({{http.request.header.Content-Length}}) > {BODY_LIMIT}.0"
    )
    compressed = {
        "handler": "encode",
        "encodings": {"gzip": {"level": 5}},
        "minimum_length": 1024,
        # Pages are left alone: they carry secrets beside text that others may choose (BREACH).
        "match": {"headers": {"Content-Type": ["text/css*", "text/javascript*", "image/svg+xml*"]}},
    }
    return [
        {
            "match": [
                {"host": [f"*.content.{front.base_domain}"]},
                {"path": ["/uploads", "/uploads/*"]},
            ],
            "handle": [transfer],
            "terminal": True,
        },
        {
            "match": [{"path": ["/live/stream"]}],
            "handle": [event_stream(front)],
            "terminal": True,
        },
        {
            "match": [{"expression": {"expr": too_large, "name": "too_large"}}],
            "handle": [{"handler": "error", "status_code": 413, "error": "request body too large"}],
        },
        {
            "handle": [
                {"handler": "request_body", "max_size": BODY_LIMIT},
                compressed,
                upstream(front, front.web_port, buffered=True),
            ]
        },
    ]


def error_routes() -> list[dict[str, Any]]:
    def answer(body: str) -> dict[str, Any]:
        return {
            "handler": "static_response",
            "status_code": "{http.error.status_code}",
            "body": body,
            "headers": {
                "Content-Type": ["text/html; charset=utf-8"],
                "Content-Security-Policy": ["default-src 'none'"],
                "X-Content-Type-Options": ["nosniff"],
                "Cache-Control": ["no-store"],
            },
        }

    status_is_413 = {"expression": {"expr": "{http.error.status_code} == 413", "name": "is_413"}}
    return [
        {"match": [status_is_413], "handle": [answer(TOO_LARGE)], "terminal": True},
        {"handle": [answer(UNAVAILABLE)]},
    ]


def configuration(front: Front, storage: str) -> dict[str, Any]:
    """Caddy's whole configuration."""
    bind = f"[{front.bind}]" if ":" in front.bind else front.bind
    server: dict[str, Any] = {
        "listen": [f"{bind}:{front.port}"],
        "protocols": ["h1"],
        "automatic_https": {"disable": True},
        "read_header_timeout": "15s",
        # Long enough for one part of a big upload on a slow line.
        "read_timeout": "30m",
        "idle_timeout": "2m",
        "max_header_bytes": 64 * 1024,
        "routes": [
            {"handle": [{"handler": "headers", "response": {"deferred": True, "delete": ["Server", "Via"]}}]},
            *routes(front),
        ],
        "errors": {"routes": error_routes()},
    }
    if front.trusted:
        server["trusted_proxies"] = {"source": "static", "ranges": list(front.trusted)}
        server["trusted_proxies_strict"] = 1
    return {
        "admin": {"disabled": True, "config": {"persist": False}},
        "storage": {"module": "file_system", "root": storage},
        "logging": {"logs": {"default": {"level": "WARN"}}},
        "apps": {"http": {"grace_period": "5s", "servers": {"front": server}}},
    }


def configuration_write(data: DataDir, front: Front) -> str:
    """Write ``caddy/caddy.json``; gives its path."""
    folder = data.sub("caddy")
    path = folder / "caddy.json"
    write_private(path, json.dumps(configuration(front, str(folder)), indent=2, ensure_ascii=False) + "\n")
    return str(path)
