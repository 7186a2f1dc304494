"""The editor's view: it reads and writes through its caller, says faults at their field, takes steps back."""

import secrets
from types import SimpleNamespace

import pytest
from django.template import engines

from asp.forms.editing import Editor, edit_form
from asp.forms.editing.view import revision_of
from asp.forms.errors import EditedElsewhere
from tests.asp.forms.samples import everything, field, form, words
from tests.asp.ui.support import person, request

PAGE = (
    '{% extends "ui/office.html" %}{% block content %}{% include "forms/editor/_editor.html" %}{% endblock %}'
)


class Desk:
    """A caller that keeps the definition in memory."""

    def __init__(self, data):
        self.data, self.saved = data, 0
        self.key = f"tests:{secrets.token_hex(6)}"

    def save(self, data):
        self.data, self.saved = data, self.saved + 1

    def ask(self, method="get", posted=None, htmx=True, path="/form/"):
        if posted is not None:
            posted = {"revision": revision_of(self.data), **posted}
        asked = request(
            path, user=person(), method=method, **({"data": posted} if posted is not None else {})
        )
        asked.htmx = SimpleNamespace() if htmx else None
        editor = Editor(self.key, lambda: self.data, self.save, "tests/editor.html")
        return edit_form(asked, editor)

    def post(self, **posted):
        return self.ask("post", posted)

    def panel(self, at, **settings):
        what = "section" if at.startswith("§") else "field" if at else "form"
        return self.post(do=f"{what}_change", at=at, **settings)


@pytest.fixture
def desk(monkeypatch):
    engine = engines["django"].engine
    loader = engine.find_template

    def find(name, dirs=None, skip=None):
        return (engine.from_string(PAGE), None) if name == "tests/editor.html" else loader(name, dirs, skip)

    monkeypatch.setattr(engine, "find_template", find)
    return Desk(everything())


def text(response):
    return response.content.decode()


def test_it_lists_the_fields_and_shows_the_form(desk):
    page = text(desk.ask(htmx=False))
    assert "<html" in page
    assert page.count("tb-editor-row") == 1 + 2 + 23 + 4
    assert 'id="f-matter"' in page
    assert " inert" in page
    part = text(desk.ask())
    assert "<html" not in part
    assert desk.saved == 0


@pytest.mark.parametrize(
    "at", ["matter", "costs", "costs.price", "§money", "left", "hint", "papers", "extras", "trip"]
)
def test_each_thing_has_its_panel(desk, at):
    response = desk.ask(path=f"/form/?at={at}")
    assert response.status_code == 200
    assert f'value="{at}"' in text(response)


@pytest.mark.parametrize("at", ["zzz", "costs.zzz", "§zzz", "matter.x"])
def test_what_is_not_there_is_not_found(desk, at):
    from django.http import Http404

    with pytest.raises(Http404):
        desk.ask(path=f"/form/?at={at}")


def test_every_panel_saves_what_it_shows(desk):
    """Applying a panel without typing anything changes nothing that matters."""
    from asp.forms import Definition
    from asp.forms.comparing import compare
    from asp.forms.editing.view import panel_of

    before = Definition.read(desk.data)
    paths = [each.name for each in before.fields] + ["costs.what", "costs.price", "costs.cost", "§basics", ""]
    for at in paths:
        panel = panel_of(desk.data, at)
        posted = {}
        for name, one in panel.fields.items():
            value = one.prepare_value(panel.get_initial_for_field(one, name))
            if value not in (None, False, "", []):
                posted[name] = "on" if value is True and name != "capital" else value
        response = desk.panel(at, **posted)
        assert response.status_code == 200, (at, text(response))
        assert compare(before, Definition.read(desk.data)).is_empty, at


def test_a_field_is_added_changed_moved_copied_deleted_and_brought_back(desk):
    assert "amount" not in text(desk.ask())
    response = desk.post(act="field_add:matter:money")
    assert "data-tb-focus" in text(response)
    assert desk.data["sections"][0]["fields"][1]["name"] == "money1"
    desk.panel(
        "money1", name="amount", label_zh="金额", label_en="Amount", required="on", min="10", capital="True"
    )
    assert desk.data["sections"][0]["fields"][1] == {
        "name": "amount", "kind": "money", "label": words("金额", "Amount"), "help": words(""), "required": True,
        "capital": True, "min": "10", "was": ["money1"],
    }  # fmt: skip
    desk.post(act="field_up:amount")
    assert desk.data["sections"][0]["fields"][0]["name"] == "amount"
    desk.post(act="field_copy:amount")
    assert desk.data["sections"][0]["fields"][1]["name"] == "amount2"
    desk.post(act="field_delete:amount2")
    assert desk.saved == 5
    for _ in range(5):
        desk.post(act="undo:")
    assert desk.data == everything()
    assert desk.saved == 10
    assert "fe-undo" not in text(desk.ask())
    desk.post(act="undo:")
    assert desk.saved == 10


