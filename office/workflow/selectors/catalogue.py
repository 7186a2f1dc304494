"""What somebody can start (发起): by category, found by words, with what they started last on top."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Max

from asp.accounts.models import Account
from asp.accounts.pinyin import search_text
from asp.ui.text import localized
from office.workflow.models import Instance, Process
from office.workflow.selectors.access import may_start, startable

RECENT = 4


@dataclass(frozen=True, slots=True)
class Category:
    """Processes under one heading; `name` is empty for those without a category."""

    name: str
    processes: list[Process]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything that one person can start, and what they started last."""

    categories: list[Category]
    recent: list[Process]

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(len(each.processes) for each in self.categories)


def catalogue_for(account: Account, text: str = "") -> Catalogue:
    """What `account` can start; with `text` only what is called so, in Chinese, English or pinyin. Two statements."""
    rows = startable().defer("draft_bpmn", "draft_form", "origin_text")
    mine = [each for each in rows if may_start(account, each)]
    found = [each for each in mine if _matches(each, text)]
    groups: dict[str, list[Process]] = {}
    for each in found:
        groups.setdefault(each.category, []).append(each)
    # What has no category stands last.
    ordered = sorted(groups.items(), key=lambda pair: pair[0] == "")
    return Catalogue(
        [Category(name, processes) for name, processes in ordered], [] if text else _recent(account, mine)
    )


def _recent(account: Account, mine: list[Process]) -> list[Process]:
    known = {each.pk: each for each in mine}
    started = Instance.objects.filter(starter=account, process__in=list(known)).order_by().values("process")
    last = (
        started.annotate(last=Max("created_at")).order_by("-last").values_list("process", flat=True)[:RECENT]
    )
    return [known[each] for each in last]


def _matches(process: Process, text: str) -> bool:
    words = text.lower().split()
    if not words:
        return True
    parts = (process.name, process.name_en, process.description, process.category, search_text(process.name))
    whole = " ".join(parts).lower()
    return all(word in whole for word in words)


def process_names(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Names of processes in the reader's language, by their keys."""
    rows = Process.objects.filter(pk__in=list(ids)).only("name", "name_en")
    return {each.pk: localized(each) for each in rows}
