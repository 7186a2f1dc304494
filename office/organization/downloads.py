"""Spreadsheets as answers."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from office.organization.importing.workbook import MEDIA_TYPE


def spreadsheet(content: bytes, filename: str) -> HttpResponse:
    """An .xlsx to be saved, not shown."""
    response = HttpResponse(content, content_type=MEDIA_TYPE)
    response["Content-Disposition"] = content_disposition_header(True, filename)
    return response
