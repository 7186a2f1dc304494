"""Official documents with a great many of them. `make bench AREA=documents`.

So far the register of document numbers: 50,000 numbers of ten years under five codes, filtered on its page, exported by
its job.
"""

import datetime
import time
from collections.abc import Callable

from django.utils import timezone

from asp.accounts.models import Account
from asp.accounts.services import role_create, role_grant
from asp.accounts.subjects import PERSON, Subject
from asp.audit.actor import Actor
from asp.exports.services import export_start
from asp.jobs.models import Job
from asp.jobs.runner import run_job
from asp.ui.moments import today
from bench.results import Results, percentile
from office.documents import services
from office.documents.models import AgencyCode, Number, NumberAct, Series
from office.documents.permissions import MANAGE, REGISTER
from office.documents.selectors import Wanted
from office.documents.tasks import register_export
from tenants.context import bureau_context
from tests.support.bureaus import open_bureau
from tests.support.client import SiteClient
from tests.support.people import TESTER, people

ROWS = 50_000
CODES = ("云政发", "云政办发", "云政函", "云政办函", "云府专报")
YEARS = 10
TURNS = 15
PAGES = {
    "this year": "",
    "every year": "?year=all",
    "words in every year": "?year=all&q=防汛",
    "void ones of a code": "?year=all&state=void&code={code}",
    "the last page": "?year=all&page=1000",
}


def run(results: Results) -> None:
    """Measure the register; takes about two minutes."""
    cast = people(open_bureau())
    with bureau_context(cast.bureau):
        role = role_create(actor=TESTER, name="文号", codes=[REGISTER, MANAGE])
        role_grant(actor=TESTER, role=role, subject=Subject(PERSON, cast.head.pk))
        code = _fill(cast.head)
        client = SiteClient(cast.bureau).login_as(cast.head)
        for name, query in PAGES.items():
            path = f"/documents/numbers/{query.format(code=code.pk)}"
            times = sorted(_timed(lambda path=path: _open(client, path)) for _ in range(TURNS))
            results.at_most(
                f"register with {ROWS:,} numbers, {name}, p95", percentile(times, 0.95) * 1000, "ms", 250
            )
        job = export_start(
            actor=Actor.of_account(cast.head),
            job=register_export,
            params={"wanted": Wanted(year=None).as_params()},
        )
        results.at_most(f"export of {ROWS:,} numbers as a job", _timed(lambda: run_job(job.pk)), "s", 10)
        rows = (Job.objects.values_list("result", flat=True).get(pk=job.pk) or {})["rows"]
        assert rows == ROWS, rows
        taken = [_timed(lambda: _take(cast.head, code)) for _ in range(TURNS)]
        results.add("a number is given, p95", percentile(taken, 0.95) * 1000, "ms")


def _open(client: SiteClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200, answer.status_code


def _take(account: Account, code: AgencyCode) -> None:
    entry = services.Entry(title="关于某项工作的通知", kind="notice", signed_on=today(), signer="甲主任")
    services.number_take(actor=Actor.of_account(account), account=account, code=code, entry=entry)


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _fill(account: Account) -> AgencyCode:
    """The rows, as ten years of work leave them; gives one of the codes."""
    per_series = ROWS // len(CODES) // YEARS
    now, this_year = timezone.now(), today().year
    codes = [
        services.code_create(actor=Actor.of_account(account), code=each, style="yearly") for each in CODES
    ]
    for code in codes:
        for year in range(this_year - YEARS + 1, this_year + 1):
            series = Series.objects.create(code=code, year=year, last=per_series)
            numbers = [
                Number(
                    series=series,
                    number=number,
                    text=Number.written(series, code, number),
                    state="void" if number % 50 == 0 else "used",
                    kind="notice",
                    title=f"关于{'防汛' if number % 97 == 0 else '做好某项'}工作的第{number}个通知",
                    addressee="各乡镇人民政府，县直各部门",
                    signer="甲主任",
                    signed_on=datetime.date(year, 1, 1),
                    department="办公室",
                    acts_count=1,
                    changed_at=now,
                )
                for number in range(1, per_series + 1)
            ]
            Number.objects.bulk_create(numbers, batch_size=1000)
            NumberAct.objects.bulk_create(
                [
                    NumberAct(
                        number=each,
                        position=1,
                        kind="used",
                        title=each.title,
                        by=account,
                        by_name=account.name,
                        at=now,
                    )
                    for each in numbers
                ],
                batch_size=1000,
            )
    return codes[0]
