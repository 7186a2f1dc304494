"""Tables of official documents; they exist in every bureau's schema."""

from office.documents.models.register import (
    ActKind,
    AgencyCode,
    Number,
    NumberAct,
    NumberState,
    Series,
)

__all__ = ["ActKind", "AgencyCode", "Number", "NumberAct", "NumberState", "Series"]
