"""The frame around pages: navigation, brand, person."""

import pytest
from django.urls import ResolverMatch
from django.utils.translation import override

from asp.ui.context import Shell, shell
from tenants import registry
from tenants.registry import Function, NavItem
from tenants.site import BureauRef, Site
from tests.asp.ui.support import FGJ, person, request


def entry(code: str, url_name: str = "ui:accent", **more: object) -> NavItem:
    return NavItem(code, code.title(), "folder", url_name, **more)  # type: ignore[arg-type]


@pytest.fixture
def functions(monkeypatch: pytest.MonkeyPatch) -> dict[str, Function]:
    mine: dict[str, Function] = {}
    monkeypatch.setattr(registry, "_functions", mine)
    return mine


def codes(made: Shell) -> list[str]:
    return [item.code for item in made.items]


def test_it_shows_what_is_for_this_person(functions: dict[str, Function]) -> None:
    functions["a"] = Function(
        "a",
        "A",
        navigation=(
            entry("late", order=110),
            entry("files", permission="library.use"),
            entry("people", duties=("system",)),
            entry("either", permission="x.y", duties=("audit",), order=10),
        ),
    )
    assert codes(Shell(request(user=person()))) == ["late"]
    assert codes(Shell(request(user=person("library.use")))) == ["files", "late"]
    assert codes(Shell(request(user=person(duty="system")))) == ["people", "late"]
    assert codes(Shell(request(user=person("x.y")))) == ["either", "late"]
    assert codes(Shell(request(user=person(duty="audit")))) == ["either", "late"]


def test_it_shows_nothing_to_somebody_who_is_not_signed_in(functions: dict[str, Function]) -> None:
    functions["a"] = Function("a", "A", sites=("bureau", "hall"), navigation=(entry("open"),))
    assert codes(Shell(request())) == []
    assert codes(Shell(request(site=Site("hall")))) == ["open"]


def test_it_leaves_out_what_the_bureau_has_not_switched_on(functions: dict[str, Function]) -> None:
    functions["library"] = Function("library", "L", optional=True, navigation=(entry("library"),))
    functions["mail"] = Function("mail", "M", optional=True, navigation=(entry("mail"),))
    assert codes(Shell(request(user=person()))) == ["library"]


def test_it_leaves_out_entries_of_other_sites_and_unknown_addresses(functions: dict[str, Function]) -> None:
    functions["a"] = Function(
        "a",
        "A",
        sites=("bureau", "host"),
        navigation=(entry("host", sites=("host",)), entry("gone", "no:such")),
    )
    assert codes(Shell(request(user=person()))) == []


def test_it_marks_where_one_is(functions: dict[str, Function]) -> None:
    functions["a"] = Function(
        "a",
        "A",
        navigation=(entry("accent"), entry("theme", "ui:set-theme"), entry("lang", "ui:set-language")),
    )
    asked = request("/ui/theme/", user=person())
    asked.resolver_match = ResolverMatch(lambda r: None, (), {}, "set-theme", ["ui"], ["ui"])
    assert [item.code for item in Shell(asked).items if item.active] == ["theme"]
    deeper = request("/ui/language/more/1/", user=person())
    assert [item.code for item in Shell(deeper).items if item.active] == ["lang"]


def test_it_carries_the_bureaus_name_and_colour() -> None:
    with override("en"):
        made = Shell(request())
        assert made.brand_name == "Development and Reform Bureau"
    assert Shell(request()).emblem == "发"
    assert Shell(request()).accent_url == ""
    coloured = BureauRef(None, "b_x", name="水利局", accent="#0A7B61")
    assert Shell(request(site=Site("bureau", coloured))).accent_url.endswith("/accent.css?c=0A7B61")


@pytest.mark.parametrize("name", ["发展和改革局", "云溪县发展和改革局"])
def test_it_says_the_county_once(name: str) -> None:
    with override("zh-hans"):
        made = Shell(request(site=Site("bureau", BureauRef(None, "b_x", name=name))))
        assert (made.brand_name, made.brand_sub, made.emblem) == ("发展和改革局", "云溪县", "发")
        assert made.full_name == "云溪县发展和改革局"
    with override("en"):
        named = BureauRef(None, "b_x", name=name, name_en="Yunxi County Water Bureau")
        assert Shell(request(site=Site("bureau", named))).brand_name == "Water Bureau"
        assert Shell(request(site=Site("bureau", named))).full_name == "Yunxi County Water Bureau"


def test_it_names_the_duty_of_an_administrator() -> None:
    with override("en"):
        assert Shell(request(user=person(duty="audit"))).person_sub == "Audit administrator"
        assert Shell(request(user=person())).person_sub == "chenruoshui"


def test_it_asks_for_nothing_until_a_page_has_a_frame() -> None:
    class Untouchable:
        @property
        def is_authenticated(self) -> bool:
            raise AssertionError("the person was asked for")

    asked = request(user=Untouchable())
    assert set(shell(asked)) == {"shell"}
    assert Shell(asked, bare=True).items == []
    assert Shell(asked, bare=True).flashes == []
    assert FGJ.name
