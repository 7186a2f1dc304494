"""The process of the storm, without the storm: what its clients do by the addresses leads to its end."""

import datetime

from django.utils import timezone

from office.workflow import services as workflow
from office.workflow.models import Instance
from tests.faults.seed import publish_process
from tests.faults.stories import ITEM
from tests.office.workflow.pages.world import Pages, said


def test_it_comes_to_its_end(world: Pages) -> None:
    starter, left, right = world.cast.clerk, world.cast.head, world.cast.outsider
    made = publish_process(starter, left, right)
    values = {"title": "流程-00001", "version": made["version"]}
    begun = world.client(starter).post(f"/workflow/start/{made['id']}/", values)
    assert begun.status_code == 302, said(begun)
    path = begun["Location"]
    for account in (right, left, starter):
        if account is starter:
            workflow.wake_due(now=timezone.now() + datetime.timedelta(seconds=5))
        client = world.client(account)
        found = ITEM.search(client.get(path).content.decode())
        assert found, account.login
        answer = client.post(f"{path}complete/", {"item": found[1], "opinion": "同意"})
        assert answer.status_code == 302, said(answer)
    assert ITEM.search(world.client(starter).get(path).content.decode()) is None
    assert Instance.objects.get(title="流程-00001").state == "completed"
