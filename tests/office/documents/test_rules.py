"""Reference §1.5: what a document of a type must have."""

import pytest

from office.documents import errors
from office.documents.kinds import Kind
from office.documents.models import Number
from office.documents.rules import addressees_of, check
from tests.office.documents.registry import Registry


@pytest.mark.parametrize("kind", [Kind.REQUEST, Kind.REPORT])
def test_an_upward_document_names_its_signer(kind: Kind) -> None:
    with pytest.raises(errors.SignerMissing):
        check(kind, addressees=["县人民政府"], signer=" ")
    check(kind, addressees=["县人民政府"], signer="甲主任")


@pytest.mark.parametrize("addressees", [[], ["县人民政府", "县委"]])
def test_a_request_has_one_addressee(addressees: list[str]) -> None:
    with pytest.raises(errors.OneAddressee):
        check(Kind.REQUEST, addressees=addressees, signer="甲主任")


def test_other_types_have_as_many_as_they_want() -> None:
    for kind in set(Kind) - {Kind.REQUEST, Kind.REPORT}:
        check(kind, addressees=[], signer="")
        check(kind, addressees=["各乡镇人民政府", "县直各部门"], signer="")
    check(Kind.REPORT, addressees=["县人民政府", "县委"], signer="甲主任")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("县人民政府", ["县人民政府"]),
        ("各乡镇人民政府，县直各部门、各直属单位", ["各乡镇人民政府", "县直各部门", "各直属单位"]),
        (" 县委；县政府, ", ["县委", "县政府"]),
        ("", []),
    ],
)
def test_addressees_are_read_as_people_write_them(text: str, found: list[str]) -> None:
    assert addressees_of(text) == found


def test_no_number_for_a_request_to_two(registry: Registry) -> None:
    with pytest.raises(errors.OneAddressee):
        registry.take(kind="request", addressee="县人民政府、县委")
    assert not Number.objects.filter(series__code=registry.code).exists()
