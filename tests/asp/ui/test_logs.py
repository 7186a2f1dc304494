"""Log lines say where they come from, and hold nothing that people have entered."""

import json
import logging

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from django.test import RequestFactory

from asp.accounts.models import Account
from asp.ui import requestid
from asp.ui.errors import NotAllowed
from asp.ui.logs import JsonFormatter, TextFormatter, describe
from tenants.context import bureau_context
from tenants.observe import fields

NAME, PHONE, MAIL = "赵铁柱", "13912345678", "zhao.tiezhu@example.org"


def record(message: str, *args: object, **extra: object) -> logging.LogRecord:
    made = logging.LogRecord("asp.test", logging.INFO, "x.py", 1, message, args, extra.pop("exc_info", None))
    for name, value in extra.items():
        setattr(made, name, value)
    return made


def line(*args: object, **extra: object) -> dict[str, object]:
    return json.loads(JsonFormatter().format(record(*args, **extra)))


def test_a_line_says_when_what_and_where(fresh_bureau):
    token = requestid.current.set("8c41-0f3a7e")
    try:
        with bureau_context(fresh_bureau), fields.job_fields("0199", "a.b"), fields.message_fields("77"):
            found = line("so it is: %s", 5)
    finally:
        requestid.current.reset(token)
    assert found.pop("time").endswith("Z")
    assert found == {
        "level": "INFO",
        "logger": "asp.test",
        "process": "command",
        "message": "so it is: 5",
        "request_id": "8c41-0f3a7e",
        "site": f"b:{fresh_bureau.id}",
        "job": "0199",
        "message_id": "77",
    }


def test_outside_of_everything_nothing_is_made_up():
    assert set(line("x")) == {"time", "level", "logger", "process", "message"}


def test_what_libraries_hang_on_a_record_is_left_out():
    request = RequestFactory().get(f"/accounts/links/SECRET-TOKEN/?phone={PHONE}")
    request.id = "8c41-0f3a7e"
    found = line("%s: %s", "Not Found", request.path, request=request, status_code=404)
    assert found["request_id"] == "8c41-0f3a7e"
    assert found["message"] == "Not Found: none"
    assert "SECRET" not in str(found)


def test_a_path_that_django_has_escaped_is_left_out_as_well():
    request = RequestFactory().get("/赵铁柱/secret-token/")
    escaped = request.path.encode("unicode_escape").decode("ascii")
    assert "secret-token" in escaped
    assert line("%s: %s", "Not Found", escaped, request=request)["message"] == "Not Found: none"


@pytest.mark.parametrize("text", [PHONE, MAIL, "11010119900307293X"])
def test_the_last_net_catches_what_has_a_known_form(text):
    assert text not in str(line("somebody wrote %s", f"<{text}>"))


def failure(run) -> BaseException:
    with pytest.raises(Exception) as caught:  # noqa: PT011, B017
        run()
    return caught.value


def logged(error: BaseException) -> str:
    made = record("it failed: %s", error, exc_info=(type(error), error, error.__traceback__))
    return JsonFormatter().format(made) + TextFormatter().format(made)


def test_postgresql_repeats_values_and_the_log_does_not(fresh_bureau):
    def doubled() -> None:
        with bureau_context(fresh_bureau), transaction.atomic():
            for _ in range(2):
                Account.objects.create(kind="staff", login=MAIL[:20], name=NAME, phone=PHONE)

    def wrong_type() -> None:
        with bureau_context(fresh_bureau), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT %s::integer", [NAME])

    for run, kind in ((doubled, IntegrityError), (wrong_type, DataError)):
        error = failure(run)
        assert isinstance(error, kind)
        shown = logged(error)
        assert "sqlstate 2" in shown
        for secret in (NAME, PHONE, MAIL[:20]):
            assert secret not in shown
    assert NAME in str(error), "the control: PostgreSQL does repeat it"


def test_a_traceback_keeps_places_and_drops_messages():
    def inner() -> None:
        raise ValueError(f"cannot read {NAME}")

    def outer() -> None:
        try:
            inner()
        except ValueError as error:
            raise KeyError(NAME) from error

    shown = logged(failure(outer))
    assert NAME not in shown
    assert "KeyError" in shown
    assert "ValueError" in shown
    assert "test_logs.py" in shown
    assert " inner" in shown


def test_messages_that_name_code_only_are_kept():
    assert describe(failure(lambda: None.x)) == "AttributeError: 'NoneType' object has no attribute 'x'"
    assert describe(NotAllowed()) == f"NotAllowed {NotAllowed().code}"
    assert describe(FileNotFoundError(2, "No such file", f"/tmp/{NAME}")) == "FileNotFoundError: No such file"


def test_a_chain_that_bites_its_tail_ends():
    error = ValueError()
    error.__cause__ = error
    assert "ValueError" in logged(error)
