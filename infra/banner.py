"""What `make run` prints when everything is up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .datadir import DataDir

SHOWN_PER_SITE = 3


def origin(environment: Mapping[str, str], label: str = "") -> str:
    """Address of a site, e.g. ``http://host.localhost:8000``."""
    usual = {"http": "80", "https": "443"}.get(environment["SCHEME"])
    port = "" if environment["PORT"] == usual else f":{environment['PORT']}"
    name = f"{label}.{environment['BASE_DOMAIN']}" if label else environment["BASE_DOMAIN"]
    return f"{environment['SCHEME']}://{name}{port}"


def banner(data: DataDir, environment: Mapping[str, str]) -> str:
    """The text. No password is printed: terminals are recorded and shared."""
    lines = [
        "",
        "  通办 Tongban",
        f"  服务大厅  hall            {origin(environment)}/",
        f"  ASP 管理  host console    {origin(environment, 'host')}/",
    ]
    path = data.path / "demo-accounts.json"
    accounts = data.read_json("demo-accounts.json") if environment["DEMO"] != "0" else None
    if isinstance(accounts, list):
        lines += ["", "  可登录的演示账号  who can sign in", *account_lines(accounts, environment)]
        lines += ["", f"  密码与动态口令密钥  passwords, TOTP secrets   {path}"]
    if catcher := environment.get("CATCHER_URL"):
        lines.append(f"  截获的邮件  caught mail   {catcher}")
    identity = data.path / "secrets" / "backup-identity"
    if environment.get("BACKUP") == "1" and identity.exists():
        lines += [
            "",
            f"  备份私钥  key that opens the backups   {identity}",
            "    正式使用时请把它移出本机妥善保管：没有它，备份无法恢复；它留在本机，备份的加密就没有意义。",
            "    In production, move it away from this machine to a safe place: without it no backup can be restored;",
            "    with it here, their encryption protects nothing.",
            "",
        ]
    lines += [f"  日志  logs                {data.path / 'logs'}", "  停止  stop                Ctrl-C", ""]
    return "\n".join(lines)


def account_lines(accounts: list[Any], environment: Mapping[str, str]) -> list[str]:
    """A few accounts of each site, in the order of the file.

    The address is made from the site's label, not taken from the file: PORT may have moved since.
    """
    sites: dict[str, list[str]] = {}
    for entry in accounts:
        if isinstance(entry, dict) and entry.get("account"):
            sites.setdefault(str(entry.get("site") or ""), []).append(str(entry["account"]))
    lines = []
    for label, names in sites.items():
        more = f" … +{len(names) - SHOWN_PER_SITE}" if len(names) > SHOWN_PER_SITE else ""
        address = origin(environment, "" if label == "hall" else label) + "/"
        lines.append(f"    {address:<36} {', '.join(names[:SHOWN_PER_SITE])}{more}")
    return lines
