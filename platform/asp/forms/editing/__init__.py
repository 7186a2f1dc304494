"""The editor (表单设计器): pure operations on a definition's JSON, the panels that fill them, and the view around them."""

from asp.forms.editing.operations import Edited, apply, blank
from asp.forms.editing.view import Editor, edit_form

__all__ = ["Edited", "Editor", "apply", "blank", "edit_form"]
