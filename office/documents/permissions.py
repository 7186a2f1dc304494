"""Permission codes of official documents."""

REGISTER = "documents.number.register"
MANAGE = "documents.number.manage"
