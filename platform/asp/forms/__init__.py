"""Dynamic forms (动态表单, 一事一表): definitions as JSON, binding, rendering, comparing, editing. No tables.

This is the public door; every other module is private. Whoever uses forms stores the JSON: one definition for each
version of a process or item, the values with each case.
"""

from asp.forms.binding import EDIT, HIDDEN, READ, REQUIRED, Bound, bind, scalars_of
from asp.forms.capital import capital_figures
from asp.forms.comparing import Carrying, Comparison, carry, compare
from asp.forms.counting import Counting, counting_register
from asp.forms.definition import Definition, Field, Section
from asp.forms.directories import Directory, Entry, directory_register
from asp.forms.editing import Editor, blank, edit_form
from asp.forms.errors import DefinitionError, Fault, FormRefused, ValuesDoNotFit
from asp.forms.files import FileDesk, FileInfo
from asp.forms.patterns import Pattern, pattern_register
from asp.forms.rendering import live_answer
from asp.forms.schema import json_schema

__all__ = [
    "EDIT",
    "HIDDEN",
    "READ",
    "REQUIRED",
    "Bound",
    "Carrying",
    "Comparison",
    "Counting",
    "Definition",
    "DefinitionError",
    "Directory",
    "Editor",
    "Entry",
    "Fault",
    "Field",
    "FileDesk",
    "FileInfo",
    "FormRefused",
    "Pattern",
    "Section",
    "ValuesDoNotFit",
    "bind",
    "blank",
    "capital_figures",
    "carry",
    "compare",
    "counting_register",
    "directory_register",
    "edit_form",
    "json_schema",
    "live_answer",
    "pattern_register",
    "scalars_of",
]
