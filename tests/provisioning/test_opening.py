"""Opening an office: what it makes, and that a failure leaves nothing."""

from dataclasses import replace

import pytest
from django.conf import settings
from django.db import connection
from django.test import override_settings

from asp.accounts.models import Account, Link
from asp.audit.models import Entry
from asp.blobs import store
from asp.jobs.models import Job, JobState
from asp.jobs.runner import Outcome
from asp.messages.models import Message
from provisioning import opening as process
from provisioning import selectors, services
from provisioning.models import Application, ApplicationState, Opening, OpeningState
from provisioning.tasks import refill_pool
from tenants import pool, routing
from tenants.context import bureau_context, host_context, owner_context
from tenants.models import Bureau, Doorbell, ReadySchema
from tests.support.applications import approved, opened, run_opening
from tests.support.people import TESTER


def schemas() -> set[str]:
    with owner_context(), connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'b\\_%%'", [])
        return {row[0] for row in cursor.fetchall()}


def everything() -> tuple[int, int, set[str]]:
    with host_context():
        return Bureau.objects.count(), ReadySchema.objects.count(), schemas()


def test_it_makes_an_office_with_three_administrators():
    application, _code = opened()
    bureau = application.bureau
    assert application.state == ApplicationState.OPENED
    assert bureau.state == "setting_up"
    assert bureau.slug == application.slug
    assert bureau.functions == ["library"]
    assert len(bytes(bureau.wrapped_key)) > 40
    with bureau_context(bureau.ref):
        three = Account.objects.administrators()
        assert {each.duty for each in three} == {"system", "security", "audit"}
        assert all(each.state == "invited" and not each.has_usable_password() for each in three)
        assert Entry.objects.filter(action="provisioning.office_opened").count() == 1
    with host_context():
        assert Entry.objects.filter(action="provisioning.bureau_opened", target_id=bureau.pk).count() == 1
        kinds = set(Doorbell.objects.filter(bureau_id=bureau.pk).values_list("kind", flat=True))
        assert "audit" in kinds
        assert Job.objects.filter(name="provisioning.refill_pool").exists()
    assert routing.site_for(f"{bureau.slug}.{settings.ASP.base_domain}").bureau.id == bureau.pk


def test_with_a_relay_each_gets_an_activation_by_mail():
    with override_settings(ASP=replace(settings.ASP, smtp_url="smtp://127.0.0.1:9")):
        application, _code = opened()
    with bureau_context(application.bureau.ref):
        assert Link.objects.filter(channel="mail", used_at=None, revoked_at=None).count() == 3
        assert Message.objects.filter(template="accounts.activation").count() == 3


def test_without_a_relay_no_link_exists_until_it_is_fetched():
    with override_settings(ASP=replace(settings.ASP, smtp_url="")):
        application, _code = opened()
    with bureau_context(application.bureau.ref):
        assert not Link.objects.exists()


def test_the_steps_are_recorded_with_their_times():
    application, _code = opened()
    with host_context():
        view = selectors.opening_view(application.openings.get())
    assert [line.code for line in view.lines] == list(process.STEPS)
    assert all(line.state == "done" and line.seconds is not None for line in view.lines)
    assert view.state == OpeningState.DONE


def test_storage_down_leaves_nothing_and_can_be_tried_again():
    pool.fill()
    application, _code, opening = approved()
    before = everything()
    with override_settings(ASP=replace(settings.ASP, s3_endpoint_url="http://127.0.0.1:9")):
        assert run_opening(opening) == Outcome.FAILED
    assert everything() == before
    with host_context():
        application.refresh_from_db()
        assert application.state == ApplicationState.APPROVED
        view = selectors.opening_view(opening)
        assert view.state == OpeningState.FAILED
        assert view.current.code == "storage"
        assert "file store" in view.reason or "文件" in view.reason
        again = services.opening_start(actor=TESTER, application=application)
    assert again.number == 2
    assert run_opening(again) == Outcome.DONE
    with host_context():
        assert Bureau.objects.filter(slug=application.slug).count() == 1


@pytest.mark.parametrize("step", ["_bureau_create", "_administrators_create", "_sign_off", "_self_check"])
def test_a_failure_at_any_step_leaves_nothing(monkeypatch, step):
    pool.fill()
    application, _code, opening = approved()
    before = everything()
    real = getattr(process, step)

    def breaks(*args, **kwargs):
        real(*args, **kwargs)
        raise RuntimeError("boom")

    monkeypatch.setattr(process, step, breaks)
    assert run_opening(opening) == Outcome.FAILED
    assert everything() == before
    with host_context():
        application.refresh_from_db()
        assert application.state == ApplicationState.APPROVED
        assert application.bureau_id is None
        assert not application.administrators.exclude(account_id=None).exists()
        assert selectors.opening_view(opening).reason
    assert routing.site_for(f"{application.slug}.{settings.ASP.base_domain}") is None
    monkeypatch.undo()
    with host_context():
        again = services.opening_start(actor=TESTER, application=application)
    assert run_opening(again) == Outcome.DONE


