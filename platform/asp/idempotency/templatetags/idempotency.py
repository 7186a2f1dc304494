"""`{% csrf_token %}` of every form also carries the key by which a repeat of the form is known."""

import secrets

from django import template
from django.template import Context
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html
from django.utils.safestring import SafeString

from asp.idempotency.keys import FIELD

register = template.Library()


class FormKeysNode(CsrfTokenNode):
    """Django's own field, and ours."""

    def render(self, context: Context) -> SafeString:
        field = super().render(context)
        if not field:
            return SafeString(field)
        return format_html(
            '{}<input type="hidden" name="{}" value="{}">', field, FIELD, secrets.token_urlsafe(15)
        )


@register.tag("csrf_token")
def csrf_token(_parser: template.base.Parser, _token: template.base.Token) -> FormKeysNode:
    """The hidden fields of a form."""
    return FormKeysNode()
