"""The probe of repeated requests."""

from types import SimpleNamespace

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from asp.idempotency import keys
from asp.idempotency.middleware import once
from asp.idempotency.models import Answer
from tenants.context import current_bureau
from tenants.isolation import attempts
from tenants.isolation.attempts import canary, done, one, reading
from tenants.isolation.registry import Finding, broken, held, probe
from tenants.keys import uuid7


@probe(
    "requests.once",
    control="16.requests",
    title=_("The same request twice"),
    explanation=_(
        "A double click may have one effect only, and its answer belongs to whoever asked. We send a request twice, then "
        "with the same key as somebody else."
    ),
)
def repeated() -> Finding:
    effects: list[int] = []

    def work() -> HttpResponse:
        effects.append(1)
        return HttpResponse(canary())

    key, one_person, another = canary(), _request(), _request()
    for each in (one_person, another):
        each.META["HTTP_IDEMPOTENCY_KEY"] = key
    first, foreign = keys.request_of(one_person), keys.request_of(another)
    assert first is not None
    assert foreign is not None
    answers = [once(first, work), once(first, work)]
    theirs = once(foreign, work)
    same = answers[0].content == answers[1].content  # type: ignore[attr-defined]
    leaked = theirs.content == answers[0].content  # type: ignore[attr-defined]
    here = one(
        "SELECT count(*) FROM pg_class WHERE oid = to_regclass(%s) AND relnamespace = %s::regnamespace",
        [Answer._meta.db_table, current_bureau().schema],
    )
    tables = [(schema, Answer._meta.db_table, "id") for schema in attempts.other_schemas()]
    if leaked or not here or any(done(reading(table)) for table in tables):
        return broken(_("An answer could be had by somebody else."))
    if len(effects) != 2 or not same:
        return broken(_("A repeated request had a second effect."))
    return held(
        _("The repeat had no effect and got the same answer; somebody else with the same key did not.")
    )


def _request() -> HttpRequest:
    request = HttpRequest()
    request.method, request.path = "POST", "/probe/"
    request.content_type = "application/x-www-form-urlencoded"
    request.user = SimpleNamespace(is_authenticated=True, pk=uuid7())  # type: ignore[assignment]
    return request
