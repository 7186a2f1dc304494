"""Void numbers stay in the register; nothing is used again by itself. Reference §1.3, 4."""

import datetime
from unittest.mock import patch

import pytest

from asp.audit.actor import Actor
from asp.ui.moments import today
from office.documents import errors, services
from office.documents.models import NumberState
from tests.office.documents.registry import Registry


def test_it_stays_with_reason_person_and_time(registry: Registry) -> None:
    number = registry.void(registry.take(), "签发后撤回")
    assert number.state == NumberState.VOID
    used, voided = number.acts.all()
    assert (used.kind, voided.kind, voided.reason, voided.by_id) == (
        "used",
        "voided",
        "签发后撤回",
        registry.clerk.pk,
    )


def test_the_next_document_gets_the_next_number(registry: Registry) -> None:
    registry.void(registry.take())
    assert registry.take().number == 2


def test_voided_twice_is_told_who_did_it(registry: Registry) -> None:
    number = registry.void(registry.take())
    with pytest.raises(errors.NumberVoid) as refused:
        registry.void(number, "再次作废")
    assert refused.value.params["name"] == registry.clerk.name
    assert number.acts.count() == 2


@pytest.mark.parametrize("reason", ["", " \n "])
def test_it_needs_a_reason(registry: Registry, reason: str) -> None:
    number = registry.take()
    with pytest.raises(errors.ReasonMissing):
        registry.void(number, reason)
    number.refresh_from_db()
    assert number.state == NumberState.USED


def test_a_void_number_is_used_again_only_when_released(registry: Registry) -> None:
    number = registry.void(registry.take())
    use = {"actor": Actor.of_account(registry.clerk), "account": registry.clerk, "number": number}
    with pytest.raises(errors.NumberNotFree):
        services.number_use(**use, entry=registry.entry())
    services.number_free(
        actor=Actor.of_account(registry.cast.head),
        account=registry.cast.head,
        number=number,
        reason="同年补用",
    )
    used = services.number_use(**use, entry=registry.entry(title="关于补用文号的通知"))
    assert (used.state, used.title, used.number) == (NumberState.USED, "关于补用文号的通知", 1)
    assert [each.kind for each in used.acts.all()] == ["used", "voided", "freed", "used"]


def test_it_is_released_within_its_year_only(registry: Registry) -> None:
    number = registry.void(registry.take())
    later = datetime.date(today().year + 1, 1, 3)
    with (
        patch("office.documents.services.numbers.today", return_value=later),
        pytest.raises(errors.NumberYearOver),
    ):
        services.number_free(actor=Actor.system("tests"), account=None, number=number, reason="跨年")


def test_what_is_in_use_is_not_released(registry: Registry) -> None:
    with pytest.raises(errors.NumberNotVoid):
        services.number_free(actor=Actor.system("tests"), account=None, number=registry.take(), reason="想用")


def test_a_correction_keeps_what_stood_there(registry: Registry) -> None:
    number = registry.take(title="关于防讯的通知")
    corrected = services.number_correct(
        actor=Actor.of_account(registry.clerk),
        account=registry.clerk,
        number=number,
        entry=registry.entry(title="关于防汛的通知"),
        reason="错别字",
    )
    assert corrected.title == "关于防汛的通知"
    assert [each.title for each in corrected.acts.all()] == ["关于防讯的通知", "关于防汛的通知"]


def test_a_correction_does_not_move_it_into_another_year(registry: Registry) -> None:
    number = registry.take()
    before = datetime.date(today().year - 1, 12, 30)
    with pytest.raises(errors.NotThisYear):
        services.number_correct(
            actor=Actor.system("tests"),
            account=None,
            number=number,
            entry=registry.entry(signed_on=before),
            reason="日期写错",
        )
