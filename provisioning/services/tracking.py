"""Finding one's application with tracking code and phone (凭查询码和手机号查询)."""

from dataclasses import dataclass

from asp.accounts.identifiers import phone_normalise
from provisioning import codes
from provisioning.errors import WrongCode
from provisioning.limits import GUESSES_OF_CODE, GUESSES_OF_SOURCE
from provisioning.models import Application


@dataclass(frozen=True, slots=True)
class Tracked:
    """An application, and as whom the phone number knows it."""

    application: Application
    contact: bool
    duties: tuple[str, ...]


def application_track(*, source: str, code: str, phone: str) -> Tracked:
    """Return the application of a tracking code for its contact or one of its administrators.

    Every try counts, per source and per code, before it is judged; only a right one is given back.
    Outside any transaction, or a refusal would take the count back. Raises TooManyGuesses, WrongCode.
    """
    plain = codes.normalise(code)
    GUESSES_OF_SOURCE.take(source)
    if plain:
        GUESSES_OF_CODE.take(plain)
    try:
        number = phone_normalise(phone[:40])
    except ValueError:
        number = ""
    application = (
        Application.objects.filter(tracking_hash=codes.tracking_hash(plain)).first()
        if plain and number
        else None
    )
    if application is None:
        raise WrongCode
    contact = application.contact_phone == number
    duties = tuple(application.administrators.filter(phone=number).values_list("duty", flat=True))
    if not contact and not duties:
        raise WrongCode
    GUESSES_OF_SOURCE.give_back(source)
    GUESSES_OF_CODE.give_back(plain)
    return Tracked(application, contact, duties)
