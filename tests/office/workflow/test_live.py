"""The name under which changed lists are told is written once; what listens to it says the same."""

import ast
import re
from pathlib import Path

from office.workflow.live import TODO_LIST

APP = Path(__file__).resolve().parents[3] / "office" / "workflow"


def test_the_name_stands_in_one_module() -> None:
    found = [
        path.relative_to(APP).as_posix()
        for path in sorted(APP.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and node.value == TODO_LIST
    ]
    assert found == ["live.py"]


def test_the_pages_listen_to_it() -> None:
    pages = [path.read_text() for path in sorted((APP / "templates").rglob("*.html"))]
    heard = [name for page in pages for name in re.findall(r'data-tb-live="([^"]*)"', page)]
    named = {name for name in heard if not name.startswith("job:")}
    assert named == {TODO_LIST}
