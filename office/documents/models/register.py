"""The register of document numbers (发文字号登记): codes, series, numbers, and what happened to each number."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from asp.accounts.models import Account
from office.documents.kinds import Kind
from office.documents.numbering import Style, write
from tenants.keys import uuid7


class AgencyCode(models.Model):
    """An agency code (机关代字) such as 武政发, under which documents are numbered."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=20)
    style = models.CharField(max_length=8, choices=Style.choices, default=Style.YEARLY)
    use = models.CharField(max_length=100, blank=True)  # what it is for, in the bureau's words
    sort = models.PositiveIntegerField(default=100)
    stopped_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["sort", "code"]
        constraints = [models.UniqueConstraint(fields=["code"], name="documents_code_once")]

    def __str__(self) -> str:
        return self.code

    def get_style(self) -> Style:
        """How its numbers are written."""
        return Style(self.style)


class Series(models.Model):
    """The numbers of one code in one year (year 0: a code that is numbered on through the years).

    `last` is the counter: the number that was given last. It is raised under this row's lock, in the transaction that
    stores the number, so that a transaction that fails leaves no gap. `first` is where the register begins: what was
    numbered on paper before stands below it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.ForeignKey(AgencyCode, on_delete=models.PROTECT, related_name="series", db_index=False)
    year = models.PositiveSmallIntegerField()
    first = models.PositiveIntegerField(default=1)
    last = models.PositiveIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["code_id", "-year"]
        constraints = [
            models.UniqueConstraint(fields=["code", "year"], name="documents_series_once"),
            models.CheckConstraint(condition=Q(last__gte=F("first") - 1), name="documents_series_counts"),
        ]

    def __str__(self) -> str:
        return f"{self.code_id} {self.year}"


class NumberState(models.TextChoices):
    """What became of a number. None is ever taken out of the register."""

    USED = "used", pgettext_lazy("number", "Used")
    RESERVED = "reserved", pgettext_lazy("number", "Reserved")
    VOID = "void", pgettext_lazy("number", "Void")
    FREE = "free", pgettext_lazy("number", "May be used again")


class Number(models.Model):
    """One number of a series, and what it stands for now. What happened to it before are its acts.

    `text` is the number as it is written. A number that is reserved says for whom (`title`) and until which day; one
    that is void keeps the title of what it stood for.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="numbers", db_index=False)
    number = models.PositiveIntegerField()
    text = models.CharField(max_length=40)
    state = models.CharField(max_length=8, choices=NumberState.choices)
    kind = models.CharField(max_length=16, choices=Kind.choices, blank=True)
    title = models.CharField(max_length=300)
    addressee = models.CharField(max_length=300, blank=True)
    signer = models.CharField(max_length=60, blank=True)
    signed_on = models.DateField(null=True)  # 成文日期: the day in Asia/Shanghai on which it was signed
    department = models.CharField(max_length=200, blank=True)
    reserved_until = models.DateField(null=True)  # the last day on which a reserved number may be used
    acts_count = models.PositiveSmallIntegerField(default=0)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["series_id", "number"]
        constraints = [models.UniqueConstraint(fields=["series", "number"], name="documents_number_once")]
        indexes = [
            models.Index(
                fields=["reserved_until"], condition=Q(state="reserved"), name="documents_number_reserved"
            )
        ]

    def __str__(self) -> str:
        return self.text

    @staticmethod
    def written(series: Series, code: AgencyCode, number: int) -> str:
        """The number as it stands on the document."""
        return write(code.style, code.code, series.year, number)


class ActKind(models.TextChoices):
    """What somebody did with a number."""

    USED = "used", pgettext_lazy("number act", "Used")
    RESERVED = "reserved", pgettext_lazy("number act", "Reserved")
    VOIDED = "voided", pgettext_lazy("number act", "Voided")
    LAPSED = "lapsed", pgettext_lazy("number act", "Reservation lapsed")
    FREED = "freed", pgettext_lazy("number act", "Released for use again")
    CORRECTED = "corrected", pgettext_lazy("number act", "Entry corrected")


class NumberAct(models.Model):
    """One line in the history of a number. Only added, never changed: the table allows no more."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.ForeignKey(Number, on_delete=models.PROTECT, related_name="acts", db_index=False)
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=ActKind.choices)
    title = models.CharField(max_length=300)
    reason = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        ordering = ["number_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["number", "position"], name="documents_numberact_once")
        ]

    def __str__(self) -> str:
        return f"{self.number_id} {self.position} {self.kind}"
