"""Form definitions (表单定义): what was read from JSON, unchangeable, with every name and cycle checked."""

from asp.forms.definition.model import FORMAT, MOST_FIELDS, Definition, Field, Section

__all__ = ["FORMAT", "MOST_FIELDS", "Definition", "Field", "Section"]
