"""Fields of Django forms as the design draws them."""

import re

from django import forms
from django.template import Context, Template
from django.utils.translation import override

from asp.ui.forms import DateField, Form


class Letter(Form):
    """One field of every kind."""

    title = forms.CharField(label="Title", help_text="What it is about")
    secret = forms.CharField(label="Password", widget=forms.PasswordInput)
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A"), ("b", "B")])
    urgency = forms.ChoiceField(
        label="Urgency", choices=[("1", "One"), ("2", "Two")], widget=forms.RadioSelect
    )
    wanted = forms.MultipleChoiceField(
        label="Wanted", choices=[("x", "X"), ("y", "Y")], widget=forms.CheckboxSelectMultiple, required=False
    )
    agreed = forms.BooleanField(label="Agreed")
    until = DateField(label="Until", required=False)
    note = forms.CharField(label="Note", widget=forms.Textarea, required=False)
    file = forms.CharField(widget=forms.HiddenInput, required=False)


def draw(form: forms.BaseForm, name: str, options: str = "") -> str:
    source = "{% load ui %}{% field bound " + options + " %}"
    return Template(source).render(Context({"bound": form[name]}))


def test_it_puts_the_label_above_and_the_help_below() -> None:
    html = draw(Letter(), "title")
    label, control, help_ = (html.index(part) for part in ("<label", "<input", "What it is about"))
    assert label < control < help_
    assert '<label class="form-label required" for="id_title">' in html
    assert 'aria-describedby="id_title-help"' in html
    assert 'class="form-control"' in html
    assert "aria-invalid" not in html


def test_it_puts_the_error_beside_the_field_and_keeps_what_was_typed() -> None:
    with override("en"):
        html = draw(Letter({"kind": "zz", "until": "2026-13-01", "note": "<kept>"}), "title")
        assert 'aria-invalid="true"' in html
        assert 'aria-describedby="id_title-error id_title-help"' in html
        assert "is-invalid" in html
        assert "Fill this in." in html
        assert "&lt;kept&gt;" in draw(Letter({"note": "<kept>"}), "note")


def test_it_passes_attributes_on() -> None:
    html = draw(
        Letter(), "title", 'autocomplete="username" data_tb_copy="x" label="Other" help="" autofocus=True'
    )
    assert 'autocomplete="username"' in html
    assert 'data-tb-copy="x"' in html
    assert " autofocus" in html
    assert ">Other<" in html
    assert "What it is about" not in html
    assert "aria-describedby" not in html


def test_it_keeps_the_label_for_readers_when_it_is_hidden_from_sight() -> None:
    html = draw(Letter(), "title", "plain=True")
    assert 'aria-label="Title"' in html
    assert "<label" not in html


def test_it_shows_a_password_on_demand() -> None:
    assert 'data-tb-reveal="id_secret"' in draw(Letter(), "secret")


def test_it_groups_choices_under_one_legend() -> None:
    html = draw(Letter({"urgency": "2", "wanted": ["y"]}), "urgency")
    assert "<fieldset" in html
    assert '<legend class="form-label required">Urgency</legend>' in html
    assert re.search(
        r'<input type="radio" name="urgency" value="2"[^>]*class="form-check-input"[^>]* checked', html
    )
    assert html.count('type="radio"') == 2
    assert "form-selectgroup-input" in draw(Letter(), "urgency", "segmented=True")
    assert re.search(r'value="y"[^>]* checked', draw(Letter({"wanted": ["y"]}), "wanted"))


def test_it_gives_each_option_an_id_of_its_own() -> None:
    ids = re.findall(r'<input[^>]* id="([^"]+)"', draw(Letter(), "urgency"))
    assert ids == ["id_urgency_0", "id_urgency_1"]


def test_it_draws_the_other_kinds() -> None:
    assert 'class="form-select"' in draw(Letter(), "kind")
    assert 'class="form-check-input"' in draw(Letter(), "agreed")
    assert 'type="date"' in draw(Letter(), "until")
    assert 'value="2026-03-05"' in draw(Letter({"until": "2026-03-05"}), "until")
    assert 'rows="4"' in draw(Letter(), "note")
    assert draw(Letter(), "file") == '<input type="hidden" name="file" id="id_file">'


def test_it_reads_dates_as_people_write_them() -> None:
    for written in ("2026-03-05", "2026/3/5", "2026年3月5日"):
        assert DateField().clean(written).isoformat() == "2026-03-05"


def test_it_lists_every_error_at_the_top_with_a_way_to_its_field() -> None:
    source = "{% load ui %}{% form_errors form %}"
    with override("en"):
        html = Template(source).render(Context({"form": Letter({})}))
        assert "There are 5 things to correct" in html
        assert '<a href="#id_title">Title: Fill this in.</a>' in html
        assert '<a href="#id_urgency_0">Urgency: Choose here.</a>' in html
        assert 'role="alert"' in html
        assert Template(source).render(Context({"form": Letter()})) == ""


def test_it_keeps_a_message_that_the_form_wrote_itself() -> None:
    class Own(Form):
        name = forms.CharField(error_messages={"required": "Say who you are"})

    assert Own({}).errors["name"] == ["Say who you are"]


def test_it_draws_a_whole_form_the_same_way() -> None:
    html = str(Letter({}))
    assert 'class="tb-field"' in html
    assert "tb-note is-red" in html
