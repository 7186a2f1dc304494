"""The pages of the register over HTTP: who sees them, and what they say when something is wrong."""

import datetime

from django.utils.translation import override

from asp.audit.models import Entry
from asp.audit.selectors import in_words
from asp.jobs.models import Job
from asp.jobs.runner import run_job
from asp.ui.moments import today
from office.documents.models import AgencyCode, Number
from tests.office.documents.registry import Registry
from tests.support.client import SiteClient

NUMBERS = "/documents/numbers/"


def form_of(registry: Registry, **more: object) -> dict[str, object]:
    return {
        "code": str(registry.code.pk),
        "kind": "notice",
        "title": "关于召开会议的通知",
        "addressee": "各科室",
        "signer": "甲主任",
        "signed_on": today().isoformat(),
        **more,
    }


def clerk(registry: Registry) -> SiteClient:
    return SiteClient(registry.cast.bureau).login_as(registry.clerk)


def head(registry: Registry) -> SiteClient:
    return SiteClient(registry.cast.bureau).login_as(registry.cast.head)


def test_a_number_is_given_and_shown(registry: Registry) -> None:
    client = clerk(registry)
    answer = client.post(f"{NUMBERS}take/", form_of(registry))
    number = Number.objects.get(series__code=registry.code)
    assert (answer.status_code, answer["Location"]) == (302, f"{NUMBERS}{number.pk}/")
    page = client.get(answer["Location"]).content.decode()
    assert number.text in page
    assert "关于召开会议的通知" in page
    assert number.text in client.get(f"{NUMBERS}?code={registry.code.pk}").content.decode()


def test_the_same_click_twice_gives_one_number(registry: Registry) -> None:
    client = clerk(registry)
    for _ in range(2):
        client.post(f"{NUMBERS}take/", form_of(registry), HTTP_IDEMPOTENCY_KEY="the-same-key-1234")
    assert Number.objects.filter(series__code=registry.code).count() == 1


def test_what_is_wrong_is_said_beside_the_form_and_nothing_is_lost(registry: Registry) -> None:
    client = clerk(registry)
    for more, said in (
        ({"title": "字" * 301}, "300"),
        ({"title": ""}, "Fill this in."),
        ({"signed_on": (today() + datetime.timedelta(days=2)).isoformat()}, "lies ahead"),
        ({"title": "机密★关于某事的通知"}, "state secrecy"),
        ({"kind": "poem"}, "poem"),
    ):
        answer = client.post(f"{NUMBERS}take/", form_of(registry, addressee="乡镇人民政府", **more))
        assert answer.status_code == 422, more
        assert said in answer.content.decode(), more
        assert "乡镇人民政府" in answer.content.decode()
    assert not Number.objects.filter(series__code=registry.code).exists()


def test_void_release_and_use_again(registry: Registry) -> None:
    number = registry.take()
    page = f"{NUMBERS}{number.pk}/"
    assert clerk(registry).post(f"{page}void/", {"reason": ""}).status_code == 422
    assert clerk(registry).post(f"{page}void/", {"reason": "撤回"}).status_code == 302
    twice = clerk(registry).post(f"{page}void/", {"reason": "撤回"})
    assert (twice.status_code, registry.clerk.name in twice.content.decode()) == (409, True)
    assert clerk(registry).post(f"{page}release/", {"reason": "补用"}).status_code == 403
    assert head(registry).post(f"{page}release/", {"reason": "补用"}).status_code == 302
    assert clerk(registry).post(f"{page}use/", form_of(registry)).status_code == 302
    number.refresh_from_db()
    assert (number.state, number.title) == ("used", "关于召开会议的通知")


def test_numbers_are_reserved(registry: Registry) -> None:
    sent = {"code": str(registry.code.pk), "title": "年度总结", "count": "3", "until": today().isoformat()}
    assert clerk(registry).post(f"{NUMBERS}reserve/", sent).status_code == 302
    assert Number.objects.filter(series__code=registry.code, state="reserved").count() == 3


def test_a_code_is_set_up_with_the_number_after_paper(registry: Registry) -> None:
    sent = {"code": "云溪办函", "style": "yearly", "use": "函", "sort": "10", "first": "41"}
    assert head(registry).post("/documents/codes/new/", sent).status_code == 302
    code = AgencyCode.objects.get(code="云溪办函")
    assert registry.take(code).number == 41
    assert "云溪办函" in head(registry).get("/documents/codes/").content.decode()
    again = head(registry).post("/documents/codes/new/", sent)
    assert (again.status_code, "云溪办函" in again.content.decode()) == (409, True)


def test_only_those_who_may(registry: Registry) -> None:
    number = registry.take()
    outsider = SiteClient(registry.cast.bureau).login_as(registry.cast.outsider)
    for path in (NUMBERS, f"{NUMBERS}take/", f"{NUMBERS}{number.pk}/", "/documents/codes/"):
        assert outsider.get(path).status_code == 403, path
        assert SiteClient(registry.cast.bureau).get(path).status_code == 302, path
    assert clerk(registry).get("/documents/codes/").status_code == 403
    assert head(registry).get(f"{NUMBERS}take/").status_code == 403
    assert head(registry).get(NUMBERS).status_code == 200


def test_the_spreadsheet_is_made_in_the_background_for_the_one_who_asked(registry: Registry) -> None:
    registry.take()
    registry.void(registry.take())
    client = clerk(registry)
    answer = client.post(f"{NUMBERS}export/?code={registry.code.pk}", {})
    assert answer.status_code == 302
    job = Job.objects.filter(name="documents.register_export").latest("created_at")
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == ("done", "")
    assert (job.result or {})["rows"] == 2
    assert client.get(f"/exports/{job.pk}/").status_code == 302
    assert head(registry).get(f"/exports/{job.pk}/").status_code == 404
    assert Entry.objects.filter(action="exports.fetched", target_id=job.pk).count() == 1
    asked = Entry.objects.get(action="exports.asked", target_id=job.pk)
    with override("zh-hans"):
        assert in_words(asked).sentence == "申请：导出发文登记簿"
    with override("en"):
        assert in_words(asked).sentence == "Asked for: Export the register of document numbers"
