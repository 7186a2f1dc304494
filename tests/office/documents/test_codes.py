"""Agency codes: what stands on paper is not changed afterwards."""

import pytest

from asp.audit.actor import Actor
from office.documents import errors, services
from tests.office.documents.registry import Registry


@pytest.mark.parametrize("code", ["", "ABC", "武政发1", "武 政", "武政发〔2026〕", "字" * 21])
def test_a_code_is_chinese_characters(registry: Registry, code: str) -> None:
    with pytest.raises(errors.CodeInvalid):
        services.code_create(actor=Actor.system("tests"), code=code, style="yearly")


def test_a_code_is_there_once(registry: Registry) -> None:
    with pytest.raises(errors.CodeTaken):
        services.code_create(actor=Actor.system("tests"), code=registry.code.code, style="issues")


def test_how_it_is_written_stays_once_a_number_was_given(registry: Registry) -> None:
    change = {"actor": Actor.system("tests"), "code": registry.code, "use": "县政府文件", "sort": 5}
    assert services.code_update(**change, style="issues").style == "issues"
    services.code_update(**change, style="yearly")
    registry.take()
    with pytest.raises(errors.CodeInUse):
        services.code_update(**change, style="issues")
    assert services.code_update(**change, style="yearly").use == "县政府文件"


def test_stopped_and_used_again(registry: Registry) -> None:
    services.code_stop(actor=Actor.system("tests"), code=registry.code)
    with pytest.raises(errors.CodeStopped):
        services.code_stop(actor=Actor.system("tests"), code=registry.code)
    services.code_resume(actor=Actor.system("tests"), code=registry.code)
    assert registry.take().number == 1
