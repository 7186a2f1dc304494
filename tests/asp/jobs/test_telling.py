"""An attempt is told once, with what it cost; what is logged inside carries the job's number."""

import logging

from asp.jobs import broker, job_start
from asp.jobs.runner import Outcome, run_job
from tenants.context import bureau_context
from tenants.observe import metrics, recent
from tests.asp.jobs import work
from tests.support.people import TESTER


def test_a_failed_attempt_is_counted_and_told(fresh_bureau, caplog, monkeypatch):
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(broker, "send", lambda *args, **kwargs: None)
    spec = work.refuse
    before = recent.total("job-failed", minutes=10)
    with bureau_context(fresh_bureau):
        job = job_start(actor=TESTER, job=spec, params={"name": "x"})
        assert run_job(job.id) == Outcome.FAILED
    (line,) = [each.fields for each in caplog.records if each.name == "asp.jobs.attempts"]
    assert line["name"] == spec.name
    assert line["outcome"] == "failed"
    assert line["queries"] > 0
    assert recent.total("job-failed", minutes=10) == before + 1
    assert metrics.jobs.labels(metrics.PROCESS, spec.name, "failed")._value.get() >= 1
