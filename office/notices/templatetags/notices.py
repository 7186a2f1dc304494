"""Title and text of a notice in the reader's language, where there is one."""

from django import template

from asp.ui.text import reads_chinese
from office.notices.models import HostNotice

register = template.Library()


@register.filter
def title_of(notice: HostNotice) -> str:
    """The title for this reader."""
    return notice.title if reads_chinese() else notice.title_en or notice.title


@register.filter
def text_of(notice: HostNotice) -> str:
    """The text for this reader."""
    return notice.text if reads_chinese() else notice.text_en or notice.text
