"""How several people decide one step together (会签). Pure rules, no rows.

The first outcome that a step declares is the one that agrees.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether the step is decided, and how; `outcome` is "" for a step without outcomes."""

    decided: bool
    outcome: str = ""


UNDECIDED = Decision(False)


def decide(
    *, rule: str, share: int | None, outcomes: Sequence[str], given: Sequence[str], open_count: int
) -> Decision:
    """Decide a step by what was `given` so far, in the order of giving, with `open_count` people still to answer.

    `one`: the first answer decides. `all`: everybody answers; only if all agree is it agreed, otherwise the most
    frequent other answer holds (the earlier one of equals). `share`: agreed once so many percent of all people agree,
    and decided otherwise once that cannot be reached any more. Without anybody left, what was given decides; if nothing was given, it stays undecided.
    """
    if not given:
        return UNDECIDED
    if rule == "one":
        return Decision(True, given[-1])
    positive = outcomes[0] if outcomes else ""
    agreed = sum(1 for each in given if each == positive)
    people = len(given) + open_count
    if rule == "share" and outcomes:
        needed = max(1, ceil(people * (share or 100) / 100))
        if agreed >= needed:
            return Decision(True, positive)
        if agreed + open_count < needed:
            return Decision(True, _most(given, positive))
        return UNDECIDED
    if open_count:
        return UNDECIDED
    return Decision(True, positive if agreed == len(given) else _most(given, positive))


def _most(given: Sequence[str], positive: str) -> str:
    counted = Counter(each for each in given if each != positive)
    return max(counted, key=lambda each: (counted[each], -given.index(each))) if counted else positive
