"""The template library `ui`."""

from datetime import UTC, date, datetime

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template
from django.utils import timezone
from django.utils.translation import override

from asp.ui import bundle as built
from tests.asp.ui.support import request


def render(source: str, **context: object) -> str:
    return Template("{% load i18n ui %}" + source).render(Context(context)).strip()


@pytest.fixture
def sprite(monkeypatch: pytest.MonkeyPatch) -> None:
    made = {
        "icons.svg": {"file": "icons-abc.svg"},
        "src/main.js": {"file": "main-abc.js", "css": ["main-abc.css"]},
        "src/theme.js": {"file": "theme-abc.js"},
    }
    monkeypatch.setattr(built, "manifest", lambda: made)


@pytest.mark.usefixtures("sprite")
class TestBundle:
    def test_it_names_the_hashed_files(self) -> None:
        html = render('{% bundle "main" %}')
        assert '<link rel="stylesheet" href="/static/ui/dist/main-abc.css">' in html
        assert '<script type="module" src="/static/ui/dist/main-abc.js"></script>' in html

    def test_it_runs_the_theme_before_the_first_paint(self) -> None:
        assert render('{% bundle "theme" %}') == '<script src="/static/ui/dist/theme-abc.js"></script>'

    def test_it_says_so_when_nothing_was_built(self) -> None:
        assert "not built" in render('{% bundle "absent" %}')

    def test_it_hides_an_icon_from_readers_unless_it_means_something(self) -> None:
        assert render('{% icon "folder" "is-folder" %}') == (
            '<svg class="icon is-folder" aria-hidden="true"><use href="/static/ui/dist/icons-abc.svg#folder"/></svg>'
        )
        assert 'role="img" aria-label="Shared"' in render('{% icon "users" title="Shared" %}')


class TestMarks:
    def test_it_shows_a_state_and_a_deadline_in_words(self) -> None:
        assert render('{% state "ok" "Running" %}') == '<span class="tb-state is-ok">Running</span>'
        assert render('{% due "soon" "2 days left" %}') == '<span class="tb-due is-soon">2 days left</span>'
        assert render('{% due "" "6 days left" %}') == '<span class="tb-due">6 days left</span>'

    @pytest.mark.parametrize("source", ['{% state "green" "x" %}', '{% due "tomorrow" "x" %}'])
    def test_it_refuses_marks_that_do_not_exist(self, source: str) -> None:
        with pytest.raises(ValueError, match="no "):
            render(source)

    def test_it_escapes_what_people_wrote(self) -> None:
        assert "<b>" not in render('{% state "ok" text %}', text="<b>")
        assert "<b>" not in render("{% avatar name %}", name="<b>")

    @pytest.mark.parametrize(
        ("used", "mark"), [(10, ""), (80, " is-high"), (100, " is-full"), (250, " is-full")]
    )
    def test_it_shows_how_full_a_quota_is(self, used: int, mark: str) -> None:
        html = render("{% usage used 100 %}", used=used)
        assert f'class="progress progress-sm{mark}" value="{min(used, 100)}"' in html

    def test_it_takes_a_quota_of_nothing(self) -> None:
        assert 'value="0"' in render("{% usage 0 0 %}")


class TestWords:
    @pytest.mark.parametrize(
        ("size", "text"),
        [
            (0, "0 B"),
            (1023, "1,023 B"),
            (1024, "1 KB"),
            (86016, "84 KB"),
            (1024 * 1024 - 1, "1 MB"),
            (5033165, "4.8 MB"),
            (50 * 1024**3, "50 GB"),
            (3 * 1024**6, "3,072 PB"),
        ],
    )
    def test_it_writes_sizes_as_people_do(self, size: int, text: str) -> None:
        assert render("{{ size|bytes }}", size=size) == text

    def test_it_writes_dates_as_people_do_in_both_languages(self) -> None:
        late = datetime(2026, 3, 4, 18, 5, tzinfo=UTC)  # past midnight in Shanghai
        with override("zh-hans"):
            assert render("{{ at|moment }}", at=late) == "2026年3月5日 02:05"
            assert render("{{ at|day }}", at=late) == "2026年3月5日"
            assert render("{{ at|day }}", at=date(2026, 12, 31)) == "2026年12月31日"
        with override("en"):
            assert render("{{ at|moment }}", at=late) == "5 March 2026, 02:05"
            assert render("{{ at|day }}", at=late) == "5 March 2026"

    def test_it_says_nothing_for_no_date(self) -> None:
        assert render("{{ at|moment }}{{ at|day }}{{ at|since }}{% when at %}", at=None) == ""

    def test_it_writes_a_moment_short_and_keeps_the_full_one(self) -> None:
        now = timezone.now()
        with override("en"):
            html = render("{% when at %}", at=now)
            assert ">today " in html
            assert f'datetime="{now.isoformat()}"'.replace("+", "&#x2B;") in html or now.isoformat() in html

    def test_it_takes_the_name_in_the_readers_language(self) -> None:
        bureau = {"name": "水利局", "name_en": "Water Bureau"}
        with override("en"):
            assert render("{{ it|localized }}", it=bureau) == "Water Bureau"
            assert render("{{ it|localized }}", it={"name": "水利局", "name_en": ""}) == "水利局"
        with override("zh-hans"):
            assert render("{{ it|localized }}", it=bureau) == "水利局"
        assert render("{{ it|localized }}", it=None) == ""

    @pytest.mark.parametrize(
        ("name", "sign"),
        [("发展和改革局", "发"), ("Chen Ruoshui", "CR"), ("ada", "A"), ("", "·"), (" 陈", "陈"), ("-", "-")],
    )
    def test_it_makes_a_sign_of_a_name(self, name: str, sign: str) -> None:
        assert render("{{ name|initial }}", name=name) == sign


class TestAddresses:
    def test_it_changes_adds_and_takes_out_parameters(self) -> None:
        asked = request("/x/?q=水&page=3&tag=a&tag=b")
        assert (
            render("{% querystring_set page=4 %}", request=asked)
            == "?q=%E6%B0%B4&amp;page=4&amp;tag=a&amp;tag=b"
        )
        assert render('{% querystring_set page=None tag="" %}', request=asked) == "?q=%E6%B0%B4"
        assert render("{% querystring_set page=2 %}") == "?page=2"

    def test_it_sorts_up_then_down(self) -> None:
        assert 'href="?sort=name"' in render('{% sort_link "name" "Name" %}', request=request("/x/?page=9"))
        assert 'href="?sort=-name"' in render(
            '{% sort_link "name" "Name" %}', request=request("/x/?sort=name")
        )

    def test_it_pages(self) -> None:
        page = Paginator(range(95), 10).page(5)
        with override("en"):
            html = render('{% include "ui/_pagination.html" %}', page=page, request=request("/x/?q=a"))
        assert "41–50 of 95" in html
        assert 'href="?q=a&amp;page=6"' in html
        assert 'aria-current="page">5<' in html

    def test_it_shows_no_pages_for_nothing(self) -> None:
        page = Paginator([], 10).page(1)
        assert render('{% include "ui/_pagination.html" %}', page=page, request=request()) == ""
