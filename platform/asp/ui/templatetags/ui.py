"""The template library `ui`: icons, states, fields, dates, the front-end bundle."""

import functools
from collections.abc import Mapping
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.http import QueryDict
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from asp.ui import bundle as built
from asp.ui import moments
from asp.ui.forms import error_list, field_context
from asp.ui.text import bytes_text, initial_of
from asp.ui.text import localized as localized_name

register = template.Library()

STATES = ("ok", "busy", "warn", "bad", "off")
DUES = ("", "soon", "late", "done", "stopped")


# ----- the bundle


@register.simple_tag
def bundle(name: str) -> SafeString:
    """The styles and the script of an entry of the front end, with hashed names."""
    try:
        styles, scripts = built.entry_files(name)
    except built.BundleMissing:
        return mark_safe("<!-- front end not built: see check ui.I001 -->")  # noqa: S308 (constant)
    links = format_html_join("\n", '<link rel="stylesheet" href="{}">', ((url,) for url in styles))
    # The theme entry runs before the first paint, so that a dark page never flashes white.
    shape = '<script src="{}"></script>' if name == "theme" else '<script type="module" src="{}"></script>'
    return links + format_html_join("\n", shape, ((url,) for url in scripts))


@register.simple_tag
def icon(name: str, classes: str = "", title: str = "") -> SafeString:
    """An icon of the sprite; hidden from readers unless it carries a meaning of its own (`title`)."""
    try:
        sprite = built.asset_url("icons.svg")
    except built.BundleMissing:
        sprite = ""
    return _drawn(sprite, name, str(classes), str(title))


@functools.lru_cache(maxsize=1024)
def _drawn(sprite: str, name: str, classes: str, title: str) -> SafeString:
    css = f"icon {classes}".strip()
    use = format_html('<use href="{}#{}"/>', sprite, name)
    if title:
        return format_html('<svg class="{}" role="img" aria-label="{}">{}</svg>', css, title, use)
    return format_html('<svg class="{}" aria-hidden="true">{}</svg>', css, use)


@register.simple_tag
def bundle_asset(name: str) -> str:
    """The URL of an asset of the front end; empty before the first build."""
    try:
        return built.asset_url(name)
    except built.BundleMissing:
        return ""


# ----- small marks


@register.simple_tag
def state(kind: str, text: Any) -> SafeString:
    """The state of a thing: a mark and a word. `kind` is ok, busy, warn, bad or off."""
    if kind not in STATES:
        raise ValueError(f"no state {kind!r}; there are {', '.join(STATES)}")
    return format_html('<span class="tb-state is-{}">{}</span>', kind, text)


@register.simple_tag
def due(kind: str, text: Any) -> SafeString:
    """A deadline, always in words. `kind` is empty, soon, late, done or stopped."""
    if kind not in DUES:
        raise ValueError(f"no due mark {kind!r}")
    return format_html('<span class="tb-due{}">{}</span>', f" is-{kind}" if kind else "", text)


@register.simple_tag
def avatar(name: Any, classes: str = "avatar-sm") -> SafeString:
    """The round sign of a person, from their name."""
    return format_html('<span class="avatar {}" aria-hidden="true">{}</span>', classes, initial_of(str(name)))


@register.simple_tag
def usage(used: int, limit: int, label: str = "") -> SafeString:
    """The use of a quota as a bar and in words, both sizes in bytes."""
    percent = min(100, round(used * 100 / limit)) if limit else 0
    level = " is-full" if percent >= 100 else " is-high" if percent >= 80 else ""
    spoken = label or gettext("Storage used: {percent}%").format(percent=percent)
    return format_html(
        '<div class="tb-usage"><progress class="progress progress-sm{}" value="{}" max="100"'
        ' aria-label="{}"></progress><span>{} / {}</span></div>',
        level,
        percent,
        spoken,
        bytes_text(used),
        bytes_text(limit),
    )


# ----- forms


@register.simple_tag
def field(bound: BoundField, **attrs: Any) -> SafeString:
    """A field of a form: label above, control, errors beside it, help under it.

    `label`, `help` and `size` ("sm", "lg") change the field here; `plain=True` hides the label from sight;
    `segmented=True` shows radio buttons as one row of buttons; anything else becomes an attribute of the
    control (`autocomplete="username"`, `data_tb_filter="x"`).
    """
    context = field_context(bound, attrs)
    if context["kind"] == "hidden":
        return context["control"]
    return render_to_string("ui/_field.html", context)


@register.simple_tag
def form_errors(form: BaseForm, *formsets: Any) -> SafeString | str:
    """The note at the top of a form that has errors, with a link to each field."""
    errors = error_list(form, *formsets)
    if not errors:
        return ""
    return render_to_string("ui/_form_errors.html", {"errors": errors, "count": len(errors)})


# ----- words


@register.filter(name="bytes")
def bytes_filter(value: Any) -> str:
    """A number of bytes as 84 KB."""
    return bytes_text(value)


@register.filter
def moment(value: Any) -> str:
    """An instant in full, in Asia/Shanghai."""
    return moments.moment_text(value)


@register.filter
def day(value: Any) -> str:
    """A date: 2026年3月5日, 5 March 2026."""
    return moments.day_text(value)


@register.filter
def since(value: Any) -> str:
    """How long ago."""
    return moments.since_text(value)


@register.simple_tag
def when(value: Any) -> SafeString | str:
    """An instant as lists show it (today 09:48), with the full one as its title."""
    if not value:
        return ""
    return format_html(
        '<time class="nowrap" datetime="{}" title="{}">{}</time>',
        value.isoformat(),
        moments.moment_text(value),
        moments.short_text(value),
    )


@register.filter
def localized(thing: Any, attr: str = "name") -> str:
    """The name of a thing in the reader's language."""
    return localized_name(thing, attr)


@register.filter
def initial(name: Any) -> str:
    """The first character of a name, or Latin initials."""
    return initial_of(str(name))


# ----- addresses


@register.simple_tag(takes_context=True)
def querystring_set(context: Context, **changes: Any) -> str:
    """This page's query string with some parameters changed; None or "" takes one out."""
    request = context.get("request")
    query = request.GET.copy() if request is not None else QueryDict("", mutable=True)
    for key, value in changes.items():
        if value is None or value == "":
            query.pop(key, None)
        elif isinstance(value, (list, tuple)):
            query.setlist(key, [str(each) for each in value])
        else:
            query[key] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def sort_link(context: Context, key: str, text: Any, param: str = "sort") -> SafeString:
    """A column heading that sorts: first up, then down. The state is in the address."""
    request = context["request"]
    now = request.GET.get(param, "")
    down = now == key
    url = querystring_set(context, **{param: f"-{key}" if down else key, "page": None})
    mark: str | SafeString = ""
    if now.lstrip("-") == key:
        mark = icon("chevron-up" if down else "chevron-down", "icon-sm")
    return format_html('<a class="tb-sort" href="{}">{}{}</a>', url, text, mark)


@register.filter
def page_numbers(page: Page[Any]) -> list[int | str]:
    """The page numbers worth showing, with gaps."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1))


@register.simple_block_tag
def selection(content: str, **labels: Any) -> str:
    """The bar of acts on the selected rows; hidden while none is selected. Put it in the table's form."""
    return render_to_string("ui/_selection.html", {"content": mark_safe(content), **labels})  # noqa: S308


@register.filter
def lookup(mapping: Mapping[Any, Any], key: Any) -> Any:
    """`mapping[key]`, or nothing."""
    return mapping.get(key) if mapping else None
