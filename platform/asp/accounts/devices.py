"""What a User-Agent header says about browser and system, in words that people recognise."""

import re

from django.utils.translation import gettext

# The first that matches counts: Edge also says Chrome, Chrome also says Safari.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("QQBrowser", "QQ 浏览器"),
    ("360SE", "360 浏览器"),
    ("MicroMessenger", "微信"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("UOS", "统信 UOS"),
    ("Kylin", "银河麒麟"),
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)
_VERSION = re.compile(r"[/ ](\d+)")


def describe(user_agent: str) -> str:
    """`Chrome 130 · Windows`; a word for "unknown" if nothing is recognised."""
    browser = ""
    for mark, name in BROWSERS:
        at = user_agent.find(mark)
        if at >= 0:
            version = _VERSION.match(user_agent[at + len(mark) :])
            browser = f"{name} {version.group(1)}" if version else name
            break
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    return " · ".join(each for each in (browser, system) if each) or gettext("Unknown browser")
