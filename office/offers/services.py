"""What an office does with a role that the host offers: accept, decline, take over what is new.

Nothing changes without its security administrator. The host is told whether the office uses it, nothing more.
"""

import uuid
from collections.abc import Collection

from django.db import transaction

from asp.accounts.models import Role
from asp.accounts.services.roles import assignable_codes, role_create, role_update
from asp.audit.actor import Actor
from asp.audit.services import record
from asp.outbox import addresses
from asp.outbox.services import message_send
from office.offers import errors
from office.offers.merging import Text, merge
from office.offers.models import RoleOffer
from office.offers.selectors import offered, parts_of, text_of

DECIDED = "provisioning.role_decided.v1"


@transaction.atomic
def offer_accept(*, actor: Actor, offer_id: uuid.UUID, version: int, name: str = "") -> Role:
    """Make a role of what is offered, under its own name or `name`; what cannot be had here is left out.

    `version` is the one that the person has looked at. Raises OfferOver, OfferTaken, OfferMoved, RoleNameTaken.
    """
    offer = _locked(offer_id, version)
    if offer.is_taken:
        raise errors.OfferTaken
    text, known = offered(offer), assignable_codes()
    role = role_create(
        actor=actor,
        name=name or text.name,
        name_en=text.name_en,
        description=text.description,
        codes=text.codes & known,
    )
    offer.role, offer.declined_version = role, 0
    _keep_base(offer, Text(text.name, text.name_en, text.description, text.codes & known))
    params = {"role": role.name, "left_out": sorted(text.codes - known)}
    _record(actor, "offers.role_accepted", offer, **params)
    _tell(offer, accepted=True)
    return role


@transaction.atomic
def offer_decline(*, actor: Actor, offer_id: uuid.UUID, version: int) -> None:
    """Say no to this version; a newer one asks again. Raises OfferOver, OfferTaken, OfferMoved."""
    offer = _locked(offer_id, version)
    if offer.is_taken:
        raise errors.OfferTaken
    if offer.is_declined:
        return
    offer.declined_version = offer.version
    offer.save(update_fields=["declined_version"])
    _record(actor, "offers.role_declined", offer)
    _tell(offer, accepted=False)


@transaction.atomic
def offer_merge(*, actor: Actor, offer_id: uuid.UUID, version: int, taken: Collection[str]) -> Role:
    """Take over the chosen parts of what is new (their keys); the rest stays as the office has it.

    Raises OfferOver, OfferNotTaken, OfferMoved, RoleNameTaken.
    """
    offer = _locked(offer_id, version)
    role = Role.objects.select_for_update().filter(pk=offer.role_id).first() if offer.role_id else None
    if role is None or offer.base is None:
        raise errors.OfferNotTaken
    offer.role = role
    news = [part.key for part in parts_of(offer) if part.takeable]
    own, known = text_of(role), assignable_codes()
    text, base = merge(base=Text.of(offer.base), own=own, new=offered(offer), known=known, taken=taken)
    if text != own:
        role = role_update(
            actor=actor,
            role=role,
            name=text.name,
            name_en=text.name_en,
            description=text.description,
            codes=text.codes & known,
        )
    _keep_base(offer, base)
    params = {
        "taken": [key for key in news if key in taken],
        "kept": [key for key in news if key not in taken],
        "role": role.name,
    }
    _record(actor, "offers.role_merged", offer, **params)
    return role


def role_removed(actor: Actor, role: Role) -> None:
    """The office removes a role that was made of an offer: it has no use for this version."""
    offer = RoleOffer.objects.select_for_update().filter(role=role).first()
    if offer is None:
        return
    offer.role, offer.taken_version, offer.base = None, 0, None
    offer.declined_version = offer.version
    offer.save(update_fields=["role", "taken_version", "base", "declined_version"])
    _record(actor, "offers.role_declined", offer)
    _tell(offer, accepted=False)


def _keep_base(offer: RoleOffer, base: Text) -> None:
    offer.taken_version, offer.base = offer.version, base.as_json()
    offer.save(update_fields=["role", "declined_version", "taken_version", "base"])


def _locked(offer_id: uuid.UUID, version: int) -> RoleOffer:
    offer = RoleOffer.objects.select_for_update().get(pk=offer_id)
    if offer.withdrawn_at is not None:
        raise errors.OfferOver
    if offer.version != version:
        raise errors.OfferMoved
    return offer


def _tell(offer: RoleOffer, *, accepted: bool) -> None:
    body = {"id": offer.pk, "version": offer.version, "accepted": accepted}
    message_send(to=addresses.HOST, type=DECIDED, subject=str(offer.pk), body=body)


def _record(actor: Actor, action: str, offer: RoleOffer, **params: object) -> None:
    record(
        actor=actor,
        action=action,
        target_kind="offers.role",
        target_id=offer.pk,
        target_name=offer.name,
        params={"name": offer.name, "version": offer.version, **params},
    )
