"""A page is read with many statements, and others work meanwhile: it shows before or after, never a fault."""

from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest
from django.db import connection

from asp.accounts.models import Account
from tenants.context import bureau_context
from tests.office.workflow.pages.world import AGREE, DISAGREE, Pages, step

MOST = 120  # statements of a page, with what a first visit adds


class Meanwhile:
    """Around the statements of this connection: before the one with `number` somebody else acts."""

    def __init__(self, number: int, act: Callable[[], object]) -> None:
        self.left, self.act, self.has_acted = number, act, False
        self.other = Thread()

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        self.left -= 1
        # Inside a transaction of the page the other one might wait for it, and it for the other one.
        if self.left <= 0 and not self.has_acted and not connection.in_atomic_block:
            self.has_acted = True
            self.other = Thread(target=self._elsewhere)
            self.other.start()
            # It may need what only this page's next statement gives back, as a lock of our own.
            self.other.join(timeout=0.5)
        return execute(*arguments)

    def _elsewhere(self) -> None:
        try:
            self.act()
        finally:
            connection.close()


@pytest.mark.parametrize("part", ["", "print/"])
def test_a_step_is_done_while_its_page_is_read(world: Pages, part: str) -> None:
    process = world.publish(
        step("first", ("account", str(world.cast.head.pk)), outcomes=[AGREE, DISAGREE]),
        step("second", ("account", str(world.extra[0].pk)), outcomes=[AGREE, DISAGREE]),
    )
    reader = world.client(world.cast.clerk)
    for number in range(1, MOST):
        instance, item = world.waiting(process)

        def decided(item: Any = item) -> None:
            with bureau_context(world.bureau):
                assert world.completes(item).status_code < 400

        meanwhile = Meanwhile(number, decided)
        with connection.execute_wrapper(meanwhile):
            response = reader.get(f"/workflow/{instance.pk}/{part}")
        assert response.status_code == 200, f"before statement {number}"
        if not meanwhile.has_acted:
            break  # the page has no more statements
        meanwhile.other.join()
    assert 5 < number < MOST - 1


@pytest.mark.parametrize("who", ["head", "clerk"])
def test_a_step_is_done_while_the_list_is_read(world: Pages, who: str) -> None:
    account: Account = getattr(world.cast, who)
    reader = world.client(account)
    for number in range(1, MOST):
        _instance, item = world.waiting()

        def decided(item: Any = item) -> None:
            with bureau_context(world.bureau):
                assert world.completes(item).status_code < 400

        meanwhile = Meanwhile(number, decided)
        with connection.execute_wrapper(meanwhile):
            response = reader.get("/workflow/" if who == "head" else "/workflow/started/")
        assert response.status_code == 200, f"before statement {number}"
        if not meanwhile.has_acted:
            break
        meanwhile.other.join()
    assert number > 5
