"""One page that a person can open, and how its address is made."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Page

from tests.browser.window import World

Act = Callable[[Page], None]


@dataclass(frozen=True)
class View:
    """One page. `who` is a key of `World.people`, or what `site` says for pages without a person.

    `args` are keys of `World.ids`; in `query` they stand in braces. `act` brings the page about once its address has
    been opened. `empty` pages are looked at in a fresh bureau as well, and those with one of `widths` only in that.
    Pages with `mail` are what a process shows that can send some.
    """

    name: str
    site: str
    who: str = ""
    view: str = ""
    args: tuple[str, ...] = ()
    query: str = ""
    address: str = ""
    act: Act | None = None
    empty: bool = False
    status: int = 200
    widths: tuple[int, ...] = (1440, 390)
    mail: bool = False

    def path(self, world: World) -> str:
        """The path on its site."""
        if self.address:
            return self.address
        table = settings.URL_TABLES[self.site if self.site in settings.URL_TABLES else "bureau"]
        path = reverse(self.view, urlconf=table, args=[world.ids[key] for key in self.args])
        return path + self.query.format_map(world.ids)

    def label(self, world: World) -> str:
        """What stands before the base domain."""
        if self.who in world.people:
            return world.people[self.who]["site"]
        return {"hall": "", "host": "host"}.get(self.site, self.site)


def submit(page: Page) -> None:
    """Send the page's form as it is: what is missing is said."""
    with page.expect_navigation():
        page.locator("main form[method=post] button[type=submit]").last.click()
