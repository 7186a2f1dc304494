"""What cabinets and places are called for a reader."""

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from asp.accounts.subjects import DEPARTMENT, PERSON, Subject, subject_labels
from office.library.models import Cabinet, CabinetKind, Node
from office.library.selectors.access import reach_of

if TYPE_CHECKING:
    from asp.accounts.models import Account

BETWEEN = " / "


def cabinet_labels(account: "Account", cabinets: Iterable[Cabinet]) -> dict[uuid.UUID, str]:
    """Cabinet -> its name for `account`: one's own, somebody's, a department's, the unit's."""
    cabinets = list(cabinets)
    wanted = {subject for cabinet in cabinets if (subject := _owner(cabinet)) and subject.id != account.pk}
    labels = subject_labels(wanted)
    return {cabinet.pk: _label(account, cabinet, labels) for cabinet in cabinets}


def _owner(cabinet: Cabinet) -> Subject | None:
    kinds = {CabinetKind.PERSONAL: PERSON, CabinetKind.DEPARTMENT: DEPARTMENT}
    kind = kinds.get(CabinetKind(cabinet.kind))
    return Subject(kind, cabinet.owner_id) if kind else None


def _label(account: "Account", cabinet: Cabinet, labels: dict) -> str:  # type: ignore[type-arg]
    if cabinet.kind == CabinetKind.UNIT:
        return _("Unit library")
    if cabinet.kind == CabinetKind.PERSONAL and cabinet.owner_id == account.pk:
        return _("Personal cabinet")
    choice = labels.get(_owner(cabinet))
    if cabinet.kind == CabinetKind.PERSONAL:
        return (
            _("Cabinet of {name}").format(name=choice.label) if choice else _("A former colleague's cabinet")
        )
    return choice.label if choice else _("Cabinet of a former department")


def places_of(account: "Account", nodes: Iterable[Node]) -> dict[uuid.UUID, str]:
    """Node -> where it lies, as far up as `account` may look ("产业发展科 / 2026年度"). Two queries or so."""
    nodes = list(nodes)
    keys = {key for node in nodes for key in node.path}
    names = dict(Node.objects.filter(pk__in=keys).values_list("pk", "name"))
    cabinets = cabinet_labels(account, {node.cabinet_id: node.cabinet for node in nodes}.values())
    places = {}
    for node in nodes:
        visible = node.path[reach_of(account, node) :]
        words = [cabinets[key] if key == node.cabinet_id else names.get(key, "") for key in visible]
        places[node.pk] = BETWEEN.join(word for word in words if word) or cabinets[node.cabinet_id]
    return places
