"""Each probe finds the border whole as it is, and open where a leak was planted."""

from contextlib import AbstractContextManager, nullcontext

import pytest
import redis
from django.conf import settings
from django.db import connection

from asp.assurance.runner import run_one
from asp.audit.sealer import seal
from asp.audit.signing import heads_sign
from asp.blobs import store
from tenants.context import bureau_context, owner_context
from tenants.isolation.registry import Outcome, Probe, registered
from tenants.site import BureauRef
from tests.isolation.plants import PLANTS
from tests.support.bureaus import open_bureau
from tests.support.people import people

# Tests work with the owner's login; a real worker process tries this one in tests/asp/assurance/test_worker.py.
ELSEWHERE = {"login.plain"}


@pytest.fixture(scope="module")
def office() -> BureauRef:
    """An office with people, and another one beside it."""
    open_bureau(name="云溪县旁局")
    bureau = open_bureau()
    people(bureau)
    with bureau_context(bureau):
        seal(full=True)
    heads_sign()
    return bureau


@pytest.mark.parametrize("probe", registered(), ids=lambda each: each.code)
def test_the_border_holds(probe: Probe, office):
    with bureau_context(office):
        finding = run_one(probe)
    wanted = Outcome.NOT_TRIED if probe.code in ELSEWHERE else Outcome.HELD
    assert finding.outcome == wanted, str(finding.text).format(**finding.params)


def test_there_is_a_leak_for_each_probe():
    assert set(PLANTS) == {each.code for each in registered()}


@pytest.mark.parametrize("probe", registered(), ids=lambda each: each.code)
def test_a_planted_leak_is_found(probe: Probe, office, monkeypatch):
    planted = PLANTS[probe.code](office, monkeypatch)
    leak = planted if isinstance(planted, AbstractContextManager) else nullcontext()
    with leak, bureau_context(office):
        finding = run_one(probe)
    assert finding.outcome == Outcome.BROKEN, str(finding.text).format(**finding.params)


def test_what_a_probe_raises_is_no_success(office):
    def raises():
        raise RuntimeError("somebody's name")

    probe = Probe("tests.raises", "1.schema", "Raises", "Raises", raises)
    with bureau_context(office):
        finding = run_one(probe)
    assert finding.outcome == Outcome.NOT_TRIED
    assert finding.params == {"error": "RuntimeError"}


def test_nothing_of_a_probe_stays(office):
    """Rows of every table of the office and of the host are the same before and after."""
    before = counted(office)
    with bureau_context(office):
        for each in registered():
            run_one(each)
    assert counted(office) == before


def counted(bureau: BureauRef) -> dict[str, int]:
    """How many rows each table has, and what lies in the store and in Valkey."""
    found: dict[str, int] = {}
    with owner_context(), connection.cursor() as cursor:
        for schema in (bureau.schema, "public"):
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema])
            for (name,) in cursor.fetchall():
                cursor.execute(f"SELECT count(*) FROM {schema}.{name}")
                found[f"{schema}.{name}"] = cursor.fetchone()[0]
    found["objects"] = len(list(store.objects(f"{bureau.storage_prefix}/")))
    found["keys"] = redis.Redis.from_url(settings.ASP.redis_url).dbsize()
    return found
