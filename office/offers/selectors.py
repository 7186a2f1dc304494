"""Reading offers; for the security administrator alone."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from asp.accounts.matrix import PermissionGroup, permission_groups
from asp.accounts.models import Role
from asp.accounts.origins import Proposed
from asp.accounts.services.roles import assignable_codes
from asp.ui.text import localized
from office.offers.merging import Part, Text, compare, why_unknown
from office.offers.models import RoleOffer


@dataclass(frozen=True)
class Look:
    """An offer with what it permits here, what is left out and why, and what is new since it was taken over."""

    offer: RoleOffer
    groups: list[PermissionGroup]
    left_out: list[tuple[str, str]]
    parts: list[Part]

    @property
    def has_news(self) -> bool:
        """Whether something can be taken over, or a version waits to be looked at."""
        return any(part.takeable for part in self.parts) or self.offer.version > self.offer.taken_version


def offer_get(offer_id: uuid.UUID) -> RoleOffer:
    """One offer that stands, or whose role does; Http404."""
    found = RoleOffer.objects.select_related("role").filter(_shown(), pk=offer_id).first()
    if found is None:
        raise Http404
    return found


def offer_look(offer: RoleOffer) -> Look:
    """Everything that the page of an offer shows."""
    known = assignable_codes()
    held = set(offer.codes) & known
    return Look(
        offer=offer,
        groups=[group for group in (each.only(held) for each in permission_groups()) if group.codes],
        left_out=[(code, why_unknown(code)) for code in sorted(set(offer.codes) - known)],
        parts=parts_of(offer),
    )


def parts_of(offer: RoleOffer) -> list[Part]:
    """In which parts base, role and offer differ; nothing before it was accepted."""
    if offer.role is None or offer.base is None:
        return []
    return compare(
        base=Text.of(offer.base), own=text_of(offer.role), new=offered(offer), known=assignable_codes()
    )


def text_of(role: Role) -> Text:
    """What a role says now."""
    codes = frozenset(role.permissions.values_list("code", flat=True))
    return Text(role.name, role.name_en, role.description, codes)


def offered(offer: RoleOffer) -> Text:
    """What is offered now."""
    return Text(offer.name, offer.name_en, offer.description, frozenset(offer.codes))


def proposed() -> Iterator[Proposed]:
    """For the roles page."""
    for each in RoleOffer.objects.filter(_shown()):
        mark, state = _state(each)
        yield Proposed(
            title=localized(each),
            description=each.description,
            mark=mark,
            state=state,
            url=reverse("offers:role", args=[each.pk]),
            waits=each.waits,
            role_id=each.role_id,
        )


def _shown() -> Q:
    return Q(withdrawn_at=None) | Q(role__isnull=False)


def _state(offer: RoleOffer) -> tuple[str, str]:
    if offer.is_taken and offer.withdrawn_at:
        return "off", _("in use; no longer offered")
    if offer.is_taken and offer.waits:
        return "warn", _("new version {n}").format(n=offer.version)
    if offer.is_taken:
        return "ok", _("in use")
    if offer.is_declined:
        return "off", _("declined")
    return "warn", _("to be decided")
