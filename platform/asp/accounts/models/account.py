"""The account (账号) of a person on one site."""

from datetime import timedelta
from functools import cached_property
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from asp.accounts import identifiers, pinyin
from tenants.keys import uuid7

# Reference 7.1: administrators change their password every 90 days.
ADMINISTRATOR_PASSWORD_AGE = timedelta(days=90)


class AccountKind(models.TextChoices):
    """What an account is for. A kind never changes."""

    STAFF = "staff", _("Staff")
    ADMINISTRATOR = "administrator", _("Administrator")
    CITIZEN = "citizen", _("Citizen or business")


class Duty(models.TextChoices):
    """The three administrators (三员): three different people, none of whom reads business content."""

    SYSTEM = "system", _("System administrator")
    SECURITY = "security", _("Security administrator")
    AUDIT = "audit", _("Audit administrator")


class AccountState(models.TextChoices):
    """Invited until the activation link was used; disabled accounts stay, because records name them."""

    INVITED = "invited", pgettext_lazy("account", "Not activated yet")
    ACTIVE = "active", pgettext_lazy("account", "Active")
    DISABLED = "disabled", pgettext_lazy("account", "Disabled")


class AccountQuerySet(models.QuerySet["Account"]):
    """Ways to narrow down accounts."""

    def named(self, text: str) -> "AccountQuerySet":
        """Accounts whose name, login, phone or pinyin contains `text`."""
        text = text.strip()
        if not text:
            return self
        compact = text.lower().replace(" ", "")
        return self.filter(
            models.Q(name__icontains=text)
            | models.Q(name_en__icontains=text)
            | models.Q(login__contains=compact)
            | models.Q(phone__startswith=compact)
            | models.Q(pinyin__contains=compact)
        )

    def staff(self) -> "AccountQuerySet":
        """People who work in the office."""
        return self.filter(kind=AccountKind.STAFF)

    def administrators(self) -> "AccountQuerySet":
        """The holders of the three duties, former ones included."""
        return self.filter(kind=AccountKind.ADMINISTRATOR)


class AccountManager(BaseUserManager.from_queryset(AccountQuerySet)["Account"]):  # type: ignore[misc]
    """Manager with the methods of `AccountQuerySet`."""

    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(login=identifiers.login_normalise(username or ""))


class Account(AbstractBaseUser):  # type: ignore[django-manager-missing]  # devices: django_otp's abstract model
    """One person on one site: staff or administrator of a bureau or of the host, later a citizen.

    `login` is the account name (账号), stored in lower case. `phone` is a mainland mobile number in
    eleven digits, or empty. `person_uuid` is shared by the accounts of one person in several bureaus.
    """

    last_login = None  # ours is last_sign_in; the library's would be written behind our back

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=16, choices=AccountKind.choices)
    duty = models.CharField(max_length=16, choices=Duty.choices, blank=True)
    login = models.CharField(max_length=identifiers.LOGIN_MAX_LENGTH)
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=150, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    state = models.CharField(max_length=16, choices=AccountState.choices, default=AccountState.INVITED)
    must_change_password = models.BooleanField(default=False)
    password_changed_at = models.DateTimeField(null=True, blank=True)
    language = models.CharField(max_length=10, blank=True)
    theme = models.CharField(max_length=10, blank=True)
    person_uuid = models.UUIDField(null=True, blank=True)
    pinyin = models.CharField(max_length=300, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    activated_at = models.DateTimeField(null=True, blank=True)
    last_sign_in = models.DateTimeField(null=True, blank=True)

    USERNAME_FIELD = "login"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = AccountManager()

    class Meta:
        ordering = ["pinyin", "id"]
        constraints = [
            models.UniqueConstraint(fields=["login"], name="accounts_account_login_unique"),
            models.CheckConstraint(
                condition=models.Q(login=Lower("login")), name="accounts_account_login_lower"
            ),
            # A person may be an administrator and a member of staff: two accounts, one telephone.
            models.UniqueConstraint(
                fields=["phone", "kind"], condition=~models.Q(phone=""), name="accounts_account_phone_unique"
            ),
            models.UniqueConstraint(
                fields=["duty"],
                condition=~models.Q(duty="") & ~models.Q(state=AccountState.DISABLED),
                name="accounts_account_one_per_duty",
            ),
            models.CheckConstraint(
                condition=models.Q(kind=AccountKind.ADMINISTRATOR, duty__in=Duty.values)
                | (~models.Q(kind=AccountKind.ADMINISTRATOR) & models.Q(duty="")),
                name="accounts_account_duty_of_administrator",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.login})"

    def derive(self) -> None:
        """Keep the normalised and derived columns in step with what they come from; `save` does it by itself."""
        self.login = identifiers.login_normalise(self.login)
        self.pinyin = pinyin.search_text(self.name)

    def save(self, *args: object, **kwargs: object) -> None:
        self.derive()
        fields = kwargs.get("update_fields")
        if isinstance(fields, list | tuple | set) and "name" in fields:
            kwargs["update_fields"] = {*fields, "pinyin"}
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """Whether the account may sign in at all (the name is the library's)."""
        return self.state == AccountState.ACTIVE

    @property
    def is_administrator(self) -> bool:
        """Whether this is one of the three administrators."""
        return self.kind == AccountKind.ADMINISTRATOR

    @property
    def second_factor_required(self) -> bool:
        """Every administrator needs a second factor; staff may have one."""
        return self.is_administrator

    @property
    def password_expired(self) -> bool:
        """Whether an administrator's password is older than 90 days."""
        if not self.is_administrator or self.password_changed_at is None:
            return False
        return timezone.now() - self.password_changed_at > ADMINISTRATOR_PASSWORD_AGE

    @property
    def must_set_password(self) -> bool:
        """Whether nothing else is possible before a new password is set."""
        return self.must_change_password or self.password_expired

    @cached_property
    def codes(self) -> frozenset[str]:
        """The permission codes of this account; one query, kept as long as this object lives.

        `request.user` is made anew for each request, so this is a cache per request.
        """
        from asp.accounts import permissions

        return permissions.codes_of(self)

    def has_code(self, code: str) -> bool:
        """Whether a role of this account (or its duty) gives permission `code`."""
        return self.is_active and code in self.codes

    @cached_property
    def has_second_factor(self) -> bool:
        """Whether a confirmed TOTP device exists."""
        return self.totpdevice_set.filter(confirmed=True).exists()


class PasswordHistory(models.Model):
    """Hashes of former passwords: the last five may not be used again."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="former_passwords")
    password = models.CharField(max_length=128)
    set_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.account_id} {self.set_at:%Y-%m-%d}"
