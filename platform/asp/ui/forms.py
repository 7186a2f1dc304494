"""How Django forms look here: one column, labels above, help under, errors beside the field and at the top."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms import BaseForm, BoundField, renderers
from django.forms.boundfield import BoundWidget
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _


class Bound(BoundField):
    """The `field` tag says itself what describes a control; Django would point to ids that we do not write."""

    @property
    def aria_describedby(self) -> None:
        """Nothing of Django's own."""


class Renderer(renderers.DjangoTemplates):
    """Forms are drawn field by field with the `field` tag; `{{ form }}` as a whole looks the same."""

    form_template_name = "ui/_form.html"
    bound_field_class = Bound


class DateInput(forms.DateInput):
    """The browser's own date picker; speaks ISO dates whatever the reader's language is."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class DateField(forms.DateField):
    """A date (日期) with the browser's picker."""

    widget = DateInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("input_formats", ["%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日"])
        super().__init__(**kwargs)


def widget_kind(bound: BoundField) -> str:
    """Which of our shapes a field takes."""
    widget = bound.field.widget
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
        return "choices"
    if isinstance(widget, (forms.Select, forms.SelectMultiple)):
        return "select"
    if isinstance(widget, forms.PasswordInput):
        return "password"
    if isinstance(widget, forms.Textarea):
        return "textarea"
    if isinstance(widget, forms.FileInput):
        return "file"
    return "input"


CLASSES = {
    "checkbox": "form-check-input",
    "choices": "form-check-input",
    "select": "form-select",
    "hidden": "",
}


def field_context(bound: BoundField, options: dict[str, Any]) -> dict[str, Any]:
    """Everything the field's template needs. `options` are the arguments of the `field` tag."""
    kind = widget_kind(bound)
    options = dict(options)
    label = options.pop("label", bound.label)
    help_text = options.pop("help", bound.help_text)
    size = options.pop("size", "")
    plain = bool(options.pop("plain", False))
    segmented = bool(options.pop("segmented", False))
    identifier = str(options.get("id") or bound.id_for_label or bound.auto_id or bound.html_name)

    css = [CLASSES.get(kind, "form-control")]
    if size:
        css.append(f"{css[0]}-{size}")
    css += [str(bound.field.widget.attrs.get("class", "")), str(options.pop("class", ""))]
    if bound.errors:
        css.append("is-invalid")
    classes = " ".join(part for part in css if part)
    attrs: dict[str, Any] = {"class": classes} if classes else {}
    described = []
    if bound.errors:
        attrs["aria-invalid"] = "true"
        described.append(f"{identifier}-error")
    if help_text:
        described.append(f"{identifier}-help")
    if described:
        attrs["aria-describedby"] = " ".join(described)
    attrs.update({key.replace("_", "-"): value for key, value in options.items()})
    if kind == "textarea" and "rows" not in attrs and str(bound.field.widget.attrs.get("rows")) == "10":
        attrs["rows"] = 4  # ten, Django's own default, is nobody's wish
    if plain and label:
        attrs.setdefault("aria-label", strip_tags(str(label)))

    context: dict[str, Any] = {
        "bound": bound,
        "kind": kind,
        "label": label,
        "help": help_text,
        "plain": plain,
        "segmented": segmented,
        "required": bound.field.required,
        "errors": bound.errors,
        "id": identifier,
        "error_id": f"{identifier}-error",
        "help_id": f"{identifier}-help",
        "described": " ".join(described),
    }
    if kind == "choices":
        context["options"] = choice_options(bound, attrs, segmented=segmented)
    else:
        context["control"] = bound.as_widget(attrs=attrs)
    return context


def choice_options(bound: BoundField, attrs: dict[str, Any], *, segmented: bool) -> list[dict[str, Any]]:
    """The single radio buttons or check boxes of a field, each with its label."""
    css = "form-selectgroup-input" if segmented else attrs["class"]
    # The group carries the description; each option only its own look.
    own = {
        key: value for key, value in attrs.items() if key not in ("aria-describedby", "aria-invalid", "id")
    }
    own["class"] = css
    if bound.auto_id:
        own["id"] = bound.auto_id
    return [
        {"tag": option.tag(), "label": option.choice_label, "id": option.id_for_label}
        for option in _subwidgets(bound, own)
    ]


def _subwidgets(bound: BoundField, attrs: dict[str, Any]) -> list[BoundWidget]:
    widget = bound.field.widget
    return [
        BoundWidget(widget, data, bound.form.renderer)
        for data in widget.subwidgets(bound.html_name, bound.value(), attrs=attrs)
    ]


def error_list(form: BaseForm, *others: Any) -> list[dict[str, str]]:
    """Every error of the forms and form sets, with the field it belongs to, in the order of the fields."""
    found: list[dict[str, str]] = []
    for each in (form, *others):
        if hasattr(each, "forms"):
            found += [{"text": str(text), "label": "", "target": ""} for text in each.non_form_errors()]
            for single in each.forms:
                found += _errors_of(single)
        else:
            found += _errors_of(each)
    return found


def _errors_of(form: BaseForm) -> list[dict[str, str]]:
    if not form.is_bound:
        return []
    found = [{"text": str(text), "label": "", "target": ""} for text in form.non_field_errors()]
    for bound in form:
        identifier = bound.id_for_label or bound.auto_id or bound.html_name
        if widget_kind(bound) == "choices":
            identifier = f"{bound.auto_id}_0" if bound.auto_id else bound.html_name
        label = str(bound.label or "")
        if label.endswith((".", "。")):
            label = ""  # a statement to be confirmed: its error speaks for itself
        for text in bound.errors:
            found.append({"text": str(text), "label": label, "target": str(identifier)})
    return found


def friendly(fields: Iterable[forms.Field]) -> None:
    """Say what to do instead of "this field is required", unless the form says something of its own."""
    default = forms.Field.default_error_messages["required"]
    for each in fields:
        if each.error_messages.get("required") is not default:
            continue
        if isinstance(each, forms.BooleanField):
            each.error_messages["required"] = _("Tick this to go on.")
        elif isinstance(each, forms.FileField):
            each.error_messages["required"] = _("Choose a file.")
        elif isinstance(each.widget, (forms.Select, forms.RadioSelect, forms.CheckboxSelectMultiple)):
            each.error_messages["required"] = _("Choose here.")
        else:
            each.error_messages["required"] = _("Fill this in.")


class Form(forms.Form):
    """A form that says what to do, and leaves it to the page (not to the browser's bubbles) to say it."""

    use_required_attribute = False

    def full_clean(self) -> None:
        """Fields may have been added since the form was made, so their words are set only now."""
        friendly(self.fields.values())
        super().full_clean()


class ModelForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only in the stubs
    """The same for a model."""

    use_required_attribute = False

    def full_clean(self) -> None:
        """Fields may have been added since the form was made, so their words are set only now."""
        friendly(self.fields.values())
        super().full_clean()
