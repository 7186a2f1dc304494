"""The controls that the documents name are the controls that are probed: none is missing, none unknown."""

import re
from collections import defaultdict
from pathlib import Path

from django.utils import translation

from tenants.isolation.registry import ROWS, registered, row_of

TABLE = Path(__file__).resolve().parents[2] / "docs" / "operations" / "isolation.md"
LINE = re.compile(r"\| `(?P<control>[\w.-]+)` \| (?P<row>\d+) \| [^|]+ \| (?P<probes>[^|]+) \|")


def documented() -> dict[str, set[str]]:
    """Control → probes, as the table says; the row stands there twice and must be the same."""
    found = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if match := LINE.match(line):
            assert row_of(match["control"]) == int(match["row"])
            assert match["control"] not in found
            found[match["control"]] = set(re.findall(r"`([\w.]+)`", match["probes"]))
    return found


def test_each_control_has_its_probes():
    declared = defaultdict(set)
    for each in registered():
        declared[each.control].add(each.code)
    assert documented() == dict(declared)


def test_each_row_of_the_border_is_there():
    assert {row_of(control) for control in documented()} == set(ROWS) == {1, 2, 3, 5, 8, 10, 11, 12, 14, 16}


def test_each_probe_speaks_to_people():
    """A title and an explanation in words, without the words of the trade."""
    jargon = re.compile(
        r"\b(schema|SQL|RLS|HMAC|Valkey|Redis|PostgreSQL|URL|UUID|token|hash)\b", re.IGNORECASE
    )
    with translation.override("en"):
        for each in registered():
            title, explanation = str(each.title), str(each.explanation)
            assert not jargon.search(f"{title} {explanation}"), each.code
            assert 5 < len(title) <= 60
            assert len(explanation) >= 40
