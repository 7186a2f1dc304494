"""Collect measurements, print them as a table, keep them in `.data/bench.json`."""

import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Measurement:
    """One figure. `ratio` is value / baseline's value; `met` is None where the target is only reported."""

    area: str
    name: str
    value: float
    unit: str
    baseline: str = ""
    ratio: float | None = None
    target: str = ""
    met: bool | None = None


class Results:
    """The measurements of one run of one area."""

    def __init__(self, area: str) -> None:
        self.area = area
        self.rows: list[Measurement] = []

    def add(
        self,
        name: str,
        value: float,
        unit: str,
        *,
        baseline: str = "",
        ratio: float | None = None,
        target: str = "",
        met: bool | None = None,
    ) -> None:
        """Keep one figure and print it."""
        row = Measurement(
            self.area, name, round(value, 3), unit, baseline, ratio and round(ratio, 3), target, met
        )
        self.rows.append(row)
        print(_line(row), flush=True)

    def at_most(self, name: str, value: float, unit: str, limit: float, **more: object) -> None:
        """Keep a figure whose target is an upper limit."""
        self.add(name, value, unit, target=f"≤ {limit} {unit}", met=value <= limit, **more)  # type: ignore[arg-type]

    def at_least(self, name: str, value: float, unit: str, limit: float, **more: object) -> None:
        """Keep a figure whose target is a lower limit."""
        self.add(name, value, unit, target=f"≥ {limit} {unit}", met=value >= limit, **more)  # type: ignore[arg-type]

    @property
    def missed(self) -> list[str]:
        """Names of the figures whose target was missed."""
        return [each.name for each in self.rows if each.met is False]

    def write(self, path: Path) -> None:
        """Replace this area's rows in the file, leaving those of other areas."""
        former = json.loads(path.read_text()) if path.exists() else []
        rows = [each for each in former if each["area"] != self.area] + [asdict(each) for each in self.rows]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` (0..1) of `values` lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered)) - 1))]


def median(values: Sequence[float]) -> float:
    """The middle value."""
    return statistics.median(values)


def _line(row: Measurement) -> str:
    met = {True: "met", False: "MISSED", None: ""}[row.met]
    ratio = f"{row.ratio:.2f} × {row.baseline}" if row.ratio is not None else row.baseline
    return f"{row.area:6} {row.name:58} {row.value:>12,.2f} {row.unit:8} {ratio:36} {row.target:14} {met}"
