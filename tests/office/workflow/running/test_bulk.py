"""Many rows are changed with one statement, and by that as one by one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from office.workflow.bulk import rows_update
from office.workflow.models import WorkItem
from tests.office.workflow.running.world import World, step


@pytest.mark.parametrize("left_out", [(), ("title",)])
def test_only_the_named_fields_are_written(world: World, left_out: tuple[str, ...]) -> None:
    process = world.publish(step("a", ("account", str(world.cast.head.pk))))
    made = [world.start(process).pk for _ in range(3)]
    rows = list(WorkItem.objects.filter(instance__in=made).defer(*left_out).order_by("id"))
    before = [(each.step_name, each.arrived_at) for each in rows]
    for place, each in enumerate(rows):
        each.why, each.step_name = f"原因{place}", "不该写"
    with CaptureQueriesContext(connection) as queries:
        rows_update(rows, ["why"])
    writes = [each for each in queries.captured_queries if each["sql"].startswith(("INSERT", "UPDATE"))]
    assert len(writes) == 1
    found = list(WorkItem.objects.filter(instance__in=made).order_by("id"))
    assert [each.why for each in found] == ["原因0", "原因1", "原因2"]
    assert [(each.step_name, each.arrived_at) for each in found] == before
    rows_update([], ["why"])
