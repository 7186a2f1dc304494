"""What people are told about forms."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from asp.ui.errors import Conflict, UserFacingError


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong in a definition: the field, the option of it, and why, for the reader.

    `where` is the name of a field, of a section, or `table.column`; empty for the form as a whole.
    """

    where: str
    option: str
    message: str | Promise
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """In the language that is active now."""
        return str(self.message).format(**{key: str(value) for key, value in self.params.items()})

    @property
    def key(self) -> tuple[str, str, str, str]:
        """The same for the same fault, whoever reads it."""
        return self.where, self.option, _plain(self.message), repr(sorted(self.params.items(), key=str))


def _plain(message: str | Promise) -> str:
    from django.utils import translation

    with translation.override("en"):
        return str(message)


class DefinitionError(UserFacingError):
    """A definition cannot be used. `faults` lists everything that is wrong with it."""

    status = 422
    code = "forms.definition"

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        super().__init__(message=_("This form has faults that must be put right first."))

    @property
    def text(self) -> str:
        """The first few faults in words."""
        said = [f"{each.where}: {each.text}" if each.where else each.text for each in self.faults[:5]]
        return " ".join([str(self.message), *said])


class Invalid(ValueError):
    """What was typed into a field cannot be taken. `message` is lazy, with places for `params`."""

    def __init__(self, message: str | Promise, **params: Any) -> None:
        self.message, self.params = message, params
        super().__init__(str(message))

    @property
    def text(self) -> str:
        """In the language that is active now."""
        return str(self.message).format(**self.params) if self.params else str(self.message)


class FormRefused(UserFacingError):
    """What was sent holds something that the form does not ask of this person here; nothing was changed."""

    status = 422
    code = "forms.refused"
    message = _(
        "The form carried something that is not asked of you here ({names}). Nothing was changed. Load the page again."
    )


class ValuesDoNotFit(UserFacingError):
    """Stored values belong to another version of the form."""

    status = 422
    code = "forms.values"
    message = _("What is stored does not fit this version of the form ({names}).")


class EditedElsewhere(Conflict):
    """Two windows edit one form."""

    code = "forms.edited_elsewhere"
    message = _("This form has been changed in another window. Load the page again.")
