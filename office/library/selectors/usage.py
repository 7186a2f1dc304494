"""How full it is, and what was used lately; for the file centre's own pages and the workbench."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q, Sum

from asp.blobs.services import Quota, quota_get
from office.library.models import Cabinet, CabinetKind, Node, NodeKind, Recent
from office.library.selectors.access import grants_for, level_of

if TYPE_CHECKING:
    from asp.accounts.models import Account

LOOKED_AT = 4  # times the number wanted: some of what was used is out of reach by now


@dataclass(frozen=True, slots=True)
class Usage:
    """Bytes: the bureau's quota, and the personal cabinet (`mine_limit` None: no limit of its own)."""

    bureau: Quota
    mine_used: int
    mine_limit: int | None


def usage_for(account: "Account") -> Usage:
    """Return what the bureau and the person have used. Two queries."""
    counted = Sum("nodes__versions__size", filter=Q(nodes__versions__restored_from=None))
    own = Cabinet.objects.filter(kind=CabinetKind.PERSONAL, owner_id=account.pk).annotate(used=counted)
    mine = own.values_list("used", "limit").first()
    used, limit = mine or (0, None)
    return Usage(bureau=quota_get(), mine_used=used or 0, mine_limit=limit)


def recent_for(account: "Account", limit: int = 20) -> list[Node]:
    """Return the files that `account` used last and may still see, newest first, with `used_at` set."""
    if not grants_for(account):
        return []
    uses = (
        Recent.objects.filter(account_id=account.pk, node__trash_id=None, node__kind=NodeKind.FILE)
        .select_related("node__cabinet")
        .order_by("-used_at")[: limit * LOOKED_AT]
    )
    found = []
    for use in uses:
        if level_of(account, use.node):
            use.node.used_at = use.used_at  # type: ignore[attr-defined]
            found.append(use.node)
    return found[:limit]
