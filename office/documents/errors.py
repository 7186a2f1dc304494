"""What the register of document numbers refuses, in words for people."""

from django.utils.translation import gettext_lazy as _

from asp.ui.errors import Conflict, UserFacingError


class CodeInvalid(UserFacingError):
    """Not an agency code."""

    code = "documents.code_invalid"
    message = _("An agency code is 1 to 20 Chinese characters, such as 武政发.")


class CodeTaken(Conflict):
    """The bureau has this code."""

    code = "documents.code_taken"
    message = _("There is the agency code “{code}” already.")


class CodeStopped(Conflict):
    """Nothing is numbered under it any more."""

    code = "documents.code_stopped"
    message = _("Nothing is numbered under “{code}” any more.")


class CodeInUse(Conflict):
    """Numbers were given: how they are written can no longer be changed."""

    code = "documents.code_in_use"
    message = _("Numbers have been given under “{code}”, so how it is written can no longer be changed.")


class SeriesClosed(Conflict):
    """The register of that year is closed."""

    code = "documents.series_closed"
    message = _("The register of {year} for “{code}” is closed.")


class SeriesBegun(Conflict):
    """Where a register begins is said before its first number."""

    code = "documents.series_begun"
    message = _("The register of {year} for “{code}” has begun: its first number can no longer be changed.")


class DateAhead(UserFacingError):
    """A document is numbered once it is signed."""

    code = "documents.date_ahead"
    message = _("The date of signing lies ahead. A document gets its number after it was signed.")


class NotThisYear(Conflict):
    """A number is used in its own year."""

    code = "documents.not_this_year"
    message = _("{number} belongs to {year}: it cannot be used for a document signed in another year.")


class NumberVoid(Conflict):
    """It was voided before."""

    code = "documents.number_void"
    message = _("{number} is void already: {name} voided it on {day}.")


class NumberNotFree(Conflict):
    """It is used, void, or reserved for something else."""

    code = "documents.number_not_free"
    message = _("{number} cannot be used: it stands in the register as “{state}”.")


class NumberNotVoid(Conflict):
    """Only a void number can be released."""

    code = "documents.number_not_void"
    message = _("{number} is not void, so it cannot be released.")


class NumberYearOver(Conflict):
    """A void number may be used again within its year only."""

    code = "documents.number_year_over"
    message = _("{number} belongs to {year}. A void number may be used again within its own year only.")


class ReasonMissing(UserFacingError):
    """This act needs a reason."""

    code = "documents.reason_missing"
    message = _("Say why: the reason stays in the register.")


class TooManyNumbers(UserFacingError):
    """Numbers are reserved for something, not in advance."""

    code = "documents.too_many_numbers"
    message = _("At most {limit} numbers can be reserved at once.")


class ReservationInvalid(UserFacingError):
    """A reservation ends on a day that is still to come, and within its year."""

    code = "documents.reservation_invalid"
    message = _("Say until when it is reserved: a day from today on, within the year of the number.")


class SecretText(UserFacingError):
    """The text carries a mark of state secrecy (保密法 2024; reference §7.4)."""

    status = 422
    code = "documents.secret_text"
    message = _("This carries a mark of state secrecy. Secrets must not be processed in this system.")


class TextUnfit(UserFacingError):
    """Nothing, too much, or characters that cannot be stored."""

    code = "documents.text_unfit"
    message = _("Write a title of 1 to {limit} characters, without control characters.")


class SignerMissing(UserFacingError):
    """An upward document names its signer (签发人)."""

    status = 422
    code = "documents.signer_missing"
    message = _("A document of the type “{kind}” goes up, so it names who signed it.")


class OneAddressee(UserFacingError):
    """A request for instructions has one addressee (一个主送机关)."""

    status = 422
    code = "documents.one_addressee"
    message = _("A document of the type “{kind}” has exactly one addressee.")
