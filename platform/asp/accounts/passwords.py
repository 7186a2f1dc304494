"""Password policy (口令策略): reference 7.1 – classes of characters, and no former password."""

from typing import Any

from django.contrib.auth import password_validation
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

CLASSES_NEEDED = 3
HISTORY_LENGTH = 5
MAX_LENGTH = 128


class CharacterClassesValidator:
    """At least three of: small letters, capitals, digits, other characters. Chinese counts as other."""

    def __init__(self, needed: int = CLASSES_NEEDED) -> None:
        self.needed = needed

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError if the password is too uniform or absurdly long."""
        del user
        if len(password) > MAX_LENGTH:
            # Argon2 would be given megabytes to chew on.
            raise ValidationError(
                _("A password has at most %(length)d characters."),
                code="too_long",
                params={"length": MAX_LENGTH},
            )
        if character_classes(password) < self.needed:
            raise ValidationError(self.get_help_text(), code="too_uniform")

    def get_help_text(self) -> str:
        """The rule in words."""
        return _("Use at least three of: small letters, capital letters, digits, other characters.")


class LengthValidator(password_validation.MinimumLengthValidator):
    """Long enough; in our words."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError if the password is too short."""
        del user
        if len(password) < self.min_length:
            raise ValidationError(self.get_help_text(), code="too_short")

    def get_help_text(self) -> str:
        """The rule in words."""
        return ngettext(
            "A password has at least %(count)d character.",
            "A password has at least %(count)d characters.",
            self.min_length,
        ) % {"count": self.min_length}


class PersonalDataValidator(password_validation.UserAttributeSimilarityValidator):
    """Not made from the account's own name, login, telephone or mail address."""

    def __init__(self) -> None:
        super().__init__(user_attributes=("login", "name", "name_en", "phone", "email"))

    def get_help_text(self) -> str:
        """The rule in words."""
        return _("It must not resemble your name, account, mobile number or mail address.")

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError if the password resembles what everybody knows of the person."""
        try:
            super().validate(password, user)
        except ValidationError as error:
            raise ValidationError(self.get_help_text(), code="too_similar") from error


class CommonValidator(password_validation.CommonPasswordValidator):
    """Not one of the twenty thousand that are tried first."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError if the password is on the list."""
        try:
            super().validate(password, user)
        except ValidationError as error:
            raise ValidationError(self.get_help_text(), code="too_common") from error

    def get_help_text(self) -> str:
        """The rule in words."""
        return _("It must not be one of the passwords that everybody uses.")


class HistoryValidator:
    """Not one of the last five passwords of the account."""

    def __init__(self, length: int = HISTORY_LENGTH) -> None:
        self.length = length

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError if `user` had this password before."""
        if user is None or user.pk is None or user._state.adding:
            return
        former = list(user.former_passwords.values_list("password", flat=True)[: self.length])
        # The current one is not in the history when it came from another way than our services.
        if user.has_usable_password() and user.password not in former:
            former.insert(0, user.password)
        if any(check_password(password, each) for each in former[: self.length]):
            raise ValidationError(self.get_help_text(), code="used_before")

    def get_help_text(self) -> str:
        """The rule in words."""
        return ngettext(
            "It cannot be your last password.",
            "It cannot be one of your last %(count)d passwords.",
            self.length,
        ) % {"count": self.length}


def character_classes(password: str) -> int:
    """How many of the four classes occur in `password`."""
    small = any(each.islower() for each in password)
    capital = any(each.isupper() for each in password)
    digit = any(each.isdigit() for each in password)
    other = any(not each.isdigit() and not each.islower() and not each.isupper() for each in password)
    return small + capital + digit + other


def policy_texts() -> list[str]:
    """The rules in words, for the page where a password is set."""
    return [str(each) for each in password_validation.password_validators_help_texts()]
