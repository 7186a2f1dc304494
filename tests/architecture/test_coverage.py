"""docs/coverage.md keeps its promises."""

import hashlib
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STATES = {"works", "partly", "not yet"}
GROUPS = 19
FEATURES = 303
# Of the ids in the list of features, sorted, one a line.
IDS_SHA256 = "638577db080390bdf199cc0a7fa8a4921e725906da185123d0ea484aa52db330"


def rows() -> list[list[str]]:
    lines = (ROOT / "docs" / "coverage.md").read_text().splitlines()
    return [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in lines
        if re.match(r"\| [A-Z]+-\d+ ", line)
    ]


def test_it_has_one_row_for_each_feature():
    ids = [row[0] for row in rows()]
    assert len(ids) == len(set(ids)) == FEATURES
    assert len({each.split("-")[0] for each in ids}) == GROUPS
    assert hashlib.sha256("\n".join(sorted(ids)).encode()).hexdigest() == IDS_SHA256, (
        "an id is none of the list"
    )


def test_every_row_has_a_known_state():
    assert {row[2].strip() for row in rows()} <= STATES


def test_whatever_works_names_a_test_that_exists():
    for row in rows():
        feature, state, where, tests = row[0], row[2], row[3], row[4].rstrip(" |")
        if state == "not yet":
            continue
        assert where, f"{feature}: say where"
        named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", tests)
        assert named or state == "partly", f"{feature} works, but names no test"
        for path, function in named:
            file = ROOT / path
            assert file.exists(), f"{feature}: {path} does not exist"
            assert not function or f"def {function}(" in file.read_text(), (
                f"{feature}: no {function} in {path}"
            )
