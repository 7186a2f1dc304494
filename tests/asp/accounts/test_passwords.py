"""Password policy, history, change."""

import pytest
from django.contrib.auth.hashers import identify_hasher
from django.core.exceptions import ValidationError

from asp.accounts import errors, services
from asp.accounts.models import Account, PasswordHistory
from asp.accounts.passwords import (
    CharacterClassesValidator,
    CommonValidator,
    LengthValidator,
    PersonalDataValidator,
    character_classes,
)
from asp.audit.actor import Actor
from tests.asp.accounts import helpers


@pytest.mark.parametrize(
    ("password", "classes"),
    [
        ("abcdefgh", 1),
        ("Abcdefgh", 2),
        ("Abcdefg1", 3),
        ("Abcdefg1!", 4),
        ("密码abcA", 3),
        ("12345678", 1),
        ("", 0),
    ],
)
def test_classes_are_counted(password, classes):
    assert character_classes(password) == classes


def test_three_classes_are_needed_and_megabytes_refused():
    validator = CharacterClassesValidator()
    validator.validate("Abcdefgh1234")
    for bad in ("abcdefgh1234", "Aa1" * 1000):
        with pytest.raises(ValidationError):
            validator.validate(bad)


def test_what_everybody_knows_of_a_person_is_refused(office):
    account = office.chen.account
    for known in (account.login, account.phone, account.email.partition("@")[0]):
        with pytest.raises(ValidationError):
            PersonalDataValidator().validate(f"{known}A", account)
    PersonalDataValidator().validate(helpers.PASSWORD, account)
    with pytest.raises(ValidationError):
        CommonValidator().validate("password123")
    with pytest.raises(ValidationError):
        LengthValidator(12).validate("Abcdefgh12!")


@pytest.mark.parametrize("weak", ["Sh0rt!", "alllowercase1234", "Password1234", "password"])
def test_a_weak_password_is_refused_with_the_reason_beside_the_field(office, weak):
    client = office.client.login_as(office.chen.account)
    page = client.post(
        "/accounts/security/", {"current": helpers.PASSWORD, "password": weak, "repeated": weak}
    )
    assert page.status_code == 422
    assert page.context["form"].errors["password"]
    assert f'value="{weak}"' not in page.content.decode()
    with helpers.at(office.bureau):
        assert Account.objects.get(pk=office.chen.account.pk).check_password(helpers.PASSWORD)


def test_both_fields_and_the_present_password_must_be_right(office):
    client = office.client.login_as(office.chen.account)
    page = client.post(
        "/accounts/security/",
        {"current": "wrong", "password": helpers.OTHER_PASSWORD, "repeated": "Other-Horse-9"},
    )
    assert set(page.context["form"].errors) == {"current", "repeated"}


def test_the_last_five_passwords_are_refused(office):
    actor = Actor.of_account(office.chen.account)
    used = [helpers.PASSWORD, *(f"Correct-Horse-{n}-x" for n in range(5))]
    with helpers.at(office.bureau):
        account = Account.objects.get(pk=office.chen.account.pk)
        for password in used[1:]:
            services.password_change(actor=actor, account=account, password=password)
        for password in used[-5:]:
            with pytest.raises(errors.PasswordRefused):
                services.password_change(actor=actor, account=account, password=password)
        assert PasswordHistory.objects.filter(account=account).count() == 5
        # The sixth from the end may come back.
        services.password_change(actor=actor, account=account, password=used[0])


def test_passwords_are_stored_with_argon2(office):
    with helpers.at(office.bureau):
        stored = Account.objects.get(pk=office.chen.account.pk).password
    assert identify_hasher(stored).algorithm == "argon2"
    assert stored.startswith("argon2$argon2id$")