def test_an_empty_pool_is_no_obstacle():
    with host_context():
        for ready in list(ReadySchema.objects.all()):
            pool.discard(ready.schema)
    application, _code = opened()
    with host_context():
        steps = {step["code"]: step for step in application.openings.get().steps}
    assert steps["schema"]["params"] == {"from_pool": False, "left": 0}
    pool.fill()


def test_the_queue_is_down_and_the_sweep_finds_the_job():
    with override_settings(ASP=replace(settings.ASP, redis_url="redis://127.0.0.1:9/0")):
        from asp.jobs import broker

        kept, broker._broker = broker._broker, None
        try:
            application, _code, opening = approved()
        finally:
            broker._broker = kept
    with host_context():
        job = Job.objects.get(pk=opening.job_id)
        assert job.state == JobState.QUEUED
        assert Doorbell.objects.filter(kind="job", ref=job.pk).exists()
    assert run_opening(opening) == Outcome.DONE


def test_a_worker_that_died_after_the_commit_does_not_open_twice(monkeypatch):
    application, _code, opening = approved()
    from provisioning import tasks

    class Killed(BaseException):
        pass

    real = tasks.open_office

    def dies(**kwargs):
        real(**kwargs)
        raise Killed

    monkeypatch.setattr(tasks, "open_office", dies)
    with pytest.raises(Killed):
        run_opening(opening)
    monkeypatch.undo()
    assert run_opening(opening) == Outcome.DONE
    with host_context():
        assert Bureau.objects.filter(slug=application.slug).count() == 1
        application.refresh_from_db()
        assert application.state == ApplicationState.OPENED
        assert selectors.opening_view(opening).state == OpeningState.DONE


def test_an_address_taken_meanwhile_is_said_and_another_can_be_given(make_bureau):
    application, _code, opening = approved()
    make_bureau(slug=application.slug)
    assert run_opening(opening) == Outcome.FAILED
    with host_context():
        assert opening.error_code == "provisioning.address_taken"
        again = services.address_change(actor=TESTER, application=application, slug=f"{application.slug}-2")
    assert run_opening(again) == Outcome.DONE


def test_a_stopped_opening_goes_back():
    application, _code, opening = approved()
    before = everything()
    with host_context():
        assert services.opening_stop(actor=TESTER, opening=opening)
        assert run_opening(opening) == Outcome.OVER
        assert selectors.opening_view(opening).state == OpeningState.FAILED
    assert everything() == before
    with host_context():
        again = services.opening_start(actor=TESTER, application=Application.objects.get(pk=application.pk))
        assert again.pk != opening.pk
        assert Opening.objects.get(pk=opening.pk).state == OpeningState.FAILED
    assert run_opening(again) == Outcome.DONE


def test_stopping_while_it_runs_takes_everything_back(monkeypatch):
    application, _code, opening = approved()
    before = everything()
    real = process._bureau_create

    def stops(*args, **kwargs):
        bureau = real(*args, **kwargs)
        from concurrent.futures import ThreadPoolExecutor

        def press():
            try:
                with host_context():
                    return services.opening_stop(actor=TESTER, opening=Opening.objects.get(pk=opening.pk))
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as thread:
            assert thread.submit(press).result()
        return bureau

    monkeypatch.setattr(process, "_bureau_create", stops)
    assert run_opening(opening) == Outcome.STOPPED
    assert everything() == before
    with host_context():
        assert selectors.opening_view(opening).state == OpeningState.FAILED
        assert opening.error_code == "provisioning.opening_stopped"
        application.refresh_from_db()
        assert application.state == ApplicationState.APPROVED


def test_the_pool_is_refilled_by_a_job():
    with host_context():
        for ready in list(ReadySchema.objects.all()[:1]):
            pool.discard(ready.schema)
        refill_pool(None)
        assert ReadySchema.objects.count() >= settings.ASP.pool_size


def test_the_probe_leaves_no_object():
    application, _code = opened()
    prefix = application.bureau.storage_prefix
    assert not [each.name for each in store.objects(f"{prefix}/") if "probe" in each.name]
