"""Rules about files, each with the reason in its message."""

import platform
import re
import subprocess
from configparser import ConfigParser
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("platform/asp", "tenants", "office", "provisioning", "infra", "bench")
LONGEST_FILE = 500


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *patterns],  # noqa: S607
        cwd=ROOT, capture_output=True, check=True, text=True,
    )  # fmt: skip
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).exists()]


def test_the_standard_librarys_platform_is_not_shadowed():
    assert hasattr(platform, "python_version"), "platform/ must never become a package"
    assert not (ROOT / "platform" / "__init__.py").exists()


def test_no_file_grew_past_one_job():
    long = {
        str(path.relative_to(ROOT)): count
        for path in tracked("*.py")
        if "migrations" not in path.parts and (count := len(path.read_text().splitlines())) > LONGEST_FILE
    }
    assert long == {}, "split the module into a package of well-named parts"


def test_every_package_folder_has_a_purpose_line():
    missing = []
    for path in tracked("*.py"):
        if path.name in {"__init__.py", "apps.py"} or "migrations" in path.parts or "commands" in path.parts:
            continue
        if path.relative_to(ROOT).parts[0] not in {"platform", "tenants", "provisioning", "infra", "office"}:
            continue
        if not path.read_text().lstrip().startswith(('"""', "#!")):
            missing.append(str(path.relative_to(ROOT)))
    assert missing == [], "each module begins with a line that says what it is for"


def test_no_unfinished_marks():
    marks = re.compile(r"\b(TODO|FIXME|XXX)\b|except Exception:\s*pass|raise NotImplementedError")
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in tracked("*.py", "*.html", "*.js")
        if "architecture" not in path.parts
        for match in marks.finditer(path.read_text())
    ]
    assert found == []


def test_templates_have_no_inline_script_or_style():
    inline = re.compile(
        r"<script(?![^>]*\b(src=|type=\"application/json\"))|<style|\sstyle=\"|\son[a-z]+=\"", re.I
    )
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in tracked("*.html")
        if "tests" not in path.parts
        for match in inline.finditer(path.read_text())
    ]
    assert found == [], "the content security policy would block it"


def test_locks_have_hashes_and_no_address():
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text()
        assert "--hash=sha256:" in text
        assert not re.search(r"https?://|file://|--(extra-)?index-url|--find-links", text)
    package_lock = (ROOT / "platform/asp/ui/frontend/package-lock.json").read_text()
    assert '"integrity"' in package_lock
    assert '"resolved"' not in package_lock


def test_each_office_app_stands_in_the_contract():
    """An app that the contract does not name may import whatever it likes."""
    contract = ConfigParser()
    contract.read(ROOT / ".importlinter")
    named = contract["importlinter:contract:office"]["modules"].split()
    apps = {
        f"office.{path.parent.name}"
        for path in tracked("office/*/__init__.py")
        if len(path.relative_to(ROOT).parts) == 3
    }
    assert set(named) == apps
