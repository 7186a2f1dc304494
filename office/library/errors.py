"""What the file centre refuses, in words for people."""

from django.utils.translation import gettext_lazy as _

from asp.ui.errors import Conflict, Gone, TooLarge, UserFacingError


class NameTaken(Conflict):
    """Another folder or file in the same place has this name."""

    code = "library.name_taken"
    message = _("“{name}” is already there. Choose another name.")


class NameChanged(Conflict):
    """Somebody renamed it while the form was open."""

    code = "library.name_changed"
    message = _("Somebody has renamed this to “{name}” in the meantime. Look at it again, then decide.")


class InTrash(Conflict):
    """It was put into the trash in the meantime."""

    code = "library.in_trash"
    message = _("“{name}” is in the trash by now. Restore it first.")


class MovedAway(Conflict):
    """It is in another cabinet by now."""

    code = "library.moved_away"
    message = _("Somebody has moved this in the meantime. Look at it again, then decide.")


class NoLongerThere(Gone):
    """It was deleted for ever in the meantime."""

    code = "library.no_longer_there"
    message = _("This is no longer there: it was deleted in the meantime.")


class IntoItself(UserFacingError):
    """A folder would have become part of itself."""

    status = 409
    code = "library.into_itself"
    message = _("“{name}” cannot be moved into itself or into a folder inside it.")


class TooDeep(UserFacingError):
    """More folders inside each other than the file centre keeps."""

    code = "library.too_deep"
    message = _("Folders can be at most {limit} deep here. Choose a place higher up.")


class TopFolder(UserFacingError):
    """A cabinet itself cannot be renamed, moved or trashed."""

    code = "library.top_folder"
    message = _("A cabinet itself cannot be renamed, moved or deleted; only what is in it.")


class PersonalLimit(TooLarge):
    """The personal cabinet is full."""

    code = "library.personal_limit"
    message = _(
        "Your personal cabinet has no room for this: {used} of {limit} are used. Delete files, or empty the trash."
    )


class NothingSelected(UserFacingError):
    """An act on many without any."""

    code = "library.nothing_selected"
    message = _("Nothing is selected. Tick the files or folders first.")


class TooManySelected(UserFacingError):
    """More at once than one page can show."""

    code = "library.too_many_selected"
    message = _("At most {limit} can be selected at once.")


class NobodyToShareWith(UserFacingError):
    """The picker was sent without a person, department or post."""

    code = "library.nobody_to_share_with"
    message = _("Choose a person, department or post from the list.")


class NoVersion(UserFacingError):
    """The version does not exist, or is the current one already."""

    status = 409
    code = "library.no_version"
    message = _("This version is the current one already.")


class OwnAccess(UserFacingError):
    """The access that makes a cabinet its owner's cannot be changed."""

    status = 409
    code = "library.own_access"
    message = _("A cabinet cannot be closed to those it belongs to.")