def test_steps_of_somebody_else_are_not_taken_back(desk):
    desk.post(act="field_up:reason")
    desk.data["title"] = words("别人改的")
    before = desk.data
    desk.post(act="undo:")
    assert desk.data is before


def test_columns_and_sections_have_acts_too(desk):
    desk.post(act="column_add:costs:date")
    assert desk.data["sections"][1]["fields"][1]["columns"][-1]["kind"] == "date"
    desk.post(act="section_add:")
    desk.panel("§section1", title_zh="附件", title_en="Papers", when="urgent")
    assert desk.data["sections"][2]["when"] == "urgent"
    desk.panel("", title_zh="新名称", title_en="New name")
    assert desk.data["title"] == words("新名称", "New name")
    desk.post(act="section_delete:§section1")
    assert len(desk.data["sections"]) == 2


def test_options_are_written_one_a_line(desk):
    desk.panel(
        "kind",
        name="kind",
        label_zh="类型",
        options="会议 | Meeting | meeting\n\n新的|New\n其他 ｜ Other ｜ other",
        look="auto",
    )
    options = desk.data["sections"][0]["fields"][3]["options"]
    assert [each["value"] for each in options] == ["meeting", "o1", "other"]
    assert options[1]["label"] == words("新的", "New")


@pytest.mark.parametrize(
    ("at", "settings", "said"),
    [
        ("other", {"name": "other", "label_zh": "x", "when": "zzz == 1"}, "There is no field called “zzz”."),
        ("other", {"name": "other", "label_zh": "x", "when": "kind ="}, "This cannot be read as a condition"),
        ("other", {"name": "other", "label_zh": ""}, "A Chinese text is needed."),
        ("other", {"name": "matter", "label_zh": "x"}, "Two fields have this name."),
        ("other", {"name": "Other!", "label_zh": "x"}, "A name has small letters"),
        ("people", {"name": "people", "label_zh": "x", "min": "5", "max": "1"}, "The largest value is smaller"),
        ("people", {"name": "people", "label_zh": "x", "min": "five"}, "This must be a number"),
        ("total", {"name": "total", "label_zh": "x", "expression": "left + 1"}, "in a circle"),
        ("papers", {"name": "papers", "label_zh": "x", "max": "99"}, "less than or equal to 20"),
        ("kind", {"name": "kind", "label_zh": "x", "options": ""}, "Write at least one option."),
        ("kind", {"name": "kind", "label_zh": "x", "options": "a||x\nb||x"}, "Two options have the same value."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_changes_nothing(desk, at, settings, said):
    from django.utils import translation

    with translation.override("en"):
        response = desk.panel(at, **settings)
    assert response.status_code == 422
    assert said in text(response)
    assert desk.saved == 0


def test_a_field_that_is_needed_stays_and_it_is_said_why(desk):
    response = desk.post(act="field_delete:costs")
    assert response.status_code == 422
    assert "total" in text(response)
    assert desk.saved == 0


def test_two_windows_do_not_overwrite_each_other(desk):
    with pytest.raises(EditedElsewhere):
        desk.post(act="field_up:reason", revision="x")
    with pytest.raises(EditedElsewhere):
        desk.ask("post", {"act": "field_up:reason", "revision": ""})
    assert desk.saved == 0


def test_without_scripts_an_act_leads_back_to_the_page(desk):
    response = desk.ask("post", {"act": "field_up:reason"}, htmx=False)
    assert (response.status_code, response["Location"]) == (302, "/form/?at=reason")


def test_hostile_words_stay_words(desk):
    evil = "<img src=x onerror=alert(1)>{{ 7|add:7 }}'\"><script>alert(1)</script>"
    data = form(field("a", label=words(evil), help=words(evil)), title=words(evil))
    data["sections"][0]["title"] = words(evil)
    data["sections"][0]["fields"].append(field("b", "choice", options=[{"value": "x", "label": words(evil)}]))
    data["sections"][0]["fields"].append(field("c", "table", columns=[field("d", label=words(evil))]))
    desk.data = data
    for at in ("", "a", "b", "c", "c.d", "§main"):
        page = text(desk.ask(path=f"/form/?at={at}"))
        assert "<img" not in page
        assert "<script" not in page
        assert "{{ 7|add:7 }}" in page


def test_a_faulty_definition_can_be_looked_at_and_mended(desk):
    desk.data = form(field("a", when="gone > 1"))
    page = text(desk.ask())
    assert "gone" in page
    assert "is-bad" in page
    assert desk.panel("a", name="a", label_zh="甲", width="full").status_code == 200
    assert "is-bad" not in text(desk.ask())


def test_it_works_while_the_cache_is_away(desk, monkeypatch):
    from django.core.cache import cache
    from redis.exceptions import ConnectionError as Away

    def away(*_args, **_kwargs):
        raise Away

    monkeypatch.setattr(cache, "get", away)
    monkeypatch.setattr(cache, "set", away)
    assert desk.post(act="field_up:reason").status_code == 200
    assert desk.saved == 1
